/* lib/base/rand: ids of the right form, in order of time, never twice. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static void assert_uuid(const char *text, char version)
{
    assert_int_equal(strlen(text), 36);
    for (size_t i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23)
            assert_int_equal(text[i], '-');
        else
            assert_non_null(strchr("0123456789abcdef", text[i]));
    }
    assert_int_equal(text[14], version);
    assert_non_null(strchr("89ab", text[19]));
}

static void a_uuid7_carries_its_millisecond(void **state)
{
    (void)state;
    char id[UUID_TEXT_BYTES];
    rand_uuid7(0x0197F0F0ABCD, id);
    assert_uuid(id, '7');
    assert_memory_equal(id, "0197f0f0-abcd-7", 15);
}

static void uuid7s_sort_by_time(void **state)
{
    (void)state;
    char before[UUID_TEXT_BYTES], now[UUID_TEXT_BYTES];
    rand_uuid7(1, before);
    for (int64_t ms = 2; ms < INT64_C(281474976710655); ms = ms * 3 + 1) {
        rand_uuid7(ms, now);
        assert_uuid(now, '7');
        assert_true(strcmp(before, now) < 0);
        memcpy(before, now, sizeof(now));
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void no_id_comes_twice_within_a_millisecond(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    char(*ids)[UUID_TEXT_BYTES] = calloc(COUNT, sizeof(*ids));
    assert_non_null(ids);
    for (int i = 0; i < COUNT / 2; i++)
        rand_uuid7(1784774465000, ids[i]);
    for (int i = COUNT / 2; i < COUNT; i++)
        rand_uuid4(ids[i]);
    assert_uuid(ids[COUNT - 1], '4');
    qsort(ids, COUNT, sizeof(*ids), compare);
    for (int i = 1; i < COUNT; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    free(ids);
}

static void a_uuid4_says_nothing_of_its_time(void **state)
{
    (void)state;
    /* Each of the 122 free bits must be seen as 0 and as 1. */
    uint8_t ones[16] = {0}, zeros[16] = {0};
    for (int n = 0; n < 200; n++) {
        char id[UUID_TEXT_BYTES];
        rand_uuid4(id);
        char hex[33];
        (void)snprintf(hex, sizeof(hex), "%.8s%.4s%.4s%.4s%.12s", id, id + 9, id + 14, id + 19,
                       id + 24);
        uint8_t bytes[16];
        assert_true(str_unhex(hex, bytes, 16));
        for (int i = 0; i < 16; i++) {
            ones[i] = (uint8_t)(ones[i] | bytes[i]);
            zeros[i] = (uint8_t)(zeros[i] | ~bytes[i]);
        }
    }
    for (int i = 0; i < 16; i++) {
        uint8_t fixed = i == 6 ? 0xF0 : i == 8 ? 0xC0 : 0;
        assert_int_equal((ones[i] & zeros[i]) | fixed, 0xFF);
    }
}

static void random_bytes_fill_exactly(void **state)
{
    (void)state;
    uint8_t bytes[34] = {0}, seen = 0;
    for (int n = 0; n < 64; n++) {
        rand_bytes(bytes + 1, 32);
        assert_int_equal(bytes[0], 0);
        assert_int_equal(bytes[33], 0);
        seen = (uint8_t)(seen | bytes[1] | bytes[32]);
    }
    assert_int_equal(seen, 0xFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid7_carries_its_millisecond),
        cmocka_unit_test(uuid7s_sort_by_time),
        cmocka_unit_test(no_id_comes_twice_within_a_millisecond),
        cmocka_unit_test(a_uuid4_says_nothing_of_its_time),
        cmocka_unit_test(random_bytes_fill_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
