/* Accounts, sessions and tokens in the database: who gets in, with which key, and when that ends. */
#include "office_fixture.h"

#include <stdlib.h>

#include "lib/base/str.h"

#define PASSWORD "kuda merah lari ke pasar"
#define ANOTHER  "angsa biru duduk di atap"
#define MINUTE   INT64_C(60000)

DB_SQL(test_session_rows, "SELECT count(*) FROM session WHERE office_id = $1 AND ended_at IS NULL");
DB_SQL(test_session_seen, "SELECT seen_at FROM session WHERE office_id = $1 AND ended_at IS NULL");

static const struct db_sql *const test_sql[] = {&test_session_rows, &test_session_seen, NULL};
static const struct db_sql *const *const tables[] = {office_statements,
                                                     office_pool_statements,
                                                     staff_statements,
                                                     session_statements,
                                                     audit_statements,
                                                     test_sql,
                                                     NULL};

static int set_up(void **state)
{
    *state = office_fixture_new(tables);
    return 0;
}

static int tear_down(void **state)
{
    office_fixture_free(*state);
    return 0;
}

static struct staff_new somebody(struct office_fixture *o, const char *username, uint32_t roles)
{
    return (struct staff_new){.office_id = o->office,
                              .username = username,
                              .name = username,
                              .title = "Pegawai",
                              .roles = roles,
                              .password = PASSWORD};
}

static void add(struct office_fixture *o, const char *username, uint32_t roles,
                char ret_id[UUID_TEXT_BYTES])
{
    struct staff_new n = somebody(o, username, roles);
    assert_int_equal(staff_create(o->cx, &n, ret_id), ERR_OK);
}

static void as_nobody(struct office_fixture *o)
{
    o->cx->actor = (struct actor){.kind = ACTOR_NONE};
    o->cx->key = (struct unlocked_key){.present = false};
    o->cx->diag = (struct diag){.code = NULL};
}

static char *log_in(struct office_fixture *o, const char *username, const char *password)
{
    char *cookie = NULL;
    as_nobody(o);
    assert_int_equal(staff_login(o->cx, o->office, username, password, &cookie), ERR_OK);
    assert_int_equal(strlen(cookie), 43);
    return cookie;
}

static int64_t count_sessions(struct office_fixture *o)
{
    int64_t n = -1;
    assert_int_equal(db_number(o->cx->read, &test_session_rows, DB_ARGS(db_text(o->office)), &n),
                     ERR_OK);
    return n;
}

static void accounts_are_found_in_every_way(void **state)
{
    struct office_fixture *o = *state;
    char first[UUID_TEXT_BYTES], second[UUID_TEXT_BYTES];
    struct staff_new n = somebody(o, "kasi", ROLE_INTEL_CHIEF);
    n.phone = "+6281200001122";
    assert_int_equal(staff_create(o->cx, &n, first), ERR_OK);
    o->cx->now_ms += 1000;
    add(o, "rina", ROLE_FRONT_DESK | ROLE_INTEL_CHIEF, second);

    struct staff s = {.id = NULL};
    assert_int_equal(staff_get(o->cx->read, o->office, second, &s), ERR_OK);
    assert_string_equal(s.username, "rina");
    assert_int_equal(s.roles, ROLE_FRONT_DESK | ROLE_INTEL_CHIEF);
    assert_int_equal(s.public_key.n, 32);
    assert_int_equal(staff_by_username(o->cx->read, o->office, "kasi", &s), ERR_OK);
    assert_string_equal(s.id, first);
    assert_int_equal(staff_of_post(o->cx->read, o->office, ROLE_INTEL_CHIEF, &s), ERR_OK);
    assert_string_equal(s.id, first); /* the earliest holder */
    assert_int_equal(staff_of_post(o->cx->read, o->office, ROLE_OFFICE_HEAD, &s), ERR_MISSING);
    assert_int_equal(staff_by_whatsapp(o->cx, o->cx->read, o->office, "+6281200001122", NULL, &s),
                     ERR_OK);
    assert_string_equal(s.id, first);
    assert_int_equal(staff_by_whatsapp(o->cx, o->cx->read, o->office, "+6281200001123", "x", &s),
                     ERR_MISSING);
    assert_int_equal(staff_by_whatsapp(o->cx, o->cx->read, o->office, NULL, NULL, &s), ERR_MISSING);
    assert_string_equal(staff_name(o->cx->read, o->office, first), "kasi");
    assert_string_equal(staff_name(o->cx->read, o->office, ""), "");
    assert_string_equal(staff_name(o->cx->read, o->office, "none"), "");

    char *phone = NULL;
    assert_int_equal(staff_by_username(o->cx->read, o->office, "kasi", &s), ERR_OK);
    assert_int_equal(staff_phone(o->cx, &s, &phone), ERR_OK);
    assert_string_equal(phone, "+6281200001122");
    for (size_t i = 0; i + 8 <= s.phone_sealed.n; i++)
        assert_memory_not_equal(s.phone_sealed.p + i, "81200001", 8);
    assert_int_equal(office_fixture_entries(o, first, "staff_created"), 1);
}

static void a_refused_account_is_not_made(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "rina", ROLE_FRONT_DESK, id);
    struct staff_new n = somebody(o, "rina", ROLE_ADMIN);
    assert_int_equal(staff_create(o->cx, &n, id), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "username_taken");
    assert_string_equal(o->cx->diag.fields->field, "username");
    office_fixture_next(o);
    n = (struct staff_new){
        .office_id = o->office, .username = "Rina!", .password = "kejaksaankapuas"};
    assert_int_equal(staff_create(o->cx, &n, id), ERR_INVALID);
    assert_int_equal(o->cx->diag.field_count, 4); /* username, name, roles, password */
    office_fixture_next(o);
    n = somebody(o, "pidum", ROLE_SECTION_CHIEF);
    assert_int_equal(staff_create(o->cx, &n, id), ERR_INVALID);
    assert_string_equal(o->cx->diag.fields->field, "section");
    struct staff *list = NULL;
    size_t count = 0;
    assert_int_equal(staff_list(o->cx->read, o->office, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
}

static void a_cookie_opens_its_person(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "kasi", ROLE_INTEL_CHIEF, id);
    struct staff s = {.id = NULL};
    assert_int_equal(staff_get(o->cx->read, o->office, id, &s), ERR_OK);
    char *cookie = log_in(o, "KASI", PASSWORD); /* telephones begin words with a capital */

    as_nobody(o);
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_OK);
    assert_int_equal(o->cx->actor.kind, ACTOR_USER);
    assert_string_equal(o->cx->actor.id, id);
    assert_string_equal(o->cx->actor.office_id, o->office);
    assert_string_equal(o->cx->actor.username, "kasi");
    assert_int_equal(o->cx->actor.roles, ROLE_INTEL_CHIEF);
    assert_true(o->cx->key.present);
    assert_memory_equal(o->cx->key.public_key, s.public_key.p, 32);

    /* What is sealed to the account opens with the key of its request. */
    struct seal_envelope envelope, opened;
    seal_envelope_new(&envelope);
    struct bytes share = seal_envelope_share(&envelope, o->cx->arena, s.public_key.p);
    assert_int_equal(
        seal_envelope_unshare(share, o->cx->key.public_key, o->cx->key.secret_key, &opened), ERR_OK);
    assert_memory_equal(envelope.key, opened.key, sizeof(opened.key));

    /* Neither another cookie nor a broken one opens anything. */
    static const char *const wrong[] = {"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x",
                                        NULL};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        as_nobody(o);
        assert_int_equal(staff_auth_session(o->cx, wrong[i], true), ERR_AUTH);
        assert_int_equal(o->cx->actor.kind, ACTOR_NONE);
        assert_false(o->cx->key.present);
    }
    assert_int_equal(office_fixture_entries(o, id, "login"), 1);
}

static void wrong_logins_look_alike(void **state)
{
    struct office_fixture *o = *state;
    char admin[UUID_TEXT_BYTES], id[UUID_TEXT_BYTES];
    add(o, "admin", ROLE_ADMIN, admin);
    add(o, "rina", ROLE_FRONT_DESK, id);
    assert_int_equal(staff_disable(o->cx, id), ERR_OK);
    static const char *const tries[][2] = {
        {"admin", ANOTHER}, {"siapa", PASSWORD}, {"rina", PASSWORD}, {"admin", ""}};
    const char *said = NULL;
    for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
        char *cookie = NULL;
        as_nobody(o);
        assert_int_equal(staff_login(o->cx, o->office, tries[i][0], tries[i][1], &cookie), ERR_AUTH);
        assert_string_equal(o->cx->diag.code, "wrong_login");
        assert_null(cookie);
        if (said)
            assert_string_equal(o->cx->diag.message, said);
        said = o->cx->diag.message;
    }
    assert_int_equal(count_sessions(o), 0);
    assert_int_equal(office_fixture_entries(o, admin, "login_failed"), 2);
    assert_int_equal(office_fixture_entries(o, id, "login_failed"), 1);
    assert_int_equal(office_fixture_entries(o, "", "login_failed"), 1); /* no name of it is kept */
}

static void sessions_age(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "kasi", ROLE_INTEL_CHIEF, id);
    char *cookie = log_in(o, "kasi", PASSWORD);
    int64_t seen = 0;

    o->cx->now_ms = NOW_MS + 59 * 1000; /* less than a minute: nothing is written */
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_OK);
    assert_int_equal(db_number(o->cx->read, &test_session_seen, DB_ARGS(db_text(o->office)), &seen),
                     ERR_OK);
    assert_int_equal(seen, NOW_MS);
    o->cx->now_ms = NOW_MS + 14 * MINUTE; /* a poll: not activity */
    assert_int_equal(staff_auth_session(o->cx, cookie, false), ERR_OK);
    assert_int_equal(db_number(o->cx->read, &test_session_seen, DB_ARGS(db_text(o->office)), &seen),
                     ERR_OK);
    assert_int_equal(seen, NOW_MS);
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_OK);
    assert_int_equal(db_number(o->cx->read, &test_session_seen, DB_ARGS(db_text(o->office)), &seen),
                     ERR_OK);
    assert_int_equal(seen, NOW_MS + 14 * MINUTE);
    o->cx->now_ms = NOW_MS + 28 * MINUTE;
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_OK);
    o->cx->now_ms = NOW_MS + 43 * MINUTE; /* a quarter of an hour of nothing */
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_AUTH);

    o->cx->now_ms = NOW_MS;
    cookie = log_in(o, "kasi", PASSWORD);
    for (o->cx->now_ms = NOW_MS; o->cx->now_ms < NOW_MS + SESSION_MAX_MS;
         o->cx->now_ms += 10 * MINUTE)
        assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_OK);
    assert_int_equal(staff_auth_session(o->cx, cookie, true), ERR_AUTH); /* twelve hours */
}

static void logging_in_again_and_out(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "rina", ROLE_FRONT_DESK, id);
    char *first = log_in(o, "rina", PASSWORD), *second = NULL;
    /* At the same browser the old session ends. */
    assert_int_equal(staff_login(o->cx, o->office, "rina", PASSWORD, &second), ERR_OK);
    assert_string_not_equal(first, second);
    assert_int_equal(staff_auth_session(o->cx, first, false), ERR_AUTH);
    assert_int_equal(staff_auth_session(o->cx, second, false), ERR_OK);
    assert_int_equal(count_sessions(o), 1);
    assert_int_equal(staff_set_lang(o->cx, LANG_EN), ERR_OK);
    o->cx->lang = LANG_ID;
    assert_int_equal(staff_auth_session(o->cx, second, false), ERR_OK);
    assert_int_equal(o->cx->lang, LANG_EN);
    assert_int_equal(staff_logout(o->cx), ERR_OK);
    assert_int_equal(staff_logout(o->cx), ERR_OK);
    assert_int_equal(staff_auth_session(o->cx, second, false), ERR_AUTH);
    assert_int_equal(office_fixture_entries(o, id, "logout"), 1);
}

static void a_disabled_account_is_out_at_once(void **state)
{
    struct office_fixture *o = *state;
    char admin[UUID_TEXT_BYTES], id[UUID_TEXT_BYTES];
    add(o, "admin", ROLE_ADMIN, admin);
    add(o, "rina", ROLE_FRONT_DESK, id);
    char *token = NULL;
    assert_int_equal(staff_token_create(o->cx, o->office, "rina", "kios", &token), ERR_OK);
    char *cookie = log_in(o, "rina", PASSWORD);
    char *boss = log_in(o, "admin", PASSWORD);
    assert_int_equal(staff_auth_session(o->cx, boss, false), ERR_OK);
    assert_int_equal(staff_disable(o->cx, admin), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "own_account");
    assert_int_equal(staff_disable(o->cx, id), ERR_OK);
    assert_int_equal(staff_disable(o->cx, id), ERR_CONFLICT);
    as_nobody(o);
    assert_int_equal(staff_auth_session(o->cx, cookie, false), ERR_AUTH);
    assert_int_equal(staff_auth_token(o->cx, token), ERR_AUTH);
    assert_int_equal(staff_token_create(o->cx, o->office, "rina", "kios", &token), ERR_MISSING);
    assert_int_equal(staff_auth_session(o->cx, boss, false), ERR_OK);
    assert_int_equal(staff_enable(o->cx, id), ERR_OK);
    as_nobody(o);
    assert_int_equal(staff_auth_session(o->cx, cookie, false), ERR_AUTH); /* ended stays ended */
    assert_int_equal(staff_auth_token(o->cx, token), ERR_OK);
}

static void an_administrator_stays(void **state)
{
    struct office_fixture *o = *state;
    char first[UUID_TEXT_BYTES], second[UUID_TEXT_BYTES];
    add(o, "admin", ROLE_ADMIN, first);
    struct staff_change c = {.name = "Sri", .roles = ROLE_FRONT_DESK, .phone = "+6281200001122"};
    assert_int_equal(staff_update(o->cx, first, &c), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "last_admin");
    office_fixture_next(o);
    assert_int_equal(staff_disable(o->cx, first), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "last_admin");
    add(o, "sri", ROLE_ADMIN, second);
    office_fixture_next(o);
    assert_int_equal(staff_update(o->cx, first, &c), ERR_OK);
    struct staff s = {.id = NULL};
    char *phone = NULL;
    assert_int_equal(staff_get(o->cx->read, o->office, first, &s), ERR_OK);
    assert_string_equal(s.name, "Sri");
    assert_int_equal(s.roles, ROLE_FRONT_DESK);
    assert_int_equal(staff_phone(o->cx, &s, &phone), ERR_OK);
    assert_string_equal(phone, "+6281200001122");
    c.phone = NULL;
    assert_int_equal(staff_update(o->cx, first, &c), ERR_OK);
    assert_int_equal(staff_get(o->cx->read, o->office, first, &s), ERR_OK);
    assert_int_equal(staff_phone(o->cx, &s, &phone), ERR_OK);
    assert_null(phone);
    assert_int_equal(staff_update(o->cx, "none", &c), ERR_MISSING);
}

static void tokens_never_open_sealed_things(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "kasi", ROLE_INTEL_CHIEF, id);
    char *token = NULL;
    assert_int_equal(staff_token_create(o->cx, o->office, "kasi", "sistem antrean", &token), ERR_OK);
    assert_int_equal(strlen(token), 46);
    assert_memory_equal(token, "bt_", 3);
    as_nobody(o);
    assert_int_equal(staff_auth_token(o->cx, token), ERR_OK);
    assert_int_equal(o->cx->actor.kind, ACTOR_TOKEN);
    assert_string_equal(o->cx->actor.id, id);
    assert_int_equal(o->cx->actor.roles, ROLE_INTEL_CHIEF);
    assert_false(o->cx->key.present);
    as_nobody(o);
    assert_int_equal(staff_auth_session(o->cx, token + 3, false),
                     ERR_AUTH); /* a token is no cookie */
    assert_int_equal(staff_auth_token(o->cx, token + 3), ERR_AUTH);
    token[10] = token[10] == 'A' ? 'B' : 'A';
    assert_int_equal(staff_auth_token(o->cx, token), ERR_AUTH);
    assert_int_equal(staff_auth_token(o->cx, NULL), ERR_AUTH);
    assert_int_equal(o->cx->actor.kind, ACTOR_NONE);
}

static void ones_own_new_password_keeps_the_key(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    add(o, "kasi", ROLE_INTEL_CHIEF, id);
    char *elsewhere = log_in(o, "kasi", PASSWORD), *here = log_in(o, "kasi", PASSWORD);
    assert_int_equal(count_sessions(o), 2);
    uint8_t secret_key[32];
    memcpy(secret_key, o->cx->key.secret_key, sizeof(secret_key));

    assert_int_equal(staff_change_password(o->cx, ANOTHER, ANOTHER " x", true), ERR_INVALID);
    assert_string_equal(o->cx->diag.fields->field, "old_password");
    office_fixture_next(o);
    assert_int_equal(staff_change_password(o->cx, PASSWORD, "pendek", true), ERR_INVALID);
    assert_string_equal(o->cx->diag.fields->field, "new_password");
    office_fixture_next(o);
    assert_int_equal(staff_change_password(o->cx, PASSWORD, ANOTHER, true), ERR_OK);

    assert_int_equal(staff_auth_session(o->cx, elsewhere, false), ERR_AUTH);
    assert_int_equal(staff_auth_session(o->cx, here, false), ERR_OK);
    char *cookie = NULL;
    as_nobody(o);
    assert_int_equal(staff_login(o->cx, o->office, "kasi", PASSWORD, &cookie), ERR_AUTH);
    (void)log_in(o, "kasi", ANOTHER);
    assert_memory_equal(o->cx->key.secret_key, secret_key, sizeof(secret_key));
    assert_int_equal(office_fixture_entries(o, id, "staff_password_changed"), 1);
}

static void a_password_from_the_administrator_makes_a_new_key(void **state)
{
    struct office_fixture *o = *state;
    char admin[UUID_TEXT_BYTES], id[UUID_TEXT_BYTES];
    add(o, "admin", ROLE_ADMIN, admin);
    add(o, "kasi", ROLE_INTEL_CHIEF, id);
    char *cookie = log_in(o, "kasi", PASSWORD);
    uint8_t public_key[32];
    memcpy(public_key, o->cx->key.public_key, sizeof(public_key));
    o->cx->actor = (struct actor){.kind = ACTOR_SYSTEM};
    memcpy(o->cx->actor.office_id, o->office, sizeof(o->office));
    assert_int_equal(staff_reset_password(o->cx, id, "pendek"), ERR_INVALID);
    office_fixture_next(o);
    assert_int_equal(staff_reset_password(o->cx, id, ANOTHER), ERR_OK);
    assert_int_equal(staff_auth_session(o->cx, cookie, false), ERR_AUTH);
    (void)log_in(o, "kasi", ANOTHER);
    assert_true(o->cx->key.present);
    assert_memory_not_equal(o->cx->key.public_key, public_key, sizeof(public_key));
    assert_int_equal(staff_reset_password(o->cx, "none", ANOTHER), ERR_MISSING);
}

static void act_as(struct office_fixture *o, enum actor_kind kind, const char *id)
{
    o->cx->actor = (struct actor){.kind = kind};
    memcpy(o->cx->actor.office_id, o->office, sizeof(o->office));
    if (id)
        memcpy(o->cx->actor.id, id, UUID_TEXT_BYTES);
    office_fixture_next(o);
}

static struct staff now_of(struct office_fixture *o, const char *id)
{
    struct staff s = {.id = NULL};
    assert_int_equal(staff_get(o->cx->read, o->office, id, &s), ERR_OK);
    return s;
}

/* Made on the server: trusted. Made by an administrator, his password set by one, or a post given by one:
 * waits. One's own new password changes nothing. */
static void whose_key_is_trusted(void **state)
{
    struct office_fixture *o = *state;
    char admin[UUID_TEXT_BYTES], kasi[UUID_TEXT_BYTES], rina[UUID_TEXT_BYTES],
        made[UUID_TEXT_BYTES];
    int64_t trusted = -1, waiting = -1;
    add(o, "admin", ROLE_ADMIN, admin);
    add(o, "kasi", ROLE_INTEL_CHIEF, kasi);
    add(o, "rina", ROLE_FRONT_DESK, rina);
    assert_int_equal(now_of(o, kasi).key_trusted_at, o->cx->now_ms);
    assert_true(
        staff_reads_complaints(&(struct staff){.roles = ROLE_OFFICE_HEAD, .key_trusted_at = 1}));
    assert_false(staff_reads_complaints(&(struct staff){.roles = ROLE_ADMIN, .key_trusted_at = 1}));

    (void)log_in(o, "kasi", PASSWORD);
    assert_int_equal(staff_change_password(o->cx, PASSWORD, ANOTHER, true), ERR_OK);
    assert_true(now_of(o, kasi).key_trusted_at != 0);
    assert_int_equal(office_fixture_entries(o, kasi, "key_reset"), 0);

    act_as(o, ACTOR_USER, admin);
    struct staff_new n = somebody(o, "kajari", ROLE_OFFICE_HEAD);
    assert_int_equal(staff_create(o->cx, &n, made), ERR_OK);
    assert_int_equal(now_of(o, made).key_trusted_at, 0);
    struct staff_change c = {.name = "Rina", .roles = ROLE_FRONT_DESK | ROLE_INTEL_CHIEF};
    assert_int_equal(staff_update(o->cx, rina, &c), ERR_OK);
    assert_int_equal(now_of(o, rina).key_trusted_at, 0);
    assert_int_equal(office_fixture_entries(o, rina, "key_reset"), 1);
    struct staff_change same = {.name = "Kasi Baru", .roles = ROLE_INTEL_CHIEF};
    assert_int_equal(staff_update(o->cx, kasi, &same), ERR_OK); /* no new post: the key stays */
    assert_true(now_of(o, kasi).key_trusted_at != 0);
    assert_int_equal(staff_count_readers(o->cx->read, o->office, &trusted, &waiting), ERR_OK);
    assert_int_equal(trusted, 1);
    assert_int_equal(waiting, 2);
    /* Out of the post and into it again is no way around. */
    same.roles = ROLE_FRONT_DESK;
    assert_int_equal(staff_update(o->cx, kasi, &same), ERR_OK);
    same.roles = ROLE_INTEL_CHIEF;
    assert_int_equal(staff_update(o->cx, kasi, &same), ERR_OK);
    assert_int_equal(now_of(o, kasi).key_trusted_at, 0);

    act_as(o, ACTOR_SYSTEM, NULL);
    const char *fingerprint = seal_key_fingerprint(o->cx->arena, now_of(o, kasi).public_key);
    assert_int_equal(strlen(fingerprint), 39);
    assert_int_equal(staff_trust_key(o->cx, kasi, fingerprint, NULL), ERR_OK);
    assert_string_equal(now_of(o, kasi).key_trusted_by, "");
    assert_int_equal(office_fixture_entries(o, kasi, "key_trusted"), 1);
    assert_int_equal(staff_trust_key(o->cx, admin, fingerprint, NULL), ERR_CONFLICT); /* another's */
    assert_int_equal(staff_trust_key(o->cx, "none", fingerprint, NULL), ERR_MISSING);
}

static void ones_own_sessions(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES], other[UUID_TEXT_BYTES];
    add(o, "rina", ROLE_FRONT_DESK, id);
    add(o, "yuli", ROLE_DUTY_OFFICER, other);
    (void)log_in(o, "yuli", PASSWORD);
    char strange[UUID_TEXT_BYTES];
    memcpy(strange, o->cx->actor.session_id, sizeof(strange));
    char *first = log_in(o, "rina", PASSWORD);
    char first_id[UUID_TEXT_BYTES];
    memcpy(first_id, o->cx->actor.session_id, sizeof(first_id));
    o->cx->now_ms += MINUTE;
    (void)log_in(o, "rina", PASSWORD);

    struct staff_session *list = NULL;
    size_t count = 0;
    assert_int_equal(staff_sessions(o->cx->read, o->office, id, o->cx->now_ms, &list, &count),
                     ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, o->cx->actor.session_id);
    assert_string_equal(list[1].id, first_id);
    assert_int_equal(staff_session_end(o->cx, strange), ERR_MISSING);
    assert_int_equal(staff_session_end(o->cx, first_id), ERR_OK);
    assert_int_equal(staff_session_end(o->cx, first_id), ERR_MISSING);
    assert_int_equal(staff_auth_session(o->cx, first, false), ERR_AUTH);
    assert_int_equal(count_sessions(o), 2);
}

static void staff_pages_have_everybody_once(void **state)
{
    struct office_fixture *o = *state;
    static const char *const names[] = {"dewi", "andi", "citra"};
    static const char *const sorted[] = {"andi", "citra", "dewi"};
    char id[UUID_TEXT_BYTES];
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        add(o, names[i], ROLE_FRONT_DESK, id);
    assert_int_equal(staff_disable(o->cx, id), ERR_OK); /* citra is listed all the same */
    const char *cursor = "";
    for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
        struct staff *rows = NULL;
        size_t count = 0;
        assert_int_equal(staff_page(o->cx->read, o->office, cursor, 1, &rows, &count), ERR_OK);
        assert_int_equal(count, 1);
        assert_string_equal(rows[0].username, sorted[i]);
        cursor = rows[0].id;
    }
    struct staff *rows = NULL;
    size_t count = 9;
    assert_int_equal(staff_page(o->cx->read, o->office, cursor, 1, &rows, &count), ERR_OK);
    assert_int_equal(count, 0);
    assert_int_equal(staff_list(o->cx->read, o->office, &rows, &count), ERR_OK);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(accounts_are_found_in_every_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_account_is_not_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cookie_opens_its_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_logins_look_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_age, set_up, tear_down),
        cmocka_unit_test_setup_teardown(logging_in_again_and_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_disabled_account_is_out_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_administrator_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_never_open_sealed_things, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ones_own_new_password_keeps_the_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_password_from_the_administrator_makes_a_new_key, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whose_key_is_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ones_own_sessions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(staff_pages_have_everybody_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
