/* A writer of JSON (RFC 8259) into memory. Commas are set by itself; a key is NULL inside an array.
 */
#ifndef WITNESS_JSON_H
#define WITNESS_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json {
    char *text; /* owned; not terminated by a zero */
    size_t length;
    size_t capacity;
    bool failed; /* memory ran out: the text is not whole */
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_integer(struct json *json, const char *key, long long value);
void json_boolean(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
void json_string(struct json *json, const char *key, const char *value); /* NULL writes null */

/* Bytes of a program: each becomes one character U+0000 to U+00FF, so that none is lost. */
void json_bytes(struct json *json, const char *key, const void *bytes, size_t count);

/* The same, put behind the text of bytes that was written last. */
void json_more_bytes(struct json *json, const void *bytes, size_t count);

/* A number that takes up so many characters, with blanks behind it. */
void json_padded(struct json *json, const char *key, long long value, int width);

void json_hex(struct json *json, const char *key, const void *bytes, size_t count);
void json_address(struct json *json, const char *key, unsigned long long address);

/* Puts the finished text of another writer in as one value. */
void json_splice(struct json *json, const char *key, const struct json *value);

void json_free(struct json *json);

#endif
