/* How far a message has come, and by which channel it would go. */
#include "support/test.h"

#include "features/notice/notice_rules.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"

static const char *const ladder[] = {"none",      "queued", "sent",    "failed",
                                     "delivered", "read",   "answered"};

static void only_upward(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ladder); i++) {
        for (size_t k = 0; k < ARRAY_LEN(ladder); k++)
            assert_int_equal(notice_state_moves(ladder[i], ladder[k]), k > i);
        assert_false(notice_state_moves(ladder[i], "unheard_of"));
        assert_true(notice_state_moves("unheard_of", ladder[i]));
    }
}

/* All orders of the four events end where the farthest of them stands. */
static void every_order_ends_in_the_same_state(void **state)
{
    (void)state;
    static const char *const events[] = {"sent", "delivered", "read", "failed"};
    size_t orders = 0;
    for (int order = 0; order < 256; order++) {
        int pick[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        int seen = 0;
        for (int i = 0; i < 4; i++)
            seen |= 1 << pick[i];
        const char *now = "queued";
        for (int i = 0; i < 4; i++) {
            if (notice_state_moves(now, events[pick[i]]))
                now = events[pick[i]];
        }
        const char *wanted = seen & 4   ? "read"
                             : seen & 2 ? "delivered"
                             : seen & 8 ? "failed"
                                        : "sent";
        assert_string_equal(now, wanted);
        orders += seen == 15;
    }
    assert_int_equal(orders, 24);
}

static void a_channel_needs_everything(void **state)
{
    (void)state;
    struct settings s = {.graph_base = "https://graph.facebook.com",
                         .phone_number_id = "1000",
                         .token_file = "/t",
                         .app_secret_file = "/s",
                         .verify_token = "v"};
    struct cx cx = {.settings = &s};
    const char *reason = NULL;
    assert_string_equal(notice_channel(&cx, &reason), "whatsapp");
    assert_null(reason);
    const char **members[] = {&s.graph_base, &s.phone_number_id, &s.token_file, &s.app_secret_file,
                              &s.verify_token};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        static const char *const missing[] = {NULL, ""};
        const char *kept = *members[i];
        for (size_t k = 0; k < 2; k++) {
            *members[i] = missing[k];
            reason = NULL;
            assert_null(notice_channel(&cx, &reason));
            assert_non_null(reason);
        }
        *members[i] = kept;
    }
    cx.settings = NULL;
    assert_null(notice_channel(&cx, &reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_upward),
        cmocka_unit_test(every_order_ends_in_the_same_state),
        cmocka_unit_test(a_channel_needs_everything),
    };
    return cmocka_run_group_tests_name("notice_rules", tests, NULL, NULL);
}
