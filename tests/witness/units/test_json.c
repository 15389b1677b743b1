// The writer of JSON, by the function.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "../../../grader/witness/json.h"

#include <criterion/criterion.h>
#include <string.h>

#define assert_text(json, expected)                                                                \
    do {                                                                                           \
        cr_assert_not((json).failed);                                                              \
        cr_assert_arr_eq((json).text, (expected), sizeof(expected) - 1);                           \
        cr_assert_eq((json).length, sizeof(expected) - 1);                                         \
    } while (0)

Test(json, commas_are_set_between_members_alone)
{
    struct json json = {0};
    json_open(&json, NULL, '{');
    json_integer(&json, "a", -1);
    json_open(&json, "b", '[');
    json_integer(&json, NULL, 2);
    json_null(&json, NULL);
    json_close(&json, ']');
    json_boolean(&json, "c", true);
    json_close(&json, '}');
    assert_text(json, "{\"a\":-1,\"b\":[2,null],\"c\":true}");
    json_free(&json);
}

Test(json, empty_containers_hold_nothing)
{
    struct json json = {0};
    json_open(&json, NULL, '[');
    json_open(&json, NULL, '{');
    json_close(&json, '}');
    json_open(&json, NULL, '[');
    json_close(&json, ']');
    json_close(&json, ']');
    assert_text(json, "[{},[]]");
    json_free(&json);
}

Test(json, a_string_is_escaped)
{
    struct json json = {0};
    json_open(&json, NULL, '[');
    json_string(&json, NULL, "\"\\\n\t\x01");
    json_string(&json, NULL, NULL);
    json_close(&json, ']');
    cr_assert_not_null(memmem(json.text, json.length, "\\\"\\\\", 4));
    cr_assert_null(memchr(json.text, '\n', json.length));
    cr_assert_null(memchr(json.text, '\x01', json.length));
    cr_assert_not_null(memmem(json.text, json.length, ",null]", 6));
    json_free(&json);
}

Test(json, each_byte_of_a_program_becomes_one_character)
{
    struct json json = {0};
    json_bytes(&json, NULL, "\xE4\xFF", 2);
    assert_text(json, "\"\\u00e4\\u00ff\"");
    json_free(&json);
}

Test(json, a_zero_byte_is_kept)
{
    struct json json = {0};
    json_bytes(&json, NULL, "a\0b", 3);
    assert_text(json, "\"a\\u0000b\"");
    json_free(&json);
}

Test(json, bytes_in_hexadecimal)
{
    struct json json = {0};
    json_hex(&json, NULL, "\x00\x0F\xFF", 3);
    assert_text(json, "\"000fff\"");
    json_free(&json);
}

Test(json, an_address_is_a_string_in_hexadecimal)
{
    struct json json = {0};
    json_address(&json, NULL, 0x7f5fcd52b000);
    assert_text(json, "\"0x7f5fcd52b000\"");
    json_free(&json);
}

Test(json, the_largest_and_the_smallest_integer)
{
    struct json json = {0};
    json_open(&json, NULL, '[');
    json_integer(&json, NULL, 9223372036854775807LL);
    json_integer(&json, NULL, -9223372036854775807LL - 1);
    json_close(&json, ']');
    assert_text(json, "[9223372036854775807,-9223372036854775808]");
    json_free(&json);
}

Test(json, a_long_text_is_whole)
{
    struct json json = {0};
    json_open(&json, NULL, '[');
    for (int i = 0; i < 100000; i++)
        json_integer(&json, NULL, 1);
    json_close(&json, ']');
    cr_assert_eq(json.length, 200001);
    json_free(&json);
}
