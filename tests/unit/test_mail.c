/* lib/base/mail: which addresses are taken, and how they are kept. */
#include "support/test.h"

#include "lib/base/mail.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static void one_plain_address_is_taken(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 * 1024);
    assert_string_equal(mail_address_read(arena, " Kejati.Kalteng@Kejaksaan.go.id "),
                        "kejati.kalteng@kejaksaan.go.id");
    assert_string_equal(mail_address_read(arena, "a+b@c.d"), "a+b@c.d");
    static const char *const wrong[] = {
        NULL,        "",        "a",       "a@b",         "@b.c",          "a@.c",
        "a@b.c.",    "a@b@c.d", "a b@c.d", "a@b.c,d@e.f", "a@b.c\r\nX: y", "<a@b.c>",
        "\"a\"@b.c", "-a@b.c",  ".a@b.c",  "é@b.c",       "a@b.c;d@e.f",   "a@b..c"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_null(mail_address_read(arena, wrong[i]));
    struct buf b = buf_new(arena, 300, 400);
    for (int i = 0; i < 250; i++)
        buf_putc(&b, 'a');
    buf_puts(&b, "@b.c");
    assert_non_null(mail_address_read(arena, b.p));
    buf_putc(&b, 'd');
    assert_null(mail_address_read(arena, b.p));
    arena_free(arena);
}

static void what_can_be_sent_to_is_wider(void **state)
{
    (void)state;
    assert_true(mail_address_ok("root@localhost"));
    assert_true(mail_address_ok("A.B@Kejaksaan.go.id"));
    static const char *const wrong[] = {NULL,    "",      "a",    "@b",   "a@",
                                        "a@b@c", "a b@c", "-a@b", ".a@b", "a@b\r\nX: y"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(mail_address_ok(wrong[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_plain_address_is_taken),
        cmocka_unit_test(what_can_be_sent_to_is_wider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
