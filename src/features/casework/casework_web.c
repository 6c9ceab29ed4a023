/* /pengaduan: routes, and what its pages share. Nothing here opens the content of a complaint. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

/* --- words and days ------------------------------------------------------------------------------------------ */

const char *case_today(const struct cx *cx)
{
    return calendar_day_text(cx->arena, calendar_day_of(cx->now_ms, cx->offset_min));
}

const char *case_day_label(const struct cx *cx, const char *day)
{
    int64_t number = calendar_day(day);
    if (number == CALENDAR_NO_DAY)
        return NULL;
    return time_long_date(cx->arena, calendar_day_ms(number, cx->offset_min), cx->offset_min,
                          cx->lang == LANG_EN);
}

const char *case_left(const struct cx *cx, const struct calendar *calendar, const char *day,
                      const char **ret_css)
{
    int64_t due = calendar_day(day), today = calendar_day_of(cx->now_ms, cx->offset_min);
    if (due == CALENDAR_NO_DAY || str_eq(day, CASE_NEVER))
        return NULL;
    int64_t left = calendar_working_between(calendar, today, due);
    *ret_css = due < today ? "bad" : left <= 1 ? "warn" : "ok";
    if (due == today)
        return cx_t(cx, T("hari ini"));
    if (due < today)
        return left < 0 ? cx_printf(cx, T("lewat %d hari kerja"), (int)-left)
                        : cx_t(cx, T("baru saja lewat"));
    return cx_printf(cx, T("%d hari kerja lagi"), (int)left);
}

const struct option *case_options(struct cx *cx, const struct complaint_code *codes)
{
    size_t n = 0;
    while (codes[n].code)
        n++;
    struct option *options = ARENA_ARRAY(cx->arena, n + 1, struct option);
    for (size_t i = 0; i < n; i++)
        options[i] = (struct option){codes[i].code, codes[i].label};
    return options;
}

const char *case_path(const struct cx *cx, const char *complaint_id)
{
    return arena_printf(cx->arena, "/pengaduan/%s", complaint_id);
}

/* --- who, which ------------------------------------------------------------------------------------------------ */

enum err case_who_of(struct cx *cx, const char *complaint_id, unsigned *ret)
{
    const char *office = cx->actor.office_id;
    uint32_t posts = 0;
    bool shared = false;
    TRY(reach_posts(cx, office, cx->actor.id, cx->actor.roles, &posts));
    TRY(complaint_has_share(cx->read, office, complaint_id, cx->actor.id, COMPLAINT_CONTENT,
                            &shared));
    *ret = (posts & ROLE_LEADERS ? CASE_LEADER : 0u) | (posts & ROLE_OFFICE_HEAD ? CASE_HEAD : 0u) |
           (shared ? CASE_OFFICER : 0u);
    return ERR_OK;
}

struct opening {
    const char *office_id;
    const struct complaint *complaint;
};

static enum err open_in_tx(struct db_conn *tx, void *arg)
{
    const struct opening *o = arg;
    return casework_begin(tx, o->office_id, o->complaint->id, o->complaint->received_at);
}

enum err case_row_of(struct cx *cx, const struct complaint *c, struct casework *ret)
{
    const char *office = cx->actor.office_id;
    struct opening o = {office, c};
    enum err e = casework_get(cx->read, office, c->id, ret);
    if (e != ERR_MISSING)
        return e;
    TRY(db_tx(cx, "casework_begin", open_in_tx, &o));
    return casework_get(cx->read, office, c->id, ret);
}

/* --- deadlines again ---------------------------------------------------------------------------------------------- */

static enum err turns(struct cx *cx, const char *office_id, const char *name,
                      enum err (*fn)(struct db_conn *tx, void *arg))
{
    struct case_turn t = {.office_id = office_id, .after_id = ""};
    do {
        TRY(db_tx_low(cx, name, fn, &t));
        t.after_id = t.last_id;
    } while (t.last_id);
    return ERR_OK;
}

enum err casework_recompute(struct cx *cx, const char *office_id)
{
    TRY(turns(cx, office_id, "casework_open", casework_tx_open_missing));
    return turns(cx, office_id, "casework_recompute", casework_tx_recompute);
}

/* --- routes ----------------------------------------------------------------------------------------------------------- */

const struct route *casework_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/pengaduan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_board_get, NULL, 0,
         T("Pengaduan menurut tenggat"), NULL},
        {HTTP_GET, "/pengaduan/{id}", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_hub_get, NULL, 0,
         T("Perjalanan satu pengaduan"), NULL},
        {HTTP_GET, "/pengaduan/{id}/riwayat", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_history_get, NULL, 0,
         T("Riwayat pengaduan dengan catatannya"), NULL},
        {HTTP_POST, "/pengaduan/{id}/tahap", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_move_post, &case_move_form, 0,
         T("Bawa pengaduan ke tahap lain"), NULL},
        {HTTP_POST, "/pengaduan/{id}/keadaan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_side_post, &case_side_form, 0,
         T("Tandai pengaduan menunggu, atau akhiri tanda itu"), NULL},
        {HTTP_POST, "/pengaduan/{id}/nilai", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_value_post, &case_value_form, 0,
         T("Catat nilai sumber dan isi"), NULL},
        {HTTP_POST, "/pengaduan/{id}/golongan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_class_post, &case_class_form, 0,
         T("Golongkan pengaduan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/kelengkapan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_complete_post, &case_complete_form, 0,
         T("Catat kelengkapan pengaduan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/tim", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_team_post, &case_team_form, 0,
         T("Tambah petugas yang menangani"), NULL},
        {HTTP_POST, "/pengaduan/{id}/tim/{staff}/hapus", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_team_remove_post, NULL, 0,
         T("Keluarkan petugas dari tim"), NULL},
        {HTTP_POST, "/pengaduan/{id}/pelimpahan/{seq}/diterima", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_received_post, &case_receipt_form, 0,
         T("Catat tanda terima pelimpahan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/pelimpahan/{seq}/dikembalikan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_returned_post, &case_return_form, 0,
         T("Catat pelimpahan dikembalikan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/kaitan", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_link_post, &case_link_form, 0,
         T("Kaitkan dengan pengaduan lain"), NULL},
        {HTTP_POST, "/pengaduan/{id}/kaitan/{other}/hapus", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, case_unlink_post, NULL, 0,
         T("Lepaskan kaitan dengan pengaduan lain"), NULL},
        {HTTP_GET, "/tenggat", COMPLAINT_READER_ROLES | ROLE_ADMIN, 0, case_limits_get, NULL, 0,
         T("Batas waktu setiap tahap"), NULL},
        {HTTP_POST, "/tenggat", ROLE_ADMIN | ROLE_LEADERS, ROUTE_NO_TOKEN, case_limits_post, &limits_form, 0,
         T("Ubah batas waktu setiap tahap"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
