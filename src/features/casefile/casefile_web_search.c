/* Search over the complaints that this session can open: each is opened in memory, looked at and wiped again;
 * nothing of it is kept for the next search. The words come in a body, never in an address. */
#include <stdio.h>
#include <string.h>

#include "casefile_lists_tmpl.h"
#include "features/casefile/casefile_store.h"
#include "features/casefile/casefile_view.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define OPEN_MAX      5000 /* complaints a search: about a second */
#define HITS_MAX      50   /* shown */
#define NAMES_MAX     (3 * OPEN_MAX)
#define SAME_MAX      6 /* numbers shown beside a hit */
#define SEARCH_MS     10000
#define TURN_MS       60000 /* a search that broke off gives the turn back after this */
#define SCRATCH_BYTES (1024u * 1024)
#define DAY_MS        INT64_C(86400000)

struct search_form {
    const char *q, *state, *class, *from, *until;
};
#define AT(member) .offset = offsetof(struct search_form, member)
/* clang-format off */
static const struct field search_fields[] = {
    {.name = "q", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(q), .max = 200, .label = T("Kata yang dicari")},
    {.name = "state", .type = FIELD_TEXT, AT(state), .max = 32, .label = T("Tahap")},
    {.name = "class", .type = FIELD_TEXT, AT(class), .max = 32, .label = T("Golongan")},
    {.name = "from", .type = FIELD_DATE, AT(from), .label = T("Diterima sejak")},
    {.name = "until", .type = FIELD_DATE, AT(until), .label = T("Diterima sampai")},
};
/* clang-format on */
#undef AT
const struct form casefile_search_form = FORM("ComplaintSearch", struct search_form, search_fields);

/* A complaint that was opened: what may be said of it besides its text. */
struct opened {
    const char *id, *state, *class;
    int64_t year, number, received_at;
};
/* A name somebody is complained about under: a keyed hash of it, and whose complaint it is. */
struct named {
    uint64_t name;
    uint32_t complaint; /* index in `all` */
};

struct search {
    struct cx *cx;
    struct cx inner; /* the same with the scratch arena, which is wiped batch by batch */
    struct casefile_wanted wanted;
    struct casefile_query query;
    struct opened *all;
    size_t count;
    struct named *names;
    size_t name_count;
    struct {
        uint32_t complaint;
        struct casefile_snippet snippet;
    } * hits;
    size_t hit_count;
    int64_t found, unopened, total;
};

/* --- opening ------------------------------------------------------------------------------------------------------ */

static void keep_names(struct search *s, const struct complaint_text *t)
{
    const char *names[CASEFILE_NAMES_MAX];
    size_t n = casefile_party_names(s->inner.arena, t, names, CASEFILE_NAMES_MAX);
    for (size_t i = 0; i < n && s->name_count < NAMES_MAX; i++) {
        struct bytes hash = seal_index(s->cx->seal, s->inner.arena, "casefile_party", names[i]);
        struct named *one = &s->names[s->name_count++];
        one->complaint = (uint32_t)s->count;
        memcpy(&one->name, hash.p, sizeof(one->name));
    }
}

static void keep_hit(struct search *s, const char *plain)
{
    s->found++;
    if (s->hit_count == HITS_MAX)
        return;
    s->hits[s->hit_count].complaint = (uint32_t)s->count;
    s->hits[s->hit_count++].snippet = casefile_snippet(s->cx->arena, &s->query, plain);
}

static enum err open_one(struct search *s, const struct casefile_scan *row)
{
    struct complaint c = {.id = NULL};
    struct complaint_text t = {.text = NULL};
    struct seal_envelope key;
    TRY(complaint_get(s->cx->read, s->cx->actor.office_id, row->id, &c));
    enum err e = seal_envelope_unshare(row->share, s->cx->key.public_key, s->cx->key.secret_key,
                                       &key);
    if (e == ERR_OK)
        e = complaint_open_content(&s->inner, &c, &key, &t);
    explicit_bzero(&key, sizeof(key));
    if (e != ERR_OK) { /* of an old key, or damaged: counted, and said */
        s->unopened++;
        return ERR_OK;
    }
    const char *plain = casefile_plain(s->inner.arena, &t);
    keep_names(s, &t);
    if (casefile_matches(&s->query, casefile_fold(s->inner.arena, plain)))
        keep_hit(s, plain);
    s->all[s->count++] = (struct opened){.id = arena_strdup(s->cx->arena, c.id),
                                         .state = complaint_label(complaint_states, c.state),
                                         .class = complaint_label(complaint_classes, c.class),
                                         .year = c.year,
                                         .number = c.number,
                                         .received_at = c.received_at};
    return ERR_OK;
}

static enum err walk(struct search *s)
{
    int64_t end = time_monotonic_ms() + SEARCH_MS;
    char last_id[UUID_TEXT_BYTES] = "";
    int64_t last_at = INT64_MAX;
    for (size_t seen = 0; seen < OPEN_MAX && time_monotonic_ms() < end;) {
        const struct casefile_scan below = {.id = last_id, .received_at = last_at};
        struct casefile_scan *rows = NULL;
        size_t count = 0;
        TRY(casefile_scan(s->cx->read, s->cx->actor.office_id, &s->wanted, &below, &rows, &count));
        for (size_t i = 0; i < count; i++)
            TRY(open_one(s, &rows[i]));
        if (count < CASEFILE_BATCH)
            break;
        (void)snprintf(last_id, sizeof(last_id), "%s", rows[count - 1].id);
        last_at = rows[count - 1].received_at;
        seen += count;
        arena_reset(s->inner.arena);
    }
    return ERR_OK;
}

/* The scratch arena is wiped when it is freed; rows of this connection lie in it meanwhile. */
static enum err search_all(struct search *s)
{
    struct cx *cx = s->cx;
    TRY(casefile_count(cx->read, cx->actor.office_id, &s->wanted, &s->total));
    s->all = ARENA_ARRAY(cx->arena, OPEN_MAX + CASEFILE_BATCH, struct opened);
    s->names = ARENA_ARRAY(cx->arena, NAMES_MAX, struct named);
    s->hits = arena_array(cx->arena, HITS_MAX, sizeof(*s->hits));
    s->inner = *cx;
    s->inner.arena = arena_new(SCRATCH_BYTES);
    db_conn_use_arena(cx->read, s->inner.arena);
    enum err e = walk(s);
    db_conn_use_arena(cx->read, cx->arena);
    arena_free(s->inner.arena);
    explicit_bzero(&s->inner.key, sizeof(s->inner.key));
    return e;
}

/* --- the turn ----------------------------------------------------------------------------------------------------- */

/* One at a time for a person; the audit says that somebody searched and in how many, not for what. */
static enum err search_in_turn(struct search *s)
{
    struct cx *cx = s->cx;
    struct casefile_turn turn = {.office_id = cx->actor.office_id,
                                 .staff_id = cx->actor.id,
                                 .now_ms = cx->now_ms,
                                 .until_at = cx->now_ms + TURN_MS};
    enum err e = db_tx(cx, "complaint_search_take", casefile_turn_take, &turn);
    if (e == ERR_CONFLICT)
        return cx_fail(cx, e, "search_running",
                       T("Pencarian Anda yang sebelumnya masih berjalan. Tunggu sampai selesai."));
    TRY(e);
    e = search_all(s);
    turn.audit = (struct audit_new){.office_id = cx->actor.office_id,
                                    .at = cx->now_ms,
                                    .actor_kind = audit_actor_kind(cx),
                                    .actor_id = cx->actor.id,
                                    .action = "complaints_searched",
                                    .subject_kind = "staff",
                                    .subject_id = cx->actor.id,
                                    .detail = arena_printf(cx->arena, "opened=%zu", s->count)};
    enum err ended = db_tx(cx, "complaint_search_end", casefile_turn_end, &turn);
    return e != ERR_OK ? e : ended;
}

/* --- what is asked ------------------------------------------------------------------------------------------------- */

static int64_t day_ms(const struct cx *cx, const char *day)
{
    struct civil c = {0};
    if (!time_parse_date(day, &c.year, &c.month, &c.day))
        return 0;
    return time_from_civil(c, cx->offset_min);
}

static enum err parse(struct cx *cx, struct http_req *req, struct search *s)
{
    struct search_form f;
    enum err e = form_parse(cx, req, &casefile_search_form, &f);
    if (!str_empty(f.state) && !*complaint_label(complaint_states, f.state))
        cx_field(cx, "state", "not_in_list", T("Pilih keadaan dari daftar."));
    if (!str_empty(f.class) && !*complaint_label(complaint_classes, f.class))
        cx_field(cx, "class", "not_in_list", T("Pilih golongan dari daftar."));
    if (!str_empty(f.from) && !str_empty(f.until) && strcmp(f.from, f.until) > 0)
        cx_field(cx, "until", "too_early", T("Tulis hari yang sama atau sesudah hari mulai."));
    if (e != ERR_OK)
        return e;
    TRY(cx_fields(cx));
    s->query = casefile_query(cx->arena, f.q);
    s->wanted = (struct casefile_wanted){
        .reader_id = cx->actor.id,
        .state = str_or(f.state, ""),
        .class = str_or(f.class, ""),
        .from = str_empty(f.from) ? 0 : day_ms(cx, f.from),
        .until = str_empty(f.until) ? INT64_MAX : day_ms(cx, f.until) + DAY_MS};
    return ERR_OK;
}

/* --- what is answered ------------------------------------------------------------------------------------------------ */

/* Numbers of other complaints about somebody of the same name, newest first. */
static size_t same_names(const struct search *s, uint32_t complaint, const struct opened **ret,
                         size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < s->name_count; i++) {
        if (s->names[i].complaint != complaint)
            continue;
        for (size_t k = 0; k < s->name_count && n < max; k++) {
            const struct opened *other = &s->all[s->names[k].complaint];
            bool same = s->names[k].name == s->names[i].name && s->names[k].complaint != complaint;
            if (same && (n == 0 || ret[n - 1] != other))
                ret[n++] = other;
        }
    }
    return n;
}

static const char *same_text(const struct search *s, uint32_t complaint)
{
    const struct opened *others[SAME_MAX];
    size_t n = same_names(s, complaint, others, SAME_MAX);
    struct buf b = buf_new(s->cx->arena, 128, 1024);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "",
                   complaint_number_text(s->cx->arena, others[i]->number, others[i]->year));
    return n ? b.p : NULL;
}

static enum err search_json(struct search *s, struct http_res *res)
{
    struct cx *cx = s->cx;
    json_t *items = json_array();
    for (size_t i = 0; i < s->hit_count; i++) {
        const struct opened *c = &s->all[s->hits[i].complaint];
        const struct casefile_snippet *t = &s->hits[i].snippet;
        const struct opened *others[SAME_MAX];
        size_t n = same_names(s, s->hits[i].complaint, others, SAME_MAX);
        json_t *same = json_array();
        for (size_t k = 0; k < n; k++)
            json_array_append_new(same, json_text(complaint_number_text(
                                            cx->arena, others[k]->number, others[k]->year)));
        json_t *one = json_object();
        json_object_set_new_nocheck(one, "id", json_text(c->id));
        json_object_set_new_nocheck(
            one, "number", json_text(complaint_number_text(cx->arena, c->number, c->year)));
        json_object_set_new_nocheck(one, "received_at", json_time(cx, c->received_at));
        json_object_set_new_nocheck(
            one, "snippet",
            json_text(arena_printf(cx->arena, "%s%s%s", t->before, t->match, t->after)));
        json_object_set_new_nocheck(one, "same_party", same);
        json_array_append_new(items, one);
    }
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "items", items);
    json_object_set_new_nocheck(o, "next_cursor", json_null());
    json_object_set_new_nocheck(o, "found", json_integer(s->found));
    json_object_set_new_nocheck(o, "opened", json_integer((json_int_t)s->count));
    json_object_set_new_nocheck(o, "not_opened", json_integer(s->unopened));
    json_object_set_new_nocheck(o, "total", json_integer(s->total));
    return http_res_json(cx, res, 200, o);
}

static const struct option *options_of(struct arena *a, const struct complaint_code *codes)
{
    size_t n = 0;
    while (codes[n].code)
        n++;
    struct option *list = ARENA_ARRAY(a, n + 1, struct option);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct option){codes[i].code, codes[i].label};
    return list;
}

static void search_body(struct html *h, void *arg)
{
    casefile_search_page(h, arg);
}

static void fill_hits(const struct search *s, struct casefile_search_view *v)
{
    struct cx *cx = s->cx;
    struct casefile_hit_view *rows = ARENA_ARRAY(cx->arena, s->hit_count + 1,
                                                 struct casefile_hit_view);
    for (size_t i = 0; i < s->hit_count; i++) {
        const struct opened *c = &s->all[s->hits[i].complaint];
        rows[i] = (struct casefile_hit_view){
            .number = complaint_number_text(cx->arena, c->number, c->year),
            .path = arena_printf(cx->arena, "/pengaduan/%s", c->id),
            .day = time_long_date(cx->arena, c->received_at, cx->offset_min, cx->lang == LANG_EN),
            .state = c->state,
            .class = c->class,
            .snippet = s->hits[i].snippet,
            .same = same_text(s, s->hits[i].complaint)};
    }
    v->searched = true;
    v->hits = rows;
    v->hit_count = s->hit_count;
    v->found = s->found;
    v->opened = (int64_t)s->count;
    v->unopened = s->unopened;
    v->total = s->total;
}

/* `s` NULL: nothing was searched (yet). */
static enum err search_page(struct cx *cx, struct http_req *req, struct http_res *res,
                            const struct search *s)
{
    struct casefile_search_view *v = ARENA_NEW(cx->arena, struct casefile_search_view);
    bool typed = req->method == HTTP_POST;
    v->q = typed ? form_typed(cx, req, "q") : "";
    v->state = typed ? form_typed(cx, req, "state") : "";
    v->class = typed ? form_typed(cx, req, "class") : "";
    v->from = typed ? form_typed(cx, req, "from") : "";
    v->until = typed ? form_typed(cx, req, "until") : "";
    v->states = options_of(cx->arena, complaint_states);
    v->classes = options_of(cx->arena, complaint_classes);
    if (s)
        fill_hits(s, v);
    const struct page_view page = {
        .title = T("Cari pengaduan"), .current = "/pengaduan", .body = search_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err casefile_search_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    if (req->wants != WANTS_JSON)
        return search_page(cx, req, res, NULL);
    int64_t total = 0;
    const struct casefile_wanted w = {
        .reader_id = cx->actor.id, .state = "", .class = "", .until = INT64_MAX};
    TRY(casefile_count(cx->read, cx->actor.office_id, &w, &total));
    return http_res_json(cx, res, 200, json_pack("{s:I}", "total", (json_int_t)total));
}

enum err casefile_search_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    if (!cx->key.present)
        return cx_fail(
            cx, ERR_DENIED, "key_locked",
            T("Kunci pribadi Anda belum terbuka. Masukkan kata sandi Anda sekali lagi."));
    struct search s = {.cx = cx};
    enum err e = parse(cx, req, &s);
    if (e == ERR_OK)
        e = search_in_turn(&s);
    if (req->wants == WANTS_JSON)
        return e == ERR_OK ? search_json(&s, res) : e;
    if (e != ERR_OK && e != ERR_INVALID && e != ERR_CONFLICT)
        return e;
    if (e != ERR_OK)
        res->status = http_status(e);
    return search_page(cx, req, res, e == ERR_OK ? &s : NULL);
}
