/* /layanan/batas-waktu: working days of each stage. /layanan/statistik: the months of a year. */
#include "features/service/service_web.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "service_tmpl.h"
#include "lib/base/banned.h"

#define DAYS_MAX 365

struct limits_form {
    int64_t days[SERVICE_LIMITS];
};
/* clang-format off */
#define DAYS(i, code, text) {.name = code, .type = FIELD_INT, .flags = FIELD_REQUIRED, .offset = offsetof(struct limits_form, days) + (i) * sizeof(int64_t), .min = 1, .max = DAYS_MAX, .label = text, .missing = T("Tulis jumlah hari kerja, paling sedikit 1.")}
static const struct field limits_fields[] = {
    DAYS(SERVICE_LIMIT_VERIFY, "verify", T("Verifikasi")),
    DAYS(SERVICE_LIMIT_RESPOND, "respond", T("Tanggapan pertama")),
    DAYS(SERVICE_LIMIT_COMPLAINT, "complaint", T("Pengaduan tidak berkadar pengawasan")),
    DAYS(SERVICE_LIMIT_SUPERVISORY, "supervisory", T("Pengaduan berkadar pengawasan")),
    DAYS(SERVICE_LIMIT_INFORMATION, "information", T("Permintaan informasi")),
    DAYS(SERVICE_LIMIT_ASPIRATION, "aspiration", T("Aspirasi")),
    DAYS(SERVICE_LIMIT_REOPEN, "reopen", T("Dibuka lagi oleh pelapor, sejak jawaban terakhir")),
    DAYS(SERVICE_LIMIT_CLOSE, "close", T("Ditutup sendiri, sejak jawaban terakhir")),
};
#undef DAYS
/* clang-format on */
const struct form service_limits_form = FORM("ServiceLimits", struct limits_form, limits_fields);

static const char *whole(struct cx *cx, int64_t n)
{
    return arena_printf(cx->arena, "%lld", (long long)n);
}

static void limits_body(struct html *h, void *arg)
{
    service_limits_page(h, arg);
}

static enum err limits_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct service_limits_view *v = ARENA_NEW(cx->arena, struct service_limits_view);
    struct service_limits l;
    TRY(service_limits_load(cx->read, cx->actor.office_id, &l));
    for (size_t i = 0; i < SERVICE_LIMITS; i++) {
        const char *name = service_limit_infos[i].code;
        v->lines[i] = (struct service_limit_line){.name = name,
                                                  .label = service_limit_infos[i].label,
                                                  .value = e == ERR_OK ? whole(cx, l.days[i])
                                                                       : form_typed(cx, req, name)};
    }
    v->saved = http_query(req, "disimpan") != NULL;
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Batas waktu pengaduan layanan"),
                                   .current = "/layanan/pengaduan",
                                   .body = limits_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err service_limits_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return limits_show(cx, req, res, ERR_OK);
}

enum err service_limits_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct limits_form f;
    struct service_limits_change c = {.act = visit_act_of(cx)};
    enum err e = form_parse(cx, req, &service_limits_form, &f);
    if (e == ERR_OK) {
        for (size_t i = 0; i < SERVICE_LIMITS; i++)
            c.limits.days[i] = f.days[i];
        e = db_tx(cx, "service_limits", service_limits_tx, &c);
    }
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/layanan/batas-waktu?disimpan=1");
    return service_again(req, e) ? limits_show(cx, req, res, e) : e;
}

/* --- figures --------------------------------------------------------------------------------------------------- */

static void fill_month(struct cx *cx, const struct service_month *m, struct service_month_line *line)
{
    line->received = whole(cx, m->received);
    line->complaint = whole(cx, m->category[0]);
    line->supervisory = whole(cx, m->category[1]);
    line->information = whole(cx, m->category[2]);
    line->aspiration = whole(cx, m->category[3]);
    line->answered = whole(cx, m->answered);
    line->on_time = whole(cx, m->on_time);
    line->late = whole(cx, m->late);
    line->rejected = whole(cx, m->rejected);
    line->reopened = whole(cx, m->reopened);
}

static void figures_body(struct html *h, void *arg)
{
    service_figures_page(h, arg);
}

enum err service_figures_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    static const char *const names[13] = {
        T("Januari"),  T("Februari"), T("Maret"),   T("April"),     T("Mei"),
        T("Juni"),     T("Juli"),     T("Agustus"), T("September"), T("Oktober"),
        T("November"), T("Desember"), T("Setahun")};
    struct service_figures_view *v = ARENA_NEW(cx->arena, struct service_figures_view);
    struct service_complaint *list = NULL;
    struct service_month months[13];
    struct service_clock k;
    size_t count = 0;
    int64_t year = 0;
    if (!str_to_i64(http_param(req, "year"), 2000, 2200, &year))
        return cx_fail(cx, ERR_MISSING, "no_year", T("Tahun itu tidak ada. Tulis seperti 2026."));
    TRY(service_clock_load(cx, &k));
    TRY(service_of_year(cx->read, cx->actor.office_id, (int)year, &list, &count));
    service_months(&k.cal, &k.limits, list, count, k.today, months);
    for (size_t i = 0; i < 13; i++) {
        v->months[i].label = names[i];
        fill_month(cx, &months[i], &v->months[i]);
    }
    v->year = (int)year;
    const struct page_view page = {.title = T("Statistik pengaduan layanan"),
                                   .current = "/layanan/statistik",
                                   .body = figures_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err service_this_year_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    return http_res_redirect(cx, res,
                             arena_printf(cx->arena, "/layanan/statistik/%d",
                                          time_civil(cx->now_ms, cx->offset_min).year));
}
