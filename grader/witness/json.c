#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct json *json, const char *text, size_t length)
{
    if (json->failed)
        return;
    if (json->length + length > json->capacity) {
        size_t capacity = (json->length + length) * 2 + 256;
        char *grown = realloc(json->text, capacity);
        if (grown == NULL) {
            json->failed = true;
            return;
        }
        json->text = grown;
        json->capacity = capacity;
    }
    memcpy(json->text + json->length, text, length);
    json->length += length;
}

static void append_escaped(struct json *json, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '"' || bytes[i] == '\\') {
            const char escaped[] = {'\\', (char)bytes[i]};
            append(json, escaped, sizeof escaped);
        } else if (bytes[i] == '\n') {
            append(json, "\\n", 2);
        } else if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
            char escaped[8];
            int length = snprintf(escaped, sizeof escaped, "\\u%04x", bytes[i]);
            append(json, escaped, (size_t)length);
        } else {
            append(json, (const char *)&bytes[i], 1);
        }
    }
}

static void append_quoted(struct json *json, const unsigned char *bytes, size_t count)
{
    append(json, "\"", 1);
    append_escaped(json, bytes, count);
    append(json, "\"", 1);
}

static void start_value(struct json *json, const char *key)
{
    if (json->length > 0 && strchr("{[", json->text[json->length - 1]) == NULL)
        append(json, ",", 1);
    if (key != NULL) {
        append_quoted(json, (const unsigned char *)key, strlen(key));
        append(json, ":", 1);
    }
}

void json_open(struct json *json, const char *key, char bracket)
{
    start_value(json, key);
    append(json, &bracket, 1);
}

void json_close(struct json *json, char bracket)
{
    append(json, &bracket, 1);
}

void json_integer(struct json *json, const char *key, long long value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", value);
    start_value(json, key);
    append(json, digits, (size_t)length);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    start_value(json, key);
    append(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *key)
{
    start_value(json, key);
    append(json, "null", 4);
}

void json_string(struct json *json, const char *key, const char *value)
{
    if (value == NULL)
        json_null(json, key);
    else
        json_bytes(json, key, value, strlen(value));
}

void json_bytes(struct json *json, const char *key, const void *bytes, size_t count)
{
    start_value(json, key);
    append_quoted(json, bytes, count);
}

void json_more_bytes(struct json *json, const void *bytes, size_t count)
{
    if (json->failed)
        return;
    json->length--; /* the closing quote */
    append_escaped(json, bytes, count);
    append(json, "\"", 1);
}

void json_padded(struct json *json, const char *key, long long value, int width)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%-*lld", width, value);
    start_value(json, key);
    append(json, digits, (size_t)length);
}

void json_hex(struct json *json, const char *key, const void *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *byte = bytes;
    start_value(json, key);
    append(json, "\"", 1);
    for (size_t i = 0; i < count; i++) {
        const char pair[] = {digits[byte[i] >> 4], digits[byte[i] & 15]};
        append(json, pair, sizeof pair);
    }
    append(json, "\"", 1);
}

void json_address(struct json *json, const char *key, unsigned long long address)
{
    char text[24];
    snprintf(text, sizeof text, "0x%llx", address);
    json_string(json, key, text);
}

void json_splice(struct json *json, const char *key, const struct json *value)
{
    start_value(json, key);
    append(json, value->text, value->length);
    json->failed |= value->failed;
}

void json_free(struct json *json)
{
    free(json->text);
    *json = (struct json){0};
}
