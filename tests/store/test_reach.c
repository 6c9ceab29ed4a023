/* People's channels, quiet hours, stand-ins and the duty calendar as they are stored, and who is asked
 * then. */
#include "house_fixture.h"

#include "features/reach/reach.h"
#include "lib/base/banned.h"

#define HOUR_MS (3600LL * 1000)

static struct house *begin(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    h->settings.channels = "telegram,mail";
    house_act_as(h, person_of(ROLE_ADMIN));
    return h;
}

static const char *channel_add(struct house *h, const char *staff, const char *channel,
                               const char *address)
{
    char id[UUID_TEXT_BYTES] = "";
    struct reach_channel_new n = {.staff_id = staff, .channel = channel, .address = address};
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(reach_channel_add(h->cx, &n, id), ERR_OK);
    return arena_strdup(h->cx->arena, id);
}

static enum err channel_try(struct house *h, const char *staff, const char *channel,
                            const char *address)
{
    char id[UUID_TEXT_BYTES] = "";
    struct reach_channel_new n = {.staff_id = staff, .channel = channel, .address = address};
    h->cx->diag = (struct diag){.code = NULL};
    return reach_channel_add(h->cx, &n, id);
}

/* "whatsapp=+62812…,mail=…" */
static const char *ways(struct house *h, const char *staff)
{
    struct reach_channel *list = NULL;
    size_t count = 0;
    assert_int_equal(reach_channels(h->cx, h->office, staff, &list, &count), ERR_OK);
    struct buf b = buf_new(h->cx->arena, 128, 4096);
    buf_puts(&b, "");
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%s=%s", i ? "," : "", list[i].channel, list[i].address);
    return b.n ? b.p : "";
}

static const char *asked(struct house *h, uint32_t role)
{
    struct reach_who who = {0};
    enum err e = reach_of_post(h->cx, h->office, role, &who);
    if (e == ERR_MISSING)
        return "nobody";
    assert_int_equal(e, ERR_OK);
    return arena_printf(h->cx->arena, "%s:%s", who.why,
                        staff_name(h->cx->read, h->office, who.staff_id));
}

static enum err stand_in(struct house *h, const char *kind, const char *staff, const char *deputy,
                         int64_t until)
{
    char id[UUID_TEXT_BYTES] = "";
    struct stand_in_new n = {
        .kind = kind, .staff_id = staff, .deputy_id = deputy, .until_at = until};
    h->cx->diag = (struct diag){.code = NULL};
    return reach_stand_in_add(h->cx, &n, id);
}

/* --- channels ----------------------------------------------------------------------------------------------- */

static void without_rows_the_telephone_is_whatsapp(void **state)
{
    struct house *h = *state;
    assert_string_equal(ways(h, ARIEF), ""); /* nothing is set up */
    begin(state);
    assert_string_equal(ways(h, ARIEF), "whatsapp=+6281200000103");
    assert_string_equal(ways(h, BAGUS), ""); /* no telephone */
    const char *address = NULL;
    assert_int_equal(reach_address(h->cx, h->office, ARIEF, "mail", &address), ERR_MISSING);
}

static void channels_come_in_their_order(void **state)
{
    struct house *h = begin(state);
    (void)channel_add(h, ARIEF, "mail", " Arief@Kejaksaan.go.id ");
    const char *telegram = channel_add(h, ARIEF, "telegram", "123456789");
    (void)channel_add(h, ARIEF, "whatsapp", "0812 9999 0000");
    (void)channel_add(h, ARIEF, "mail",
                      "kedua@kejaksaan.go.id");               /* one address a channel: the first */
    (void)channel_add(h, ARIEF, "gateway", "0812 8888 0000"); /* not set up here */
    assert_string_equal(ways(h, ARIEF),
                        "mail=arief@kejaksaan.go.id,telegram=123456789,whatsapp=+6281299990000");
    assert_int_equal(reach_channel_up(h->cx, telegram), ERR_OK);
    assert_int_equal(reach_channel_up(h->cx, telegram), ERR_OK); /* the first stays */
    assert_string_equal(ways(h, ARIEF),
                        "telegram=123456789,mail=arief@kejaksaan.go.id,whatsapp=+6281299990000");
    assert_int_equal(reach_channel_remove(h->cx, telegram), ERR_OK);
    assert_int_equal(reach_channel_remove(h->cx, telegram), ERR_MISSING);
    assert_string_equal(ways(h, ARIEF), "mail=arief@kejaksaan.go.id,whatsapp=+6281299990000");
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM audit_entry WHERE action = 'channel_added'"), 5);
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM audit_entry WHERE action = 'channel_removed'"), 1);
}

static void addresses_are_sealed_and_nobody_elses(void **state)
{
    struct house *h = begin(state);
    const char *id = channel_add(h, ARIEF, "telegram", "123456789");
    assert_int_equal(house_number(h,
                                  "SELECT count(*) FROM staff_channel WHERE instr(address_sealed, "
                                  "CAST('123456789' AS BLOB)) > 0 OR length(address_index) <> 32"),
                     0);
    assert_int_equal(channel_try(h, MARIA, "telegram", "123456789"), ERR_CONFLICT);
    assert_string_equal(h->cx->diag.code, "address_taken");
    const char *owner = "";
    assert_int_equal(reach_by_address(h->cx, h->office, "telegram", "123456789", &owner), ERR_OK);
    assert_string_equal(owner, ARIEF);
    assert_int_equal(reach_by_address(h->cx, h->office, "mail", "123456789", &owner), ERR_MISSING);
    assert_int_equal(reach_by_address(h->cx, h->office, "telegram", "", &owner), ERR_MISSING);
    assert_int_equal(reach_channel_remove(h->cx, id), ERR_OK);
    assert_int_equal(reach_by_address(h->cx, h->office, "telegram", "123456789", &owner),
                     ERR_MISSING);
    assert_int_equal(channel_try(h, MARIA, "telegram", "123456789"), ERR_OK); /* free again */
}

static void odd_addresses_are_refused(void **state)
{
    struct house *h = begin(state);
    static const char *const bad[][2] = {
        {"whatsapp", "12"}, {"whatsapp", NULL}, {"telegram", "@nama"},    {"telegram", ""},
        {"mail", "bukan"},  {"mail", "a@b"},    {"mail", "a@b.id\r\nX:"}, {"mail", "a@b@c.id"},
        {"webpush", "x"},   {"pager", "1"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(channel_try(h, ARIEF, bad[i][0], bad[i][1]), ERR_INVALID);
    assert_int_equal(channel_try(h, "tidak-ada", "telegram", "1"), ERR_INVALID);
    assert_int_equal(house_number(h, "SELECT count(*) FROM staff_channel"), 0);
}

struct gone {
    const char *office, *id;
    int64_t now_ms;
};

static enum err gone_tx(struct db_conn *tx, void *arg)
{
    struct gone *g = arg;
    return reach_channel_gone(tx, g->office, ARIEF, "telegram", g->now_ms);
}

static enum err verified_tx(struct db_conn *tx, void *arg)
{
    struct gone *g = arg;
    return reach_channel_verified(tx, g->office, g->id, g->now_ms);
}

static void verified_and_gone(void **state)
{
    struct house *h = begin(state);
    struct gone g = {.office = h->office, .now_ms = h->cx->now_ms};
    g.id = channel_add(h, ARIEF, "telegram", "111");
    (void)channel_add(h, ARIEF, "telegram", "222");
    assert_int_equal(db_tx(h->cx, "verified", verified_tx, &g), ERR_OK);
    struct staff_channel *list = NULL;
    size_t count = 0;
    assert_int_equal(reach_staff_channels(h->cx, h->office, ARIEF, &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].verified_at, h->cx->now_ms);
    assert_int_equal(list[1].verified_at, 0);
    assert_int_equal(db_tx(h->cx, "gone", gone_tx, &g), ERR_OK);
    assert_string_equal(ways(h, ARIEF), "telegram=222");
}

static void quiet_hours_silence(void **state)
{
    struct house *h = begin(state); /* 09.40 */
    (void)channel_add(h, ARIEF, "telegram", "111");
    const struct quiet_hours q = {.from_min = 9 * 60, .until_min = 10 * 60};
    const struct quiet_hours odd = {.from_min = 9 * 60, .until_min = 1440};
    const struct quiet_hours none = {.from_min = 0, .until_min = 0};
    assert_int_equal(reach_quiet_set(h->cx, ARIEF, &odd), ERR_INVALID);
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(reach_quiet_set(h->cx, ARIEF, &q), ERR_OK);
    assert_string_equal(ways(h, ARIEF), "telegram=111"); /* the only one */
    (void)channel_add(h, ARIEF, "mail", "arief@kejaksaan.go.id");
    assert_string_equal(ways(h, ARIEF), "mail=arief@kejaksaan.go.id");
    house_later(h, HOUR_MS);
    assert_string_equal(ways(h, ARIEF), "telegram=111,mail=arief@kejaksaan.go.id");
    house_later(h, -HOUR_MS);
    assert_int_equal(reach_quiet_set(h->cx, ARIEF, &none), ERR_OK);
    struct quiet_hours got = {0};
    assert_int_equal(reach_quiet_get(h->cx->read, h->office, ARIEF, &got), ERR_MISSING);
    assert_string_equal(ways(h, ARIEF), "telegram=111,mail=arief@kejaksaan.go.id");
}

/* --- who --------------------------------------------------------------------------------------------------- */

static void away_until_a_time(void **state)
{
    struct house *h = begin(state);
    int64_t until = h->cx->now_ms + HOUR_MS;
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "post:Arief Setiadi");
    assert_int_equal(stand_in(h, "away", ARIEF, MARIA, 0), ERR_INVALID); /* until when? */
    assert_int_equal(stand_in(h, "away", ARIEF, ARIEF, until), ERR_INVALID);
    assert_int_equal(stand_in(h, "holiday", ARIEF, MARIA, until), ERR_INVALID);
    assert_int_equal(stand_in(h, "away", ARIEF, MARIA, h->cx->now_ms - 1), ERR_INVALID);
    assert_int_equal(stand_in(h, "away", ARIEF, MARIA, until), ERR_OK);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "deputy:Maria Tiara");
    /* Away again, with another deputy: the last word holds. */
    assert_int_equal(stand_in(h, "away", ARIEF, YULIANA, until), ERR_OK);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "deputy:Yuliana Karing");
    house_later(h, HOUR_MS);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "post:Arief Setiadi");
}

static void acting_holders_have_a_period(void **state)
{
    struct house *h = begin(state);
    char id[UUID_TEXT_BYTES] = "";
    struct stand_in_new n = {.kind = "plh",
                             .staff_id = HENDRA,
                             .deputy_id = MARIA,
                             .from_at = h->cx->now_ms + HOUR_MS,
                             .until_at = h->cx->now_ms + 2 * HOUR_MS};
    assert_int_equal(reach_stand_in_add(h->cx, &n, id), ERR_OK);
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "post:Hendra Wijaksana");
    struct stand_in *list = NULL;
    size_t count = 0;
    assert_int_equal(reach_stand_ins(h->cx->read, h->office, HENDRA, h->cx->now_ms, &list, &count),
                     ERR_OK);
    assert_int_equal(count, 1); /* the future shows */
    house_later(h, HOUR_MS);
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "plh:Maria Tiara");
    uint32_t posts = 0;
    assert_int_equal(reach_posts(h->cx, h->office, MARIA, ROLE_SECTION_CHIEF, &posts), ERR_OK);
    assert_int_equal(posts, ROLE_SECTION_CHIEF | ROLE_OFFICE_HEAD);
    assert_int_equal(reach_stand_in_end(h->cx, id), ERR_OK);
    assert_int_equal(reach_stand_in_end(h->cx, id), ERR_MISSING);
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "post:Hendra Wijaksana");
    /* A vacant post: the account is closed, a Plt. holds it. */
    house_exec(h, "UPDATE staff SET disabled_at = 1 WHERE username = 'hendra'");
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "nobody");
    assert_int_equal(stand_in(h, "plt", HENDRA, ARIEF, 0), ERR_OK);
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "plt:Arief Setiadi");
    /* An acting holder whose account is closed is none. */
    house_exec(h, "UPDATE staff SET disabled_at = 1 WHERE username = 'arief'");
    assert_string_equal(asked(h, ROLE_OFFICE_HEAD), "nobody");
}

static void the_duty_calendar_goes_first(void **state)
{
    struct house *h = begin(state); /* 23 July 2026 */
    const struct duty wrong = {.day = "2026-07-23", .post = "intel_chief", .staff_id = MARIA};
    const struct duty today = {.day = "2026-07-23", .post = "section_chief", .staff_id = MARIA};
    const struct duty odd = {.day = "2026-02-30", .post = "front_desk", .staff_id = MARIA};
    assert_int_equal(reach_duty_set(h->cx, &wrong), ERR_INVALID); /* she does not hold the post */
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(reach_duty_set(h->cx, &odd), ERR_INVALID);
    assert_int_equal(h->cx->diag.field_count, 2);
    h->cx->diag = (struct diag){.code = NULL};
    house_exec(
        h, "UPDATE staff SET roles = roles | 4 WHERE username = 'maria'"); /* a second Kasi Intel */
    assert_int_equal(reach_duty_set(h->cx, &today), ERR_OK);
    assert_int_equal(reach_duty_set(h->cx, &wrong), ERR_OK);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "duty:Maria Tiara");
    house_later(h, 24 * HOUR_MS);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "post:Arief Setiadi");
    house_later(h, -24 * HOUR_MS);
    struct duty *list = NULL;
    size_t count = 0;
    assert_int_equal(
        reach_duty_list(h->cx->read, h->office, "2026-07-01", "2026-07-31", &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].post, "intel_chief");
    const struct duty nobody = {.day = "2026-07-23", .post = "intel_chief"};
    assert_int_equal(reach_duty_set(h->cx, &nobody), ERR_OK);
    assert_string_equal(asked(h, ROLE_INTEL_CHIEF), "post:Arief Setiadi");
}

static void deputies_in_order(void **state)
{
    struct house *h = begin(state);
    assert_int_equal(stand_in(h, "deputy", ARIEF, MARIA, 0), ERR_OK);
    assert_int_equal(stand_in(h, "deputy", ARIEF, YULIANA, 0), ERR_OK);
    assert_int_equal(stand_in(h, "away", MARIA, RINA, h->cx->now_ms + HOUR_MS), ERR_OK);
    const char **ids = NULL;
    size_t count = 0;
    assert_int_equal(reach_deputies(h->cx, h->office, ARIEF, &ids, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(ids[0], YULIANA);
    house_later(h, HOUR_MS);
    assert_int_equal(reach_deputies(h->cx, h->office, ARIEF, &ids, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(ids[0], MARIA);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_rows_the_telephone_is_whatsapp),
        TEST(channels_come_in_their_order),
        TEST(addresses_are_sealed_and_nobody_elses),
        TEST(odd_addresses_are_refused),
        TEST(verified_and_gone),
        TEST(quiet_hours_silence),
        TEST(away_until_a_time),
        TEST(acting_holders_have_a_period),
        TEST(the_duty_calendar_goes_first),
        TEST(deputies_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
