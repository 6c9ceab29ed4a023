/* The written complaint in a real database: who can open it and who cannot, and every refusal. Handlers
 * are called as the router would call them. */
#include "store/office_fixture.h"

#include <sodium.h>

#include "features/casework/casework.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_web.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/counter/counter.h"
#include "lib/http/http.h"
#include "lib/json/json.h"
#include "lib/replay/replay.h"

#define TEXT     "Kepala desa memotong dana bantuan KANARI-ISI.\nTerjadi sejak awal tahun."
#define REPORTED "Budi KANARI-TERLAPOR, Kepala Desa"
#define DOCUMENT "Fotokopi laporan KANARI-DOKUMEN"
#define PASSWORD "kuda-sungai-lampu-besi"
#define VISIT    "0197f4a0-0000-7000-8000-000000000001"

DB_SQL(
    test_visit_add,
    "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
    "due_at, registered_at, registered_by, visitor_id, name, id_type, id_index, identity_sealed, "
    "visitor_kind, organization, companions, companion_count, purpose, category, "
    "accepted_warnings, notice_state, question_state, decision_state, unreceived) "
    "VALUES ($1, $2, 2026, 7, '', 'received', 1, 1, 2, 1, 's', 'g', 'Tamu', 'ktp', $3, $3, "
    "'individual', '', '[]', 0, 'Pengaduan', 'complaint', '', 'none', 'none', 'final', 0)");
DB_SQL(test_visit_state, "UPDATE visit SET state = $3, open = $4 WHERE office_id = $1 AND id = $2");
DB_SQL(test_share_count, "SELECT count(*) FROM complaint_share WHERE office_id = $1");
DB_SQL(test_share_of,
       "SELECT count(*) FROM complaint_share WHERE office_id = $1 AND reader_id = $2");
DB_SQL(test_complaint_count, "SELECT count(*) FROM complaint WHERE office_id = $1");
DB_SQL(test_named, "SELECT count(*) FROM audit_entry WHERE office_id = $1 "
                   "AND (subject_id = $2 OR detail LIKE '%' || $2 || '%')");
DB_SQL(test_link_clear, "UPDATE visit SET complaint_sealed = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(test_acts, "SELECT count(*) FROM audit_entry WHERE office_id = $1 AND action LIKE $2");
DB_SQL(test_same_time, "SELECT count(*) FROM audit_entry a, complaint c WHERE a.office_id = $1 "
                       "AND c.office_id = $1 AND abs(a.at - c.received_at) < 60000");
DB_SQL(test_plain_hash, "SELECT count(*) FROM replay WHERE office_id = $1 AND body_hash = $2");

DB_SQL(test_anonymous_entries, "SELECT count(*) FROM audit_entry WHERE office_id = $1 AND "
                               "subject_kind = 'commitment' AND at > 0");
DB_SQL(test_exact_replays,
       "SELECT count(*) FROM replay r, complaint c WHERE r.office_id = $1 AND c.office_id = "
       "r.office_id AND (r.at <> c.received_at OR r.subject_id <> '')");
DB_SQL(test_linked_visits,
       "SELECT count(*) FROM visit WHERE office_id = $1 AND complaint_sealed IS "
       "NOT NULL");

static const struct db_sql *const test_statements[] = {&test_visit_add,         &test_visit_state,
                                                       &test_share_count,       &test_share_of,
                                                       &test_complaint_count,   &test_named,
                                                       &test_plain_hash,        &test_acts,
                                                       &test_same_time,         &test_link_clear,
                                                       &test_anonymous_entries, &test_exact_replays,
                                                       &test_linked_visits,     NULL};
static const struct db_sql *const *const tables[] = {counter_statements,
                                                     test_statements,
                                                     audit_statements,
                                                     complaint_statements,
                                                     office_statements,
                                                     replay_statements,
                                                     staff_statements,
                                                     session_statements,
                                                     visit_statements,
                                                     calendar_statements,
                                                     casework_statements,
                                                     casework_due_statements,
                                                     NULL};

struct person {
    struct actor actor;
    struct unlocked_key key;
};

struct desk {
    struct office_fixture *o;
    struct cx *cx;
    struct person rina, yuliana, arief, hendra, admin;
    uint8_t recovery_public[32];
    char *sheet;
};

struct write_args {
    const struct db_sql *sql;
    const struct db_arg *args;
    size_t count;
};

static enum err write_tx(struct db_conn *tx, void *arg)
{
    const struct write_args *w = arg;
    return db_run(tx, w->sql, w->args, w->count, NULL);
}

static void write_once(struct desk *d, const struct db_sql *sql, const struct db_arg *args, size_t n)
{
    struct write_args w = {sql, args, n};
    assert_int_equal(db_tx(d->cx, "setup", write_tx, &w), ERR_OK);
}

static void add_person(struct desk *d, const char *username, uint32_t roles, struct person *ret)
{
    const struct staff_new n = {.office_id = d->o->office,
                                .username = username,
                                .name = username,
                                .title = "Petugas",
                                .rank = "",
                                .nip = "",
                                .section = "",
                                .roles = roles,
                                .password = PASSWORD};
    char id[UUID_TEXT_BYTES];
    char *cookie = NULL;
    d->cx->actor = (struct actor){.kind = ACTOR_SYSTEM};
    memcpy(d->cx->actor.office_id, d->o->office, sizeof(d->o->office));
    assert_int_equal(staff_create(d->cx, &n, id), ERR_OK);
    assert_int_equal(staff_login(d->cx, d->o->office, username, PASSWORD, &cookie), ERR_OK);
    assert_true(d->cx->key.present);
    *ret = (struct person){d->cx->actor, d->cx->key};
}

static void become(struct desk *d, const struct person *p)
{
    d->cx->actor = p->actor;
    d->cx->key = p->key;
    d->cx->diag = (struct diag){.code = NULL};
}

static void set_state(struct desk *d, const char *state, int64_t open)
{
    write_once(d, &test_visit_state,
               DB_ARGS(db_text(d->o->office), db_text(VISIT), db_text(state), db_int(open)));
}

static int begin(void **state)
{
    json_init();
    struct desk *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->o = office_fixture_new(tables);
    d->cx = d->o->cx;
    add_person(d, "rina", ROLE_FRONT_DESK, &d->rina);
    add_person(d, "yuliana", ROLE_DUTY_OFFICER, &d->yuliana);
    add_person(d, "arief", ROLE_INTEL_CHIEF, &d->arief);
    add_person(d, "hendra", ROLE_OFFICE_HEAD, &d->hendra);
    add_person(d, "admin", ROLE_ADMIN, &d->admin);
    assert_int_equal(seal_recovery_create(d->cx->arena, d->recovery_public, &d->sheet), ERR_OK);
    assert_int_equal(office_set_recovery(d->cx, d->recovery_public, true), ERR_OK);
    const struct bytes some = seal_field(
        d->cx->seal, d->cx->arena, "visit", "identity_sealed", VISIT,
        "{\"id_number\":\"KANARI-NIK\",\"address\":\"KANARI-ALAMAT\"}");
    write_once(d, &test_visit_add, DB_ARGS(db_text(d->o->office), db_text(VISIT), db_bytes(some)));
    become(d, &d->rina);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    office_fixture_free(d->o);
    free(d);
    return 0;
}

/* --- requests, as the router would make them -------------------------------------------------------- */

static const struct route *route_of(enum http_method method, const char *path)
{
    for (const struct route *r = complaint_routes(); r->path; r++) {
        if (r->method == method && strcmp(r->path, path) == 0)
            return r;
    }
    fail_msg("no route %s", path);
    return NULL;
}

struct ask {
    enum http_method method;
    const char *tail;  /* behind /tamu/{id}/pengaduan */
    const char *visit; /* VISIT when NULL */
    const char *json;  /* body, or NULL */
    const char *key;   /* Idempotency-Key */
    struct http_pair *fields;
    size_t field_count;
    enum http_wants wants;
};

static enum err ask(struct desk *d, const struct ask *a, struct http_res *res)
{
    struct arena *arena = d->cx->arena;
    const char *visit = a->visit ? a->visit : VISIT;
    struct http_req req = {.method = a->method, .wants = a->wants};
    req.path = arena_printf(arena, "/tamu/%s/pengaduan%s", visit, a->tail);
    req.route = route_of(a->method, arena_printf(arena, "/tamu/{id}/pengaduan%s", a->tail));
    req.params[0] = (struct http_pair){"id", visit};
    req.param_count = 1;
    struct http_pair header = {"idempotency-key", a->key};
    req.headers = &header;
    req.header_count = a->key ? 1 : 0;
    req.fields = a->fields;
    req.field_count = a->field_count;
    req.body_kind = a->fields ? BODY_FORM : BODY_NONE;
    if (a->json) {
        req.body_kind = BODY_JSON;
        req.body = (struct bytes){(const uint8_t *)a->json, strlen(a->json)};
        req.json = json_keep(arena, json_loads(a->json, 0, NULL));
        assert_non_null(req.json);
        (void)crypto_hash_sha256(req.body_hash, req.body.p, req.body.n);
    }
    d->cx->diag = (struct diag){.code = NULL};
    *res = (struct http_res){.status = 200, .body = buf_new(arena, 1024, 1u << 20)};
    return req.route->fn(d->cx, &req, res);
}

static const char body_json[] =
    "{\"text\":\"Kepala desa memotong dana bantuan KANARI-ISI.\\nTerjadi sejak awal tahun.\","
    "\"reported_party\":\"Budi KANARI-TERLAPOR, Kepala Desa\","
    "\"documents\":[{\"kind\":\"Fotokopi laporan "
    "KANARI-DOKUMEN\",\"count\":2},{\"kind\":\"Foto\"}]}";

static enum err post(struct desk *d, const char *json, const char *key, struct http_res *res)
{
    const struct ask a = {
        .method = HTTP_POST, .tail = "", .json = json, .key = key, .wants = WANTS_JSON};
    return ask(d, &a, res);
}

static void write_one(struct desk *d)
{
    struct http_res res;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
    assert_int_equal(res.status, 201);
    assert_non_null(strstr(res.body.p, "\"number\":\"PGD-1/2026\""));
    assert_non_null(strstr(res.body.p, "\"receipt\":\""));
}

static enum err get(struct desk *d, const char *tail, enum http_wants wants, struct http_res *res)
{
    const struct ask a = {.method = HTTP_GET, .tail = tail, .wants = wants};
    return ask(d, &a, res);
}

static void find_complaint(struct desk *d, struct complaint_link *link, struct complaint *c)
{
    struct visit v = {0};
    assert_int_equal(visit_get(d->cx->read, d->o->office, VISIT, &v), ERR_OK);
    assert_int_equal(complaint_link_open(d->cx, &v, link), ERR_OK);
    assert_int_equal(complaint_get(d->cx->read, d->o->office, link->complaint_id, c), ERR_OK);
}

static int64_t number(struct desk *d, const struct db_sql *sql, const char *arg)
{
    int64_t n = -1;
    if (arg)
        assert_int_equal(
            db_number(d->cx->read, sql, DB_ARGS(db_text(d->o->office), db_text(arg)), &n), ERR_OK);
    else
        assert_int_equal(db_number(d->cx->read, sql, DB_ARGS(db_text(d->o->office)), &n), ERR_OK);
    return n;
}

/* --- what is on the disk ------------------------------------------------------------------------------- */

static size_t found_in_file(const char *path, const char *needle)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t n = 0, hits = 0;
    char *all = malloc(8u << 20);
    assert_non_null(all);
    n = fread(all, 1, 8u << 20, f);
    (void)fclose(f);
    for (const char *p = all; (p = memmem(p, n - (size_t)(p - all), needle, strlen(needle))); p++)
        hits++;
    free(all);
    return hits;
}

static void test_nothing_in_clear(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    assert_int_equal(post(d, body_json, "kunci-1", &res), ERR_OK);
    const char *wal = arena_printf(d->cx->arena, "%s-wal", d->o->f->path);
    struct complaint_link link;
    struct complaint c;
    find_complaint(d, &link, &c);
    const char *const secret[] = {"KANARI", "Kepala desa", "Kepala Desa"};
    for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
        assert_int_equal(found_in_file(d->o->f->path, secret[i]), 0);
        assert_int_equal(found_in_file(wal, secret[i]), 0);
    }
    /* The search itself works: the visit is there. */
    assert_true(found_in_file(d->o->f->path, VISIT) + found_in_file(wal, VISIT) > 0);
    /* What is kept of the body cannot be compared with a guess. */
    uint8_t hash[32];
    (void)crypto_hash_sha256(hash, (const uint8_t *)body_json, strlen(body_json));
    int64_t n = -1;
    assert_int_equal(db_number(d->cx->read, &test_plain_hash,
                               DB_ARGS(db_text(d->o->office), db_bytes((struct bytes){hash, 32})),
                               &n),
                     ERR_OK);
    assert_int_equal(n, 0);
    /* Nothing outside the sealed link and the complaint's own rows names it. */
    assert_int_equal(number(d, &test_named, link.complaint_id), 0);
    assert_int_equal(link.complaint_id[14], '4'); /* a random id, without a time */
    assert_int_equal(office_fixture_entries(d->o, VISIT, "visit_note"), 1);
    assert_int_equal(number(d, &test_acts, "%complaint%"), 0);
}

/* In clear stands the day; day and time come from what is sealed. */
static void test_time_names_no_visit(void **state)
{
    struct desk *d = *state;
    d->cx->now_ms = NOW_MS + 7 * 60000;
    write_one(d);
    struct complaint_link link;
    struct complaint c;
    find_complaint(d, &link, &c);
    assert_int_equal(c.received_at, time_day_start(NOW_MS, 420));
    assert_int_not_equal(c.received_at, d->cx->now_ms);
    assert_int_equal(number(d, &test_same_time, NULL), 0);
    struct http_res res;
    become(d, &d->rina);
    assert_int_equal(get(d, "/tanda-terima", WANTS_PAGE, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "Kamis, 23 Juli 2026, pukul 09.47 WIB"));
    become(d, &d->arief);
    assert_int_equal(get(d, "/isi", WANTS_JSON, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "\"received_at\":\"2026-07-23T09:47:00+07:00\""));
    assert_int_equal(get(d, "/isi", WANTS_PAGE, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "09.47 WIB"));
}

/* --- who can open ------------------------------------------------------------------------------------------ */

static enum err open_as(struct desk *d, const char *reader, const struct unlocked_key *key,
                        struct complaint_text *ret)
{
    struct complaint_link link;
    struct complaint c;
    struct bytes share = {NULL, 0};
    find_complaint(d, &link, &c);
    enum err e = complaint_share_of(d->cx->read, d->o->office, c.id, reader, &share);
    return e == ERR_OK ? complaint_open(d->cx, &c, share, key, ret) : e;
}

static void is_whole(const struct complaint_text *t)
{
    assert_string_equal(t->text, TEXT);
    assert_string_equal(t->reported_party, REPORTED);
    assert_int_equal(t->document_count, 2);
    assert_string_equal(t->documents[0].kind, DOCUMENT);
    assert_int_equal(t->documents[0].count, 2);
    assert_int_equal(t->documents[1].count, 1);
}

static void test_readers(void **state)
{
    struct desk *d = *state;
    write_one(d);
    struct complaint_text t;
    assert_int_equal(number(d, &test_share_count, NULL), 4); /* two leaders, the sheet, the code */
    assert_int_equal(open_as(d, d->arief.actor.id, &d->arief.key, &t), ERR_OK);
    is_whole(&t);
    assert_int_equal(open_as(d, d->hendra.actor.id, &d->hendra.key, &t), ERR_OK);
    is_whole(&t);
    struct unlocked_key recovery = {.present = true};
    assert_int_equal(seal_recovery_read(d->sheet, recovery.public_key, recovery.secret_key), ERR_OK);
    assert_int_equal(open_as(d, COMPLAINT_READER_RECOVERY, &recovery, &t), ERR_OK);
    is_whole(&t);
}

static void test_nobody_else_reads(void **state)
{
    struct desk *d = *state;
    write_one(d);
    struct complaint_text t = {.text = NULL};
    const struct person *const others[] = {&d->rina, &d->yuliana, &d->admin};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        assert_int_equal(number(d, &test_share_of, others[i]->actor.id), 0);
        assert_int_equal(open_as(d, others[i]->actor.id, &others[i]->key, &t), ERR_MISSING);
        /* And with somebody else's share in their hands. */
        assert_int_equal(open_as(d, d->arief.actor.id, &others[i]->key, &t), ERR_INTERNAL);
    }
    assert_null(t.text);
}

static void test_parts_do_not_move(void **state)
{
    struct desk *d = *state;
    write_one(d);
    struct complaint_link link;
    struct complaint c;
    struct bytes share;
    struct complaint_text t;
    find_complaint(d, &link, &c);
    assert_int_equal(complaint_share_of(d->cx->read, d->o->office, c.id, d->arief.actor.id, &share),
                     ERR_OK);
    struct complaint moved = c;
    moved.text_sealed = c.reported_sealed;
    assert_int_equal(complaint_open(d->cx, &moved, share, &d->arief.key, &t), ERR_INTERNAL);
    moved = c;
    moved.id = VISIT;
    assert_int_equal(complaint_open(d->cx, &moved, share, &d->arief.key, &t), ERR_INTERNAL);
}

/* A disabled Kasi Intel gets no share of what is written afterwards. */
static void test_disabled_officer(void **state)
{
    struct desk *d = *state;
    become(d, &d->admin);
    assert_int_equal(staff_disable(d->cx, d->arief.actor.id), ERR_OK);
    become(d, &d->rina);
    write_one(d);
    assert_int_equal(number(d, &test_share_of, d->arief.actor.id), 0);
    assert_int_equal(number(d, &test_share_of, d->hendra.actor.id), 1);
}

/* --- an administrator cannot make himself a reader ------------------------------------------------------ */

static void refused(struct desk *d, const char *json, enum err e, const char *code);

static const char *fingerprint_of(struct desk *d, const char *id)
{
    struct staff s = {.id = NULL};
    assert_int_equal(staff_get(d->cx->read, d->o->office, id, &s), ERR_OK);
    return seal_key_fingerprint(d->cx->arena, s.public_key);
}

static void enter(struct desk *d, const char *username, struct person *ret)
{
    char *cookie = NULL;
    d->cx->actor = (struct actor){.kind = ACTOR_NONE};
    assert_int_equal(staff_login(d->cx, d->o->office, username, PASSWORD, &cookie), ERR_OK);
    assert_true(d->cx->key.present);
    *ret = (struct person){d->cx->actor, d->cx->key};
}

static void cannot_read(struct desk *d, const struct person *p, const char *code)
{
    struct http_res res;
    become(d, p);
    assert_int_equal(get(d, "/isi", WANTS_JSON, &res), ERR_DENIED);
    assert_string_equal(d->cx->diag.code, code);
    assert_int_equal(res.body.n, 0);
}

static void next_complaint(struct desk *d)
{
    static const struct bytes nothing = {NULL, 0};
    write_once(d, &test_link_clear,
               DB_ARGS(db_text(d->o->office), db_text(VISIT), db_bytes(nothing)));
    become(d, &d->rina);
    struct http_res res;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
}

static void test_chief_made_by_admin_reads_nothing(void **state)
{
    struct desk *d = *state;
    const struct staff_new n = {.office_id = d->o->office,
                                .username = "kasi.palsu",
                                .name = "Kasi",
                                .title = "",
                                .rank = "",
                                .nip = "",
                                .section = "",
                                .roles = ROLE_INTEL_CHIEF,
                                .password = PASSWORD};
    char id[UUID_TEXT_BYTES];
    struct person made;
    become(d, &d->admin);
    assert_int_equal(staff_create(d->cx, &n, id), ERR_OK);
    enter(d, "kasi.palsu", &made);
    become(d, &d->rina);
    write_one(d); /* after the account was made */
    assert_int_equal(number(d, &test_share_of, id), 0);
    cannot_read(d, &made, "complaint_sealed"); /* nor see that there is one */
    struct complaint_text t = {.text = NULL};
    assert_int_equal(open_as(d, d->arief.actor.id, &made.key, &t), ERR_INTERNAL);
    /* Neither he nor the administrator can vouch for the key. */
    const char *fingerprint = fingerprint_of(d, id);
    const struct person *const not_readers[] = {&made, &d->admin, &d->rina};
    for (size_t i = 0; i < ARRAY_LEN(not_readers); i++) {
        become(d, not_readers[i]);
        assert_int_equal(staff_trust_key(d->cx, id, fingerprint, PASSWORD), ERR_DENIED);
        assert_string_equal(d->cx->diag.code, "own_key_waits");
    }
    /* The Kasi Intel can, with his own password, and for what is written from then on. */
    become(d, &d->arief);
    assert_int_equal(staff_trust_key(d->cx, id, fingerprint, "kata sandi orang lain"), ERR_INVALID);
    become(d, &d->arief);
    assert_int_equal(staff_trust_key(d->cx, id, fingerprint, PASSWORD), ERR_OK);
    assert_int_equal(office_fixture_entries(d->o, id, "key_trusted"), 1);
    made.actor.key_trusted = true; /* as his next request finds it */
    cannot_read(d, &made, "no_share");
    next_complaint(d);
    assert_int_equal(open_as(d, id, &made.key, &t), ERR_OK);
    is_whole(&t);
}

static void test_reset_loses_trust(void **state)
{
    struct desk *d = *state;
    const char *id = d->arief.actor.id;
    const char *before = fingerprint_of(d, id);
    struct person robbed;
    become(d, &d->admin);
    assert_int_equal(staff_reset_password(d->cx, id, PASSWORD), ERR_OK);
    assert_int_equal(office_fixture_entries(d->o, id, "key_reset"), 1);
    enter(d, "arief", &robbed);
    become(d, &d->rina);
    write_one(d);
    assert_int_equal(number(d, &test_share_of, id), 0);
    cannot_read(d, &robbed, "complaint_sealed");
    become(d, &robbed); /* not even for himself */
    assert_int_equal(staff_trust_key(d->cx, id, fingerprint_of(d, id), PASSWORD), ERR_DENIED);
    become(d, &d->hendra); /* who looked at the old fingerprint */
    assert_int_equal(staff_trust_key(d->cx, id, before, PASSWORD), ERR_CONFLICT);
    assert_string_equal(d->cx->diag.code, "key_changed");
    become(d, &d->hendra);
    assert_int_equal(staff_trust_key(d->cx, id, fingerprint_of(d, id), PASSWORD), ERR_OK);
    become(d, &d->hendra);
    assert_int_equal(staff_trust_key(d->cx, id, fingerprint_of(d, id), PASSWORD), ERR_CONFLICT);
    assert_string_equal(d->cx->diag.code, "key_does_not_wait");
    robbed.actor.key_trusted = true;
    cannot_read(d, &robbed, "no_share");
    next_complaint(d);
    struct complaint_text t = {.text = NULL};
    assert_int_equal(open_as(d, id, &robbed.key, &t), ERR_OK);
    is_whole(&t);
}

static void test_nobody_trusted_closes_the_intake(void **state)
{
    struct desk *d = *state;
    become(d, &d->admin);
    assert_int_equal(staff_reset_password(d->cx, d->arief.actor.id, PASSWORD), ERR_OK);
    assert_int_equal(staff_disable(d->cx, d->hendra.actor.id), ERR_OK);
    become(d, &d->rina);
    refused(d, body_json, ERR_CONFLICT, "no_trusted_reader");
    refused(d, "{}", ERR_CONFLICT, "no_trusted_reader");
    struct http_res res;
    assert_int_equal(post(d, body_json, "kunci-9", &res), ERR_CONFLICT);
    assert_string_equal(d->cx->diag.code, "no_trusted_reader");
    assert_int_equal(get(d, "", WANTS_PAGE, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "bukutamu user trust"));
    assert_null(strstr(res.body.p, "name=\"text\""));
    assert_int_equal(number(d, &test_complaint_count, NULL), 0);
    d->cx->actor.kind = ACTOR_SYSTEM; /* the command on the server */
    assert_int_equal(
        staff_trust_key(d->cx, d->arief.actor.id, fingerprint_of(d, d->arief.actor.id), NULL),
        ERR_OK);
    become(d, &d->rina);
    write_one(d);
    assert_int_equal(number(d, &test_share_count, NULL), 3);
}

/* --- who sees that there is one -------------------------------------------------------------------------- */

static const char *seen_by(struct desk *d, const struct person *p)
{
    struct visit v = {0};
    const char *seen = NULL;
    become(d, p);
    assert_int_equal(visit_get(d->cx->read, d->o->office, VISIT, &v), ERR_OK);
    assert_int_equal(complaint_number_of(d->cx, &v, &seen), ERR_OK);
    return seen;
}

static void test_number_is_seen_by_few(void **state)
{
    struct desk *d = *state;
    write_one(d);
    assert_string_equal(seen_by(d, &d->rina), "PGD-1/2026");
    assert_string_equal(seen_by(d, &d->arief), "PGD-1/2026");
    assert_string_equal(seen_by(d, &d->hendra), "PGD-1/2026");
    assert_null(seen_by(d, &d->yuliana));
    assert_null(seen_by(d, &d->admin));
    struct person machine = d->arief;
    machine.actor.kind = ACTOR_TOKEN;
    assert_null(seen_by(d, &machine));
}

static void test_token_writes_and_sees_nothing(void **state)
{
    struct desk *d = *state;
    struct person machine = d->rina;
    machine.actor.kind = ACTOR_TOKEN;
    machine.key = (struct unlocked_key){0};
    become(d, &machine);
    struct http_res res;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
    assert_int_equal(res.status, 201);
    assert_string_equal(res.body.p, "{}");
    assert_true(route_of(HTTP_GET, "/tamu/{id}/pengaduan/isi")->flags & ROUTE_NO_TOKEN);
    assert_true(route_of(HTTP_GET, "/tamu/{id}/pengaduan/tanda-terima")->flags & ROUTE_NO_TOKEN);
    assert_int_equal(route_of(HTTP_GET, "/tamu/{id}/pengaduan/isi")->who, ROLE_LEADERS);
}

/* --- refusals, in their order -------------------------------------------------------------------------------- */

static void refused(struct desk *d, const char *json, enum err e, const char *code)
{
    struct http_res res;
    assert_int_equal(post(d, json, NULL, &res), e);
    if (code)
        assert_string_equal(d->cx->diag.code, code);
    assert_int_equal(res.body.n, 0);
}

static void test_state_comes_before_fields(void **state)
{
    struct desk *d = *state;
    static const char *const closed[] = {"registered", "checked_in", "waiting"};
    for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
        set_state(d, closed[i], 1);
        refused(d, body_json, ERR_CONFLICT, "state");
        refused(d, "{}", ERR_CONFLICT, "state");
    }
    set_state(d, "closed", 0);
    refused(d, body_json, ERR_CONFLICT, "state");
    set_state(d, "leaving", 1);
    refused(d, "{}", ERR_INVALID, NULL);
    assert_non_null(d->cx->diag.fields);
    assert_string_equal(d->cx->diag.fields->field, "text");
    refused(d, "{\"text\":\"x\",\"extra\":1}", ERR_INVALID, NULL);
    assert_int_equal(number(d, &test_complaint_count, NULL), 0);
    write_one(d);
}

static void test_unknown_visit(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    const struct ask a = {.method = HTTP_POST,
                          .tail = "",
                          .json = "{}",
                          .wants = WANTS_JSON,
                          .visit = "0197f4a0-0000-7000-8000-00000000dead"};
    assert_int_equal(ask(d, &a, &res), ERR_MISSING);
}

static void test_only_one(void **state)
{
    struct desk *d = *state;
    write_one(d);
    refused(d, body_json, ERR_CONFLICT, "complaint_exists");
    refused(d, "{}", ERR_CONFLICT, "complaint_exists");
    assert_int_equal(number(d, &test_complaint_count, NULL), 1);
    assert_int_equal(number(d, &test_share_count, NULL), 4); /* two leaders, the sheet, the code */
}

static void test_too_long(void **state)
{
    struct desk *d = *state;
    char *text = arena_alloc(d->cx->arena, 20002);
    memset(text, 'a', 20001);
    refused(d, arena_printf(d->cx->arena, "{\"text\":\"%s\"}", text), ERR_INVALID, NULL);
    assert_null(strstr(d->cx->diag.fields->message, "aaaa"));
    text[20000] = '\0';
    struct http_res res;
    assert_int_equal(post(d, arena_printf(d->cx->arena, "{\"text\":\"%s\"}", text), NULL, &res),
                     ERR_OK);
}

static void test_repeated_key(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    assert_int_equal(post(d, body_json, "kunci-2", &res), ERR_OK);
    assert_int_equal(post(d, body_json, "kunci-2", &res), ERR_OK);
    assert_int_equal(res.status, 201);
    assert_string_equal(res.body.p, "{\"number\":\"PGD-1/2026\"}");
    assert_int_equal(number(d, &test_complaint_count, NULL), 1);
    assert_int_equal(office_fixture_entries(d->o, VISIT, "visit_note"), 1);
    assert_int_equal(post(d, "{\"text\":\"lain\"}", "kunci-2", &res), ERR_INVALID);
    assert_string_equal(d->cx->diag.code, "idempotency_key_reused");
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static void test_reading_is_recorded(void **state)
{
    struct desk *d = *state;
    write_one(d);
    struct complaint_link link;
    struct complaint c;
    find_complaint(d, &link, &c);
    become(d, &d->arief);
    struct http_res res;
    assert_int_equal(get(d, "/isi", WANTS_JSON, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "KANARI-ISI"));
    assert_int_equal(office_fixture_entries(d->o, c.id, "complaint_read"), 1);
    assert_int_equal(get(d, "/isi", WANTS_PAGE, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "KANARI-TERLAPOR"));
    assert_non_null(strstr(res.body.p, "<p>Terjadi sejak awal tahun.</p>"));
    assert_int_equal(office_fixture_entries(d->o, c.id, "complaint_read"), 2);
    d->cx->key = (struct unlocked_key){0};
    assert_int_equal(get(d, "/isi", WANTS_JSON, &res), ERR_DENIED);
    assert_string_equal(d->cx->diag.code, "key_locked");
    /* A new Kajari, whose account did not exist then, has no share. */
    struct person later;
    add_person(d, "wahyu", ROLE_OFFICE_HEAD, &later);
    become(d, &later);
    assert_int_equal(get(d, "/isi", WANTS_JSON, &res), ERR_DENIED);
    assert_string_equal(d->cx->diag.code, "no_share");
    assert_int_equal(office_fixture_entries(d->o, c.id, "complaint_read"), 2);
}

static void test_receipt(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    become(d, &d->arief);
    assert_int_equal(get(d, "/tanda-terima", WANTS_PAGE, &res), ERR_MISSING);
    become(d, &d->rina);
    write_one(d);
    const struct person *const may[] = {&d->rina, &d->arief, &d->hendra};
    for (size_t i = 0; i < ARRAY_LEN(may); i++) {
        become(d, may[i]);
        assert_int_equal(get(d, "/tanda-terima", WANTS_PAGE, &res), ERR_OK);
        assert_non_null(strstr(res.body.p, "PGD-1/2026"));
        assert_non_null(strstr(res.body.p, "KANARI-DOKUMEN"));
        assert_non_null(strstr(res.body.p, "Kamis, 23 Juli 2026"));
        assert_null(strstr(res.body.p, "KANARI-ISI"));
        assert_null(strstr(res.body.p, "KANARI-TERLAPOR"));
    }
    become(d, &d->yuliana);
    assert_int_equal(get(d, "/tanda-terima", WANTS_PAGE, &res), ERR_DENIED);
    /* The writer without an unlocked key: the sheet, but not the list. */
    become(d, &d->rina);
    d->cx->key = (struct unlocked_key){0};
    assert_int_equal(get(d, "/tanda-terima", WANTS_PAGE, &res), ERR_OK);
    assert_null(strstr(res.body.p, "KANARI"));
}

/* --- the form page -------------------------------------------------------------------------------------------- */

static void test_typed_survives(void **state)
{
    struct desk *d = *state;
    struct http_pair fields[] = {{"csrf", "x"},
                                 {"text", "  "},
                                 {"reported_party", "Seseorang <b>"},
                                 {"documents[0][kind]", "Foto jalan"},
                                 {"documents[0][count]", "nol"},
                                 {"_documents", "4"}};
    struct ask a = {
        .method = HTTP_POST, .tail = "", .fields = fields, .field_count = 6, .wants = WANTS_PAGE};
    struct http_res res;
    assert_int_equal(ask(d, &a, &res), ERR_OK);
    assert_int_equal(res.status, 422);
    assert_non_null(strstr(res.body.p, "Tulis apa yang terjadi."));
    assert_non_null(strstr(res.body.p, "Seseorang &lt;b&gt;"));
    assert_non_null(strstr(res.body.p, "value=\"Foto jalan\""));
    const char *wrong = strstr(res.body.p, "value=\"nol\"");
    assert_non_null(wrong);
    assert_true(strcspn(wrong, ">") > strlen("value=\"nol\" aria-invalid"));
    assert_non_null(strstr(res.body.p, "documents.3.kind"));
    assert_null(strstr(res.body.p, "documents.4.kind"));
    struct http_pair more[] = {
        {"text", "Belum selesai"}, {"_documents", "4"}, {"_add_document", "1"}};
    a.fields = more;
    a.field_count = 3;
    assert_int_equal(ask(d, &a, &res), ERR_OK);
    assert_int_equal(res.status, 200);
    assert_non_null(strstr(res.body.p, "Belum selesai"));
    assert_non_null(strstr(res.body.p, "documents.4.kind"));
    assert_int_equal(number(d, &test_complaint_count, NULL), 0);
    /* Two officers at once: the second one's text is not thrown away. */
    write_one(d);
    a.field_count = 1;
    assert_int_equal(ask(d, &a, &res), ERR_OK);
    assert_int_equal(res.status, 409);
    assert_non_null(strstr(res.body.p, "Belum selesai"));
}

static const char *res_header(const struct http_res *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++) {
        if (strcasecmp(res->headers[i].name, name) == 0)
            return res->headers[i].value;
    }
    return "";
}

static void test_form_leads_to_receipt(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    assert_int_equal(get(d, "", WANTS_PAGE, &res), ERR_OK);
    assert_non_null(strstr(res.body.p, "name=\"text\""));
    struct http_pair fields[] = {
        {"text", "Isi\r\npengaduan"}, {"documents[1][kind]", "Foto"}, {"_rows", "3"}};
    const struct ask a = {
        .method = HTTP_POST, .tail = "", .fields = fields, .field_count = 3, .wants = WANTS_PAGE};
    assert_int_equal(ask(d, &a, &res), ERR_OK);
    assert_int_equal(res.status, 303);
    assert_string_equal(res_header(&res, "Location"), "/tamu/" VISIT "/pengaduan/tanda-terima");
    assert_non_null(strstr(res_header(&res, "Set-Cookie"), "__Host-tanda-terima="));
    struct complaint_text t;
    assert_int_equal(open_as(d, d->hendra.actor.id, &d->hendra.key, &t), ERR_OK);
    assert_string_equal(t.text, "Isi\npengaduan");
    assert_null(t.reported_party);
    assert_int_equal(t.document_count, 1);
    assert_int_equal(get(d, "", WANTS_PAGE, &res), ERR_OK);
    assert_null(strstr(res.body.p, "name=\"text\""));
    assert_non_null(strstr(res.body.p, "/pengaduan/tanda-terima"));
}

/* --- before the recovery sheet is proven --------------------------------------------------------------------- */

static void test_intake_closed(void **state)
{
    (void)state;
    json_init();
    struct desk d = {.o = office_fixture_new(tables)};
    d.cx = d.o->cx;
    const struct bytes some = seal_field(d.cx->seal, d.cx->arena, "visit", "identity_sealed", VISIT,
                                         "{}");
    write_once(&d, &test_visit_add, DB_ARGS(db_text(d.o->office), db_text(VISIT), db_bytes(some)));
    add_person(&d, "rina", ROLE_FRONT_DESK, &d.rina);
    become(&d, &d.rina);
    refused(&d, body_json, ERR_CONFLICT, "intake_closed");
    refused(&d, "{}", ERR_CONFLICT, "intake_closed");
    uint8_t public_key[32];
    char *sheet = NULL;
    assert_int_equal(seal_recovery_create(d.cx->arena, public_key, &sheet), ERR_OK);
    assert_int_equal(office_set_recovery(d.cx, public_key, false), ERR_OK);
    refused(&d, body_json, ERR_CONFLICT, "intake_closed");
    struct http_res res;
    assert_int_equal(post(&d, body_json, "kunci-3", &res), ERR_CONFLICT);
    assert_string_equal(d.cx->diag.code, "intake_closed");
    assert_int_equal(number(&d, &test_complaint_count, NULL), 0);
    assert_int_equal(office_set_recovery(d.cx, public_key, true), ERR_OK);
    refused(&d, body_json, ERR_CONFLICT, "no_trusted_reader");
    add_person(&d, "arief", ROLE_INTEL_CHIEF, &d.arief);
    become(&d, &d.rina);
    write_one(&d);
    office_fixture_free(d.o);
}

/* --- compartments, codes, anonymity ------------------------------------------------------------------------ */

static void receipt_of(struct desk *d, const struct http_res *res, char ret[64])
{
    (void)d;
    const char *p = strstr(res->body.p, "\"receipt\":\"");
    assert_non_null(p);
    p += strlen("\"receipt\":\"");
    size_t n = strcspn(p, "\"");
    assert_true(n < 64);
    memcpy(ret, p, n);
    ret[n] = '\0';
}

static void test_reporter_is_another_compartment(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    struct complaint_link link;
    struct complaint c;
    struct seal_envelope content, reporter;
    struct complaint_reporter who;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
    find_complaint(d, &link, &c);
    become(d, &d->arief);
    assert_int_equal(complaint_unlock(d->cx, c.id, COMPLAINT_CONTENT, &content), ERR_OK);
    assert_int_equal(complaint_unlock(d->cx, c.id, COMPLAINT_REPORTER, &reporter), ERR_OK);
    assert_memory_not_equal(content.key, reporter.key, sizeof(content.key));
    assert_int_equal(complaint_open_reporter(d->cx, &c, &content, &who), ERR_INTERNAL);
    assert_int_equal(complaint_open_reporter(d->cx, &c, &reporter, &who), ERR_OK);
    assert_string_equal(who.id_number, "KANARI-NIK"); /* as step 2 wrote it */
    /* The content passed on to somebody does not tell him who reported. */
    struct person bayu;
    add_person(d, "bayu", ROLE_CASE_OFFICER, &bayu);
    become(d, &bayu);
    struct complaint seen;
    assert_int_equal(complaint_must_exist(d->cx, c.id, &seen), ERR_MISSING);
    become(d, &d->arief);
    assert_int_equal(complaint_share_with(d->cx, c.id, bayu.actor.id, COMPLAINT_CONTENT), ERR_OK);
    become(d, &bayu);
    assert_int_equal(complaint_must_exist(d->cx, c.id, &seen), ERR_OK);
    assert_int_equal(complaint_unlock(d->cx, c.id, COMPLAINT_CONTENT, &content), ERR_OK);
    assert_int_equal(complaint_unlock(d->cx, c.id, COMPLAINT_REPORTER, &reporter), ERR_DENIED);
    assert_string_equal(d->cx->diag.code, "no_share");
    assert_int_equal(complaint_share_with(d->cx, c.id, bayu.actor.id, COMPLAINT_REPORTER),
                     ERR_DENIED);
    become(d, &d->hendra);
    assert_int_equal(complaint_unshare(d->cx, c.id, bayu.actor.id, COMPLAINT_CONTENT), ERR_OK);
    assert_int_equal(complaint_unshare(d->cx, c.id, d->arief.actor.id, COMPLAINT_CONTENT), ERR_OK);
    assert_int_equal(complaint_unshare(d->cx, c.id, d->hendra.actor.id, COMPLAINT_CONTENT),
                     ERR_CONFLICT);
    assert_string_equal(d->cx->diag.code, "last_reader");
    become(d, &bayu);
    assert_int_equal(complaint_must_exist(d->cx, c.id, &seen), ERR_MISSING);
}

/* Whose account is closed opens nothing: who is left is the last reader. */
static void test_a_disabled_reader_is_nobody(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    struct complaint_link link;
    struct complaint c;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
    find_complaint(d, &link, &c);
    become(d, &d->admin);
    assert_int_equal(staff_disable(d->cx, d->arief.actor.id), ERR_OK);
    become(d, &d->hendra);
    for (unsigned part = COMPLAINT_CONTENT; part <= COMPLAINT_REPORTER; part <<= 1) {
        assert_int_equal(complaint_unshare(d->cx, c.id, d->hendra.actor.id, part), ERR_CONFLICT);
        assert_string_equal(d->cx->diag.code, "last_reader");
        assert_int_equal(complaint_unshare(d->cx, c.id, d->arief.actor.id, part), ERR_OK);
    }
}

static void test_code_opens_the_content_alone(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    char code[64];
    struct complaint c;
    struct seal_envelope key;
    struct complaint_text t;
    struct complaint_reporter who;
    assert_int_equal(post(d, body_json, NULL, &res), ERR_OK);
    receipt_of(d, &res, code);
    d->cx->actor = (struct actor){.kind = ACTOR_NONE};
    memcpy(d->cx->actor.office_id, d->o->office, sizeof(d->o->office));
    d->cx->key = (struct unlocked_key){.present = false};
    assert_int_equal(complaint_unlock_receipt(d->cx, code, &c, &key), ERR_OK);
    assert_int_equal(complaint_open_content(d->cx, &c, &key, &t), ERR_OK);
    is_whole(&t);
    assert_int_equal(complaint_open_reporter(d->cx, &c, &key, &who), ERR_INTERNAL);
    assert_int_equal(complaint_unlock_receipt(d->cx, seal_receipt_new(d->cx->arena), &c, &key),
                     ERR_MISSING);
    /* What is dropped in by the public key opens with the envelope. */
    char *dropped = NULL;
    struct bytes drop = seal_drop_text(d->cx->arena, c.public_key.p, "pesan", "KANARI-PESAN");
    assert_int_equal(seal_drop_open(&key, d->cx->arena, "pesan", drop, &dropped), ERR_OK);
    assert_string_equal(dropped, "KANARI-PESAN");
    assert_int_equal(seal_drop_open(&key, d->cx->arena, "lain", drop, &dropped), ERR_INTERNAL);
}

static const char anonymous_json[] =
    "{\"text\":\"Tanpa nama KANARI-ISI\",\"reporter_mode\":\"anonymous\"}";

static void test_anonymous_leaves_no_trace(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    struct office_fixture *o = d->o;
    int64_t entries = 0, after = 0;
    assert_int_equal(audit_head(d->cx->read, o->office, &entries), ERR_OK);
    assert_int_equal(post(d, anonymous_json, "kunci-anonim", &res), ERR_OK);
    assert_null(strstr(res.body.p, "PGD-"));
    assert_int_equal(number(d, &test_linked_visits, NULL), 0);
    assert_int_equal(number(d, &test_exact_replays, NULL), 0);
    assert_int_equal(audit_head(d->cx->read, o->office, &after), ERR_OK);
    assert_int_equal(after, entries);
    /* The same key again: one complaint, and the code is not told twice. */
    assert_int_equal(post(d, anonymous_json, "kunci-anonim", &res), ERR_OK);
    assert_null(strstr(res.body.p, "receipt"));
    assert_int_equal(number(d, &test_complaint_count, NULL), 1);
    /* The day's commitments come into the chain when the day is over. */
    struct complaint_settling s = {.office_id = o->office,
                                   .today = time_day_text(d->cx->arena, d->cx->now_ms, 420),
                                   .now_ms = d->cx->now_ms};
    assert_int_equal(db_tx(d->cx, "settle", complaint_settle, &s), ERR_OK);
    assert_int_equal(s.written, 0);
    s.today = time_day_text(d->cx->arena, d->cx->now_ms + 86400000, 420);
    assert_int_equal(db_tx(d->cx, "settle", complaint_settle, &s), ERR_OK);
    assert_int_equal(s.written, 1);
    assert_int_equal(number(d, &test_anonymous_entries, NULL), 1);
    refused(d, "{\"text\":\"a\",\"reporter_mode\":\"anonymous\",\"reporter_name\":\"Siti\"}",
            ERR_INVALID, NULL);
}

/* The code that the form was given makes sending it twice harmless. */
static void test_form_sent_twice(void **state)
{
    struct desk *d = *state;
    struct http_res res;
    char *code = seal_receipt_new(d->cx->arena), again[64];
    const char *json = arena_printf(d->cx->arena,
                                    "{\"text\":\"Sekali saja\",\"receipt\":\"%s\","
                                    "\"parties\":[{\"name\":\"Budi\"},{}],\"loss_rupiah\":1500000}",
                                    code);
    assert_int_equal(post(d, json, NULL, &res), ERR_OK);
    receipt_of(d, &res, again);
    assert_string_equal(again, code);
    assert_int_equal(post(d, json, NULL, &res), ERR_OK);
    assert_int_equal(res.status, 201);
    receipt_of(d, &res, again);
    assert_string_equal(again, code);
    json = arena_printf(d->cx->arena, "{\"text\":\"Sekali lagi\",\"receipt\":\"%s\"}", code);
    refused(d, json, ERR_INVALID, NULL); /* a change would be lost behind the receipt */
    assert_int_equal(number(d, &test_complaint_count, NULL), 1);
    struct complaint_text t;
    assert_int_equal(open_as(d, d->arief.actor.id, &d->arief.key, &t), ERR_OK);
    assert_int_equal(t.party_count, 1);
    assert_int_equal(t.loss_rupiah, 1500000);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(test_nothing_in_clear),
        CASE(test_time_names_no_visit),
        CASE(test_chief_made_by_admin_reads_nothing),
        CASE(test_reset_loses_trust),
        CASE(test_nobody_trusted_closes_the_intake),
        CASE(test_readers),
        CASE(test_nobody_else_reads),
        CASE(test_parts_do_not_move),
        CASE(test_disabled_officer),
        CASE(test_number_is_seen_by_few),
        CASE(test_token_writes_and_sees_nothing),
        CASE(test_state_comes_before_fields),
        CASE(test_unknown_visit),
        CASE(test_only_one),
        CASE(test_too_long),
        CASE(test_repeated_key),
        CASE(test_reading_is_recorded),
        CASE(test_receipt),
        CASE(test_typed_survives),
        CASE(test_form_leads_to_receipt),
        CASE(test_reporter_is_another_compartment),
        CASE(test_a_disabled_reader_is_nobody),
        CASE(test_code_opens_the_content_alone),
        CASE(test_anonymous_leaves_no_trace),
        CASE(test_form_sent_twice),
        cmocka_unit_test(test_intake_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
