/* Closing a month: the paper is drawn once, sealed on the disk, and its hash goes into the audit chain. */
#include <string.h>

#include "features/portal/portal.h"
#include "features/proof/proof.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define SWEEP_AFTER_MS ((int64_t)3600 * 1000)

static enum err may_close(struct cx *cx, const struct register_sheet *s, const char *first)
{
    const char *last = NULL;
    TRY(register_last_closed(cx->read, cx->actor.office_id, s->book.book, &last));
    struct refusal r = register_may_close(cx->arena, &s->month, cx->now_ms, first, last);
    return r.err == ERR_OK ? ERR_OK : cx_refuse(cx, &r);
}

static void fill_closing(struct cx *cx, const struct register_sheet *s, struct register_close *c)
{
    c->closing.book = s->book.book;
    c->closing.month = s->month.text;
    c->closing.id = cx_new_id(cx);
    c->closing.closed_at = cx->now_ms;
    c->closing.closed_by = arena_strdup(cx->arena, cx->actor.id);
    c->closing.carried = s->recap.carried;
    c->closing.received = s->recap.received;
    c->closing.settled = s->recap.settled;
    c->closing.individuals = s->recap.individuals;
    c->closing.organisations = s->recap.organisations;
    c->closing.proof_code = proof_code_new(cx->arena);
    c->month = s->month;
    c->proof = (struct proof){.code = c->closing.proof_code,
                              .kind = PROOF_REGISTER,
                              .subject_id = c->closing.id,
                              .year = time_civil(cx->now_ms, cx->offset_min).year,
                              .made_at = cx->now_ms,
                              .made_by = c->closing.closed_by,
                              .reason = "closing"};
}

/* Draws and seals the paper. Its file is on the disk before the row names it; without a row it is swept. */
static enum err make_file(struct cx *cx, struct register_sheet *s, struct register_close *c)
{
    struct bytes file;
    size_t pages = 0;
    TRY(register_signers(cx, s));
    c->closing.signer = s->closing.signer;
    c->closing.acknowledged = s->closing.acknowledged;
    s->closed = true;
    s->closing = c->closing;
    TRY(register_pdf(cx, s, c->closing.proof_code, &file, &pages));
    TRY(proof_hash(cx->arena, file, &c->proof));
    c->closing.pages = (int64_t)pages;
    c->closing.file_hash = c->proof.file_hash;
    return seal_file_write(cx->seal, cx->arena, cx->data_dir, REGISTER_FOLDER, c->closing.id, file);
}

/* What still waits for the month comes into it before it is closed. */
static enum err take_before(struct cx *cx, const struct register_book *b, const char *month)
{
    struct register_month m;
    struct register_closing closing;
    int64_t added = 0;
    if (b->source != REGISTER_MAIL || !register_month_read(cx->arena, month, cx->offset_min, &m) ||
        m.until_ms > cx->now_ms)
        return ERR_OK;
    enum err e = register_closing_get(cx->read, cx->actor.office_id, b->book, month, &closing);
    if (e != ERR_MISSING)
        return e;
    return register_take(cx, b->book, m.from_ms, m.until_ms, &added);
}

static enum err close_month(struct cx *cx, struct http_req *req)
{
    struct register_sheet *s = ARENA_NEW(cx->arena, struct register_sheet);
    struct register_close *c = ARENA_NEW(cx->arena, struct register_close);
    struct register_book book;
    TRY(register_open(cx, req, REGISTER_READ, &book));
    TRY(take_before(cx, &book, http_param(req, "month")));
    TRY(register_fill(cx, book.book, http_param(req, "month"), true, s));
    TRY(register_first_month(cx, &s->book, &c->first));
    TRY(may_close(cx, s, c->first));
    c->act = visit_act_of(cx);
    c->book = &s->book;
    fill_closing(cx, s, c);
    TRY(make_file(cx, s, c));
    enum err e = db_tx(cx, "register_close", register_close_month, c);
    return e != ERR_OK && c->refusal.err != ERR_OK ? cx_refuse(cx, &c->refusal) : e;
}

enum err register_close_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = close_month(cx, req);
    if (e != ERR_OK && e != ERR_MISSING && req->wants != WANTS_JSON)
        return register_month_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    return http_res_redirect(cx, res,
                             arena_printf(cx->arena, "/register/%s/%s", http_param(req, "book"),
                                          http_param(req, "month")));
}

struct sweeping {
    struct cx *cx;
    const char *office_id;
};

static enum err is_named(void *arg, const char *id, bool *ret_named)
{
    const struct sweeping *s = arg;
    return register_closing_known(s->cx->read, s->office_id, id, ret_named);
}

enum err register_sweep(struct cx *cx, const char *office_id)
{
    struct sweeping s = {cx, office_id};
    const struct seal_sweep sweep = {
        .before_ms = cx->now_ms - SWEEP_AFTER_MS, .is_named = is_named, .arg = &s};
    int64_t removed = 0;
    return seal_file_sweep(cx->data_dir, REGISTER_FOLDER, &sweep, &removed);
}
