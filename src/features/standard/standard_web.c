/* The standard of one service as everybody may read it, and its other versions; routes. */
#include "features/standard/standard_web.h"

#include <string.h>

#include "features/register/register.h"
#include "lib/base/settings.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "standard_tmpl.h"
#include "lib/base/banned.h"

#define GUEST (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION)

const char *standard_address(struct cx *cx, const struct http_req *req, const char *path)
{
    const char *set = cx->settings ? cx->settings->public_url : NULL;
    if (!str_empty(set)) {
        size_t n = strlen(set);
        return arena_printf(cx->arena, "%.*s%s", (int)(set[n - 1] == '/' ? n - 1 : n), set, path);
    }
    return arena_printf(cx->arena, "%s://%s%s", req->secure ? "https" : "http",
                        str_or(http_header(req, "host"), "localhost"), path);
}

const char *standard_day_words(struct cx *cx, const char *day)
{
    struct civil c = {.hour = 12};
    if (!time_parse_date(str_or(day, ""), &c.year, &c.month, &c.day))
        return "";
    return time_long_date(cx->arena, time_from_civil(c, cx->offset_min), cx->offset_min,
                          cx->lang == LANG_EN);
}

const char *standard_date_words(struct cx *cx, const char *day)
{
    const char *words = standard_day_words(cx, day), *comma = strstr(words, ", ");
    return comma ? comma + 2 : words;
}

const char **standard_lines(struct arena *a, const char *text, size_t *ret_count)
{
    size_t count = standard_line_count(text);
    const char **lines = ARENA_ARRAY(a, count + 1, const char *);
    for (size_t i = 0; i < count; i++)
        lines[i] = standard_line(a, text, (int64_t)i + 1);
    *ret_count = count;
    return lines;
}

const char *standard_clock_words(struct cx *cx, const struct standard *s)
{
    long long n = s->limit_count, from = s->start_step, until = s->stop_step;
    if (str_eq(s->limit_unit, "hour"))
        return cx_printf(cx, T("Waktu %lld jam dihitung sejak langkah %lld sampai langkah %lld."),
                         n, from, until);
    if (str_eq(s->limit_unit, "working_day"))
        return cx_printf(
            cx, T("Waktu %lld hari kerja dihitung sejak langkah %lld sampai langkah %lld."), n,
            from, until);
    if (str_eq(s->limit_unit, "day"))
        return cx_printf(cx, T("Waktu %lld hari dihitung sejak langkah %lld sampai langkah %lld."),
                         n, from, until);
    return cx_printf(cx, T("Waktu %lld menit dihitung sejak langkah %lld sampai langkah %lld."), n,
                     from, until);
}

const char *standard_today(struct cx *cx)
{
    return time_day_text(cx->arena, cx->now_ms, cx->offset_min);
}

const char *standard_path(struct cx *cx, const char *kind)
{
    return arena_printf(cx->arena, "/standar-pelayanan/layanan/%s", kind);
}

enum err standard_asked(struct cx *cx, const struct http_req *req, struct standard_kind *ret_kind,
                        struct standard *ret)
{
    const char *kind = str_or(http_param(req, "kind"), STANDARD_BOOK),
               *office = cx->actor.office_id;
    enum err e = standard_kind_get(cx->read, office, kind, ret_kind);
    if (e == ERR_OK)
        e = standard_current(cx->read, office, kind, standard_today(cx), ret);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "no_standard",
                       T("Standar pelayanan itu tidak ada. Pilih dari daftar standar pelayanan."));
    return e;
}

bool standard_may_edit(const struct cx *cx)
{
    return cx->actor.kind == ACTOR_USER && (cx->actor.roles & STANDARD_EDITORS);
}

bool standard_kind_shown(const struct cx *cx, const struct standard_kind *k)
{
    return str_empty(k->ended) || standard_may_edit(cx);
}

bool standard_again(const struct http_req *req, enum err e)
{
    return req->wants != WANTS_JSON && (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_BUSY);
}

enum err standard_pledge(struct cx *cx, const struct office *o, struct pledge *ret)
{
    struct staff head = {.name = ""};
    enum err e = pledge_current(cx->read, cx->actor.office_id, ret);
    if (e != ERR_MISSING)
        return e;
    e = staff_of_post(cx->read, cx->actor.office_id, ROLE_OFFICE_HEAD, &head);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    const char *nip = str_empty(head.nip) ? "" : arena_printf(cx->arena, "\nNIP %s", head.nip);
    *ret = (struct pledge){
        .body = "Dengan ini, kami menyatakan sanggup menyelenggarakan pelayanan sesuai standar "
                "pelayanan yang telah ditetapkan dan apabila tidak menepati janji ini, kami siap "
                "menerima sanksi sesuai peraturan perundang-undangan yang berlaku.",
        .place = register_place(o->name),
        .day = time_day_text(cx->arena, cx->now_ms, cx->offset_min),
        .signer = arena_printf(cx->arena, "Kepala %s\n%s%s%s%s", o->name, str_or(head.name, ""),
                               str_empty(head.rank) ? "" : "\n", str_or(head.rank, ""), nip)};
    return ERR_OK;
}

/* --- the page -------------------------------------------------------------------------------------------------- */

static bool in_force(struct cx *cx, const struct standard *s)
{
    return str_empty(s->valid_from) || strcmp(s->valid_from, standard_today(cx)) <= 0;
}

/* Newest first. What a newer version in force has overtaken never comes. */
static enum err fill_versions(struct cx *cx, const struct standard *s, struct standard_view *v)
{
    struct standard *list = NULL;
    const struct standard *next = NULL;
    bool passed = false;
    TRY(standard_versions(cx->read, cx->actor.office_id, s->kind, &list, &v->version_count));
    v->versions = ARENA_ARRAY(cx->arena, v->version_count + 1, struct standard_version_view);
    for (size_t i = 0; i < v->version_count; i++) {
        v->versions[i] = (struct standard_version_view){
            .path = arena_printf(cx->arena, "/standar-pelayanan/versi/%s", list[i].id),
            .label = cx_printf(cx, T("Versi %lld: %s"), (long long)list[i].version,
                               str_or(list[i].decree, cx_t(cx, T("belum ditetapkan"))))};
        passed = passed || in_force(cx, &list[i]);
        v->old = v->old || (list[i].version > s->version && in_force(cx, &list[i]));
        if (!passed && (!next || strcmp(list[i].valid_from, next->valid_from) < 0))
            next = &list[i];
    }
    if (next)
        v->next = (struct standard_version_view){
            v->versions[next - list].path, cx_printf(cx, T("Versi baru mulai berlaku %s."),
                                                     standard_day_words(cx, next->valid_from))};
    return ERR_OK;
}

/* Against the version in force, and against the limit by which visits are measured. */
static enum err fill_place(struct cx *cx, const struct office *o, const struct standard *s,
                           struct standard_view *v)
{
    struct standard_kind *kinds = NULL;
    size_t count = 0, shown = 0;
    TRY(standard_kinds(cx->read, cx->actor.office_id, &kinds, &count));
    for (size_t i = 0; i < count; i++) {
        shown += standard_kind_shown(cx, &kinds[i]);
        if (str_eq(kinds[i].code, s->kind) && !str_empty(kinds[i].ended))
            v->ended = standard_day_words(cx, kinds[i].ended);
    }
    TRY(fill_versions(cx, s, v));
    v->path = standard_path(cx, s->kind);
    v->many = shown > 1;
    v->book = str_eq(s->kind, STANDARD_BOOK);
    v->coming = !v->old && !in_force(cx, s);
    if (v->book && v->may_edit && !v->old && !v->coming && o->limit_s != s->limit_count * 60)
        v->other = cx_printf(cx,
                             T("Buku tamu memakai batas %lld detik, sedangkan standar ini "
                               "menyebut %lld menit. Batas itu diubah administrator."),
                             (long long)o->limit_s, (long long)s->limit_count);
    return ERR_OK;
}

static enum err fill(struct cx *cx, const struct standard *s, struct standard_view *v)
{
    struct office o = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    v->office = o.name;
    v->address = o.address;
    v->phone = str_empty(o.phone) ? "" : phone_dialled(cx->arena, o.phone);
    v->title = s->title;
    v->decree = s->decree;
    v->valid_from = standard_day_words(cx, s->valid_from);
    v->clock = standard_clock_words(cx, s);
    v->start_step = s->start_step;
    v->stop_step = s->stop_step;
    for (size_t i = 0; i < STANDARD_PARTS; i++) {
        v->parts[i].code = standard_parts[i].code;
        v->parts[i].label = standard_parts[i].label;
        v->parts[i].lines = standard_lines(cx->arena, s->parts[i], &v->parts[i].count);
    }
    v->shipped = str_eq(s->id, STANDARD_SHIPPED) && !str_empty(s->decree);
    v->may_edit = standard_may_edit(cx);
    return fill_place(cx, &o, s, v);
}

static void standard_body(struct html *h, void *arg)
{
    standard_page(h, arg);
}

enum err standard_show(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct standard *s)
{
    struct standard_view *v = ARENA_NEW(cx->arena, struct standard_view);
    TRY(fill(cx, s, v));
    v->saved = http_query(req, "disimpan") != NULL;
    const struct page_view page = {.title = v->book ? T("Standar pelayanan") : s->title,
                                   .current = "/standar-pelayanan",
                                   .phone = cx->actor.kind != ACTOR_USER,
                                   .language = true,
                                   .body = standard_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err page_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard_kind kind;
    struct standard s;
    TRY(standard_asked(cx, req, &kind, &s));
    return standard_show(cx, req, res, &s);
}

static enum err version_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard s;
    TRY(standard_get(cx->read, cx->actor.office_id, http_param(req, "id"), &s));
    return standard_show(cx, req, res, &s);
}

const struct route *standard_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/standar-pelayanan", 0, GUEST, standard_list_get, NULL, 0, T("Standar pelayanan yang berlaku: daftarnya, atau satu-satunya"), NULL},
        {HTTP_GET, "/standar-pelayanan/layanan/{kind}", 0, GUEST, page_get, NULL, 0, T("Standar pelayanan satu layanan"), NULL},
        {HTTP_GET, "/standar-pelayanan/layanan/{kind}/poster.pdf", 0, GUEST, standard_poster_get, NULL, 0, T("Poster standar pelayanan satu layanan"), NULL},
        {HTTP_GET, "/standar-pelayanan/layanan/{kind}/ubah", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_edit_get, NULL, 0, T("Versi baru standar pelayanan"), NULL},
        {HTTP_POST, "/standar-pelayanan/layanan/{kind}/ubah", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_edit_post, &standard_form, 256 * 1024, T("Menyimpan versi baru standar pelayanan"), NULL},
        {HTTP_POST, "/standar-pelayanan/layanan/{kind}/cabut", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_end_post, NULL, 0, T("Mencabut standar pelayanan satu layanan"), NULL},
        {HTTP_POST, "/standar-pelayanan/layanan/{kind}/berlakukan", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_restore_post, NULL, 0, T("Memberlakukan lagi standar pelayanan yang dicabut"), NULL},
        {HTTP_GET, "/standar-pelayanan/baru", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_new_get, NULL, 0, T("Standar pelayanan layanan lain"), NULL},
        {HTTP_POST, "/standar-pelayanan/baru", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_new_post, &standard_form, 256 * 1024, T("Menambah standar pelayanan layanan lain"), NULL},
        {HTTP_GET, "/standar-pelayanan/versi/{id}", 0, GUEST, version_get, NULL, 0, T("Satu versi standar pelayanan"), NULL},
        {HTTP_GET, "/standar-pelayanan/poster.pdf", 0, GUEST, standard_poster_get, NULL, 0, T("Poster standar pelayanan buku tamu"), NULL},
        {HTTP_GET, "/standar-pelayanan/ubah", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_edit_get, NULL, 0, T("Versi baru standar pelayanan buku tamu"), NULL},
        {HTTP_POST, "/standar-pelayanan/ubah", STANDARD_EDITORS, ROUTE_NO_TOKEN, standard_edit_post, &standard_form, 256 * 1024, T("Menyimpan versi baru standar pelayanan buku tamu"), NULL},
        {HTTP_GET, "/maklumat-pelayanan", 0, GUEST, pledge_get, NULL, 0, T("Maklumat pelayanan"), NULL},
        {HTTP_POST, "/maklumat-pelayanan", STANDARD_EDITORS, ROUTE_NO_TOKEN, pledge_post, &pledge_form, 0, T("Maklumat pelayanan baru"), NULL},
        {HTTP_GET, "/maklumat-pelayanan/maklumat.pdf", 0, GUEST, pledge_pdf_get, NULL, 0, T("Maklumat pelayanan untuk dicetak"), NULL},
        {HTTP_GET, "/maklumat-pelayanan/maklumat.docx", 0, GUEST, pledge_docx_get, NULL, 0, T("Maklumat pelayanan sebagai .docx"), NULL},
        {HTTP_GET, "/kompetensi", ROLE_ALL, ROUTE_NO_TOKEN, skill_get, NULL, 0, T("Kompetensi pelaksana"), NULL},
        {HTTP_POST, "/kompetensi/baca", ROLE_ALL, ROUTE_NO_TOKEN, skill_read_post, &skill_read_form, 0, T("Menyatakan sudah membaca pedoman"), NULL},
        {HTTP_POST, "/kompetensi/pedoman", STANDARD_EDITORS, ROUTE_NO_TOKEN, skill_guideline_post, &skill_guideline_form, 0, T("Pedoman pelayanan informasi publik yang berlaku"), NULL},
        {HTTP_POST, "/kompetensi/sertifikat", STANDARD_EDITORS, ROUTE_NO_TOKEN, skill_certificate_post, &skill_certificate_form, 0, T("Mencatat sertifikat seseorang"), NULL},
        {HTTP_POST, "/kompetensi/sertifikat/{id}/hapus", STANDARD_EDITORS, ROUTE_NO_TOKEN, skill_remove_post, NULL, 0, T("Menghapus sertifikat yang keliru"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
