/* A whole office ready for work: every statement of the product, one person for each post, and guests that
 * are registered as the counter registers them. What stands in the file is read through a connection of
 * the test's own. */
#ifndef BT_TESTS_HOUSE_FIXTURE_H
#define BT_TESTS_HOUSE_FIXTURE_H

#include "office_fixture.h"

#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "app/features.h"
#include "features/custody/custody.h"
#include "features/decision/decision_store.h"
#include "features/notice/notice_store.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/html/html.h"
#include "lib/json/json.h"

struct person {
    const char *id, *username, *name, *title;
    uint32_t role;
    const char *phone;
};

#define RINA    "01890000-0000-7000-8000-000000000001"
#define YULIANA "01890000-0000-7000-8000-000000000002"
#define ARIEF   "01890000-0000-7000-8000-000000000003"
#define HENDRA  "01890000-0000-7000-8000-000000000004"
#define MARIA   "01890000-0000-7000-8000-000000000005"
#define BAGUS   "01890000-0000-7000-8000-000000000006"
#define KEJATI  "01890000-0000-7000-8000-000000000007"
#define BAYU    "01890000-0000-7000-8000-000000000008"

static const struct person people[] = {
    {RINA, "rina", "Rina Wahyuni", "Petugas PTSP", ROLE_FRONT_DESK, "+6281200000101"},
    {YULIANA, "yuliana", "Yuliana Karing", "Petugas Piket", ROLE_DUTY_OFFICER, "+6281200000102"},
    {ARIEF, "arief", "Arief Setiadi", "Kasi Intelijen", ROLE_INTEL_CHIEF, "+6281200000103"},
    {HENDRA, "hendra", "Hendra Wijaksana", "Kajari", ROLE_OFFICE_HEAD, "+6281200000104"},
    {MARIA, "maria", "Maria Tiara", "Kasi Pidum", ROLE_SECTION_CHIEF, "+6281200000105"},
    {BAGUS, "admin", "Bagus Prakoso", "Administrator", ROLE_ADMIN, NULL},
    {KEJATI, "monitor", "Pemantau Kejati", "Pemantau", ROLE_MONITOR, NULL},
    {BAYU, "bayu", "Bayu Saputra", "Jaksa Fungsional", ROLE_CASE_OFFICER, NULL},
};

/* Accounts without a password: hashing one takes longer than the rest of a test. */
DB_SQL(house_staff_add,
       "INSERT INTO staff (office_id, id, username, name, title, rank, nip, roles, section, "
       "phone_sealed, phone_index, password_hash, public_key, wrapped_key, created_at, "
       "key_trusted_at, key_trusted_by) "
       "VALUES ($1, $2, $3, $4, $5, '', '', $6, '', $7, $8, '!', $9, $10, 1, 1, '')");
static const struct db_sql *const house_statements[] = {&house_staff_add, NULL};

struct house_key {
    const char *id;
    uint8_t public_key[32], secret_key[32];
};

struct house {
    struct office_fixture *o;
    struct cx *cx;
    const char *office;
    struct settings settings;
    sqlite3 *look;             /* the test's own connection */
    struct house_key keys[16]; /* as the passwords of these people would open them */
    size_t key_count;
};

static inline const struct db_sql *const *const *house_tables(void)
{
    static const struct db_sql *const *tables[80];
    const struct db_sql *const *const *all = features_statements();
    size_t n = 0;
    for (; all[n]; n++)
        tables[n] = all[n];
    assert_true(n + 2 < ARRAY_LEN(tables));
    tables[n] = house_statements;
    tables[n + 1] = NULL;
    return tables;
}

struct person_new {
    const char *office;
    const struct person *p;
    struct bytes phone_sealed, phone_index;
    uint8_t public_key[32], secret_key[32];
};

static inline enum err house_person_tx(struct db_conn *tx, void *arg)
{
    const struct person_new *n = arg;
    return db_run(tx, &house_staff_add,
                  DB_ARGS(db_text(n->office), db_text(n->p->id), db_text(n->p->username),
                          db_text(n->p->name), db_text(n->p->title), db_int(n->p->role),
                          db_bytes(n->phone_sealed), db_bytes(n->phone_index),
                          db_bytes((struct bytes){n->public_key, 32}),
                          db_bytes((struct bytes){n->secret_key, 32})),
                  NULL);
}

static inline void house_add(struct house *h, const struct person *p)
{
    struct person_new n = {.office = h->office, .p = p};
    struct cx *cx = h->cx;
    n.phone_sealed = seal_field(cx->seal, cx->arena, "staff", "phone", p->id, p->phone);
    n.phone_index = seal_index(cx->seal, cx->arena, "staff_phone", p->phone);
    assert_int_equal(crypto_box_keypair(n.public_key, n.secret_key), 0);
    assert_int_equal(db_tx(cx, "person", house_person_tx, &n), ERR_OK);
    assert_true(h->key_count < ARRAY_LEN(h->keys));
    struct house_key *key = &h->keys[h->key_count++];
    key->id = p->id;
    memcpy(key->public_key, n.public_key, sizeof(key->public_key));
    memcpy(key->secret_key, n.secret_key, sizeof(key->secret_key));
}

static inline struct unlocked_key house_key(const struct house *h, const char *id)
{
    struct unlocked_key key = {.present = false};
    for (size_t i = 0; i < h->key_count; i++) {
        if (strcmp(h->keys[i].id, id) != 0)
            continue;
        key.present = true;
        memcpy(key.public_key, h->keys[i].public_key, sizeof(key.public_key));
        memcpy(key.secret_key, h->keys[i].secret_key, sizeof(key.secret_key));
    }
    return key;
}

/* A password for one who has none yet: his own key lies under it. */
static inline void house_password(struct house *h, const char *id, const char *password)
{
    struct cx *cx = h->cx;
    struct unlocked_key key = house_key(h, id);
    struct bytes wrapped = {NULL, 0};
    assert_true(key.present);
    assert_int_equal(seal_person_rewrap(cx->arena, key.secret_key, password, &wrapped), ERR_OK);
    char *sql = arena_printf(cx->arena, "UPDATE staff SET wrapped_key = x'%s' WHERE id = '%s'",
                             str_hex(cx->arena, wrapped.p, wrapped.n), id);
    char *message = NULL;
    assert_int_equal(sqlite3_exec(h->look, sql, NULL, NULL, &message), SQLITE_OK);
}

/* Without anybody in it. */
static inline struct house *house_empty(void)
{
    struct house *h = calloc(1, sizeof(*h));
    assert_non_null(h);
    json_init();
    h->o = office_fixture_new(house_tables());
    h->cx = h->o->cx;
    h->office = h->o->office;
    h->settings = (struct settings){.data_dir = h->o->f->folder,
                                    .listen = "127.0.0.1:8080",
                                    .template_visit = "tamu_baru",
                                    .template_head = "tanya_kajari",
                                    .language = "id"};
    h->cx->settings = &h->settings;
    h->cx->data_dir = h->o->f->folder;
    h->cx->translate = i18n_translate;
    assert_int_equal(sqlite3_open(h->o->f->path, &h->look), SQLITE_OK);
    (void)sqlite3_busy_timeout(h->look, 5000);
    return h;
}

static inline struct house *house_new(void)
{
    struct house *h = house_empty();
    for (size_t i = 0; i < ARRAY_LEN(people); i++)
        house_add(h, &people[i]);
    return h;
}

static inline void house_free(struct house *h)
{
    (void)sqlite3_close(h->look);
    office_fixture_free(h->o);
    free(h);
}

static inline int house_begin(void **state)
{
    *state = house_new();
    return 0;
}

static inline int house_end(void **state)
{
    house_free(*state);
    return 0;
}

/* WhatsApp is set up as far as settings go; the app secret stands in a file of the house's folder. */
static inline void house_whatsapp(struct house *h)
{
    h->settings.graph_base = "http://127.0.0.1:1";
    h->settings.phone_number_id = "1000";
    h->settings.verify_token = "sandi-perkenalan";
    h->settings.token_file = "/dev/null";
    h->settings.app_secret_file = "/dev/null";
}

static inline const struct person *person_of(uint32_t role)
{
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        if (people[i].role == role)
            return &people[i];
    }
    return NULL;
}

/* From now on `cx` is this person's. */
static inline void house_act_as(struct house *h, const struct person *p)
{
    h->cx->actor = (struct actor){.kind = ACTOR_USER,
                                  .roles = p->role,
                                  .key_trusted = true,
                                  .name = p->name,
                                  .username = p->username};
    (void)snprintf(h->cx->actor.id, sizeof(h->cx->actor.id), "%s", p->id);
    (void)snprintf(h->cx->actor.office_id, sizeof(h->cx->actor.office_id), "%s", h->office);
    (void)snprintf(h->cx->actor.session_id, sizeof(h->cx->actor.session_id), "%s", p->id);
    h->cx->diag = (struct diag){.code = NULL};
}

/* --- what stands in the file -------------------------------------------------------------------------- */

/* The first value of the first row as text ("" for NULL and for no row), in the arena. */
static inline const char *house_text(struct house *h, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    const char *text = "";
    int prepared = sqlite3_prepare_v2(h->look, sql, -1, &statement, NULL);
    if (prepared != SQLITE_OK)
        print_error("%s: %s\n", sqlite3_errmsg(h->look), sql);
    assert_int_equal(prepared, SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
        text = arena_strdup(h->cx->arena, (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    return text;
}

static inline int64_t house_number(struct house *h, const char *sql)
{
    const char *text = house_text(h, sql);
    int64_t n = -1;
    if (*text)
        assert_true(str_to_i64(text, INT64_MIN, INT64_MAX, &n));
    return n;
}

static inline void house_exec(struct house *h, const char *sql)
{
    char *message = NULL;
    int done = sqlite3_exec(h->look, sql, NULL, NULL, &message);
    if (done != SQLITE_OK)
        print_error("%s: %s\n", message, sql);
    sqlite3_free(message);
    assert_int_equal(done, SQLITE_OK);
}

/* --- guests ------------------------------------------------------------------------------------------- */

struct guest {
    const char *name, *id_number, *category, *organization, *phone;
    const char *late_reason, *host_id, *key;
    int64_t arrived_at; /* 0: now */
    bool accept_inside;
    bool no_chief; /* nobody holds the post */
};

static inline const char *house_id(struct house *h)
{
    char id[UUID_TEXT_BYTES];
    rand_uuid7(h->cx->now_ms, id);
    return arena_strdup(h->cx->arena, id);
}

static inline struct visit_act house_act(struct house *h, const char *actor_id)
{
    return (struct visit_act){
        .office_id = h->office, .actor_kind = "user", .actor_id = actor_id, .now_ms = h->cx->now_ms};
}

/* As the handler fills it before the transaction. */
static inline struct visit_registration *guest_fill(struct house *h, const struct guest *g)
{
    struct cx *cx = h->cx;
    struct visit_registration *r = ARENA_NEW(cx->arena, struct visit_registration);
    struct visit *v = &r->visit;
    struct identity i = {.id_number = str_or(g->id_number, "6203011708450001"), .phone = g->phone};
    r->act = house_act(h, RINA);
    r->accept_inside = g->accept_inside;
    r->detail = "category=information";
    v->id = house_id(h);
    v->arrived_at = g->arrived_at ? g->arrived_at : cx->now_ms;
    v->due_at = v->arrived_at + 600000;
    v->year = time_civil(v->arrived_at, 420).year;
    v->registered_at = cx->now_ms;
    v->registered_by = RINA;
    v->late_reason = g->late_reason;
    v->name = str_or(g->name, "Fransiska Luhing");
    v->id_type = "ktp";
    v->visitor_kind = "individual";
    v->organization = str_or(g->organization, "");
    v->companions = "[]";
    v->purpose = "Konsultasi";
    v->category = str_or(g->category, "information");
    v->accepted_warnings = "";
    v->host_id = g->host_id;
    v->id_index = identity_index(cx, "ktp", i.id_number);
    v->identity_sealed = identity_seal(cx, "visit", v->id, &i);
    r->visitor_id = house_id(h);
    r->visitor_identity = identity_seal(cx, "visitor", r->visitor_id, &i);
    struct visitor known = {0};
    if (visitor_find(cx->read, h->office, v->id_index, &known) == ERR_OK)
        r->known_identity = identity_seal(cx, "visitor", known.id, &i);
    r->notice = (struct notice_new){.outbox_id = house_id(h),
                                    .kind = NOTICE_VISIT,
                                    .round = 1,
                                    .recipient_id = g->no_chief ? NULL : ARIEF};
    r->notice.channel = notice_channel(cx, &r->notice.reason);
    return r;
}

static inline enum err guest_try(struct house *h, const struct guest *g,
                                 struct visit_registration **ret)
{
    *ret = guest_fill(h, g);
    return db_tx(h->cx, "register", visit_register, *ret);
}

/* The id of the visit. */
static inline const char *guest_in(struct house *h, const struct guest *g)
{
    struct visit_registration *r = NULL;
    assert_int_equal(guest_try(h, g, &r), ERR_OK);
    assert_int_equal(r->status, 201);
    return r->subject_id;
}

static inline struct visit visit_now(struct house *h, const char *id)
{
    struct visit v = {0};
    assert_int_equal(visit_get(h->cx->read, h->office, id, &v), ERR_OK);
    return v;
}

/* "70A" */
static inline const char *number_of(struct house *h, const char *id)
{
    struct visit v = visit_now(h, id);
    return arena_printf(h->cx->arena, "%lld%s", (long long)v.number, v.number_suffix);
}

/* Time goes on. */
static inline void house_later(struct house *h, int64_t ms)
{
    h->cx->now_ms += ms;
}

#endif
