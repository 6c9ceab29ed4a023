/* `recovery test | repair`: what the recovery sheet is good for. The drill opens every complaint with it and
 * prints none; the repair seals complaints anew for a person whose key was lost with the password.
 *
 * One complaint at a time in an arena of its own: what was opened is wiped before the next. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/recovery.h"
#include "features/audit/audit.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_store.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define PAGE 100

/* The sheet's shares of the next complaints. */
DB_SQL(recovery_page,
       "SELECT c.id, s.share, r.share AS reporter_share FROM complaint c"
       " LEFT JOIN complaint_share s ON s.office_id = c.office_id AND s.complaint_id = c.id"
       " AND s.reader_id = $2"
       " LEFT JOIN reporter_share r ON r.office_id = c.office_id AND r.complaint_id = c.id"
       " AND r.reader_id = $2"
       " WHERE c.office_id = $1 AND c.id > $3 ORDER BY c.id LIMIT $4");
const struct db_sql *const recovery_statements[] = {&recovery_page, NULL};

struct sealed_row {
    const char *id;
    struct bytes share, reporter_share; /* reporter_share empty: there is no identity */
};
static const struct record_column sealed_columns[] = {
    RECORD_COLUMN(struct sealed_row, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct sealed_row, share, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct sealed_row, reporter_share, REC_BYTES, 0, NULL),
};
static const struct record sealed_record = RECORD("RecoveryShare", struct sealed_row,
                                                  sealed_columns);

struct walk {
    struct app *app;
    const struct recovery_pair *pair;
    struct cx cx; /* with an arena that is wiped after each complaint */
    struct staff person;
    bool all;
    int64_t total, opened, identities, sealed;
    enum err (*one)(struct walk *w, const struct sealed_row *row);
};

/* --- every complaint, once ------------------------------------------------------------------------------- */

static enum err walk_page(struct walk *w, const char **after, size_t *ret_count)
{
    const char *office = w->app->cx.actor.office_id;
    struct sealed_row *rows = NULL;
    TRY(db_list(
        w->app->cx.read, &recovery_page,
        DB_ARGS(db_text(office), db_text(COMPLAINT_READER_RECOVERY), db_text(*after), db_int(PAGE)),
        &sealed_record, PAGE, &rows, ret_count));
    for (size_t i = 0; i < *ret_count; i++) {
        w->total++;
        db_conn_use_arena(w->cx.read, w->cx.arena);
        enum err e = w->one(w, &rows[i]);
        db_conn_use_arena(w->cx.read, w->app->arena);
        arena_reset(w->cx.arena);
        TRY(e);
    }
    if (*ret_count)
        *after = rows[*ret_count - 1].id;
    return ERR_OK;
}

static enum err walk(struct walk *w)
{
    const char *after = "";
    size_t count = PAGE;
    w->cx = w->app->cx;
    w->cx.arena = arena_new(64 * 1024);
    enum err e = ERR_OK;
    while (e == ERR_OK && count == PAGE)
        e = walk_page(w, &after, &count);
    arena_free(w->cx.arena);
    return e;
}

/* --- drill -------------------------------------------------------------------------------------------------- */

static bool unshare(const struct walk *w, struct bytes share, struct seal_envelope *ret)
{
    return seal_envelope_unshare(share, w->pair->public_key, w->pair->secret_key, ret) == ERR_OK;
}

/* Nothing of what is opened leaves this function. */
static enum err drill_one(struct walk *w, const struct sealed_row *row)
{
    struct complaint c = {0};
    struct complaint_text text = {0};
    struct complaint_reporter who = {0};
    struct seal_envelope key;
    TRY(complaint_get(w->cx.read, w->cx.actor.office_id, row->id, &c));
    if (!unshare(w, row->share, &key))
        return ERR_OK;
    bool good = complaint_open_content(&w->cx, &c, &key, &text) == ERR_OK;
    explicit_bzero(&key, sizeof(key));
    if (c.reporter_sealed.n) {
        bool known = unshare(w, row->reporter_share, &key);
        known = known && complaint_open_reporter(&w->cx, &c, &key, &who) == ERR_OK;
        explicit_bzero(&key, sizeof(key));
        w->identities += known;
        good = good && known;
    }
    w->opened += good;
    return ERR_OK;
}

static int drill(struct app *app, const struct recovery_pair *pair)
{
    struct walk w = {.app = app, .pair = pair, .one = drill_one};
    if (walk(&w) != ERR_OK)
        return command_fail("pengaduan tidak dapat dibaca: %s", db_conn_detail(app->cx.read));
    if (w.opened != w.total)
        return command_fail("lembar cocok, tetapi hanya membuka %lld dari %lld pengaduan.",
                            (long long)w.opened, (long long)w.total);
    enum err e = office_recovery_tested(&app->cx, w.total);
    if (e != ERR_OK)
        return command_refused(app, e);
    (void)printf(
        "Lembar cocok dan membuka semua pengaduan (%lld) dengan identitas pelapornya (%lld).\n"
        "Latihan dicatat. Kembalikan lembar ke amplopnya.\n",
        (long long)w.total, (long long)w.identities);
    return 0;
}

/* --- repair ------------------------------------------------------------------------------------------------- */

static enum err repair_part(struct walk *w, const char *id, struct bytes share,
                            enum complaint_part part, struct complaint_sharing *s)
{
    bool there = w->all;
    struct seal_envelope key;
    if (!there)
        TRY(complaint_has_share(w->cx.read, w->cx.actor.office_id, id, w->person.id, part, &there));
    if (!there || !share.n)
        return ERR_OK;
    if (!unshare(w, share, &key))
        return cx_detail(&w->app->cx, ERR_INTERNAL, "the sheet does not open a complaint");
    struct bytes made = seal_envelope_share(&key, w->cx.arena, w->person.public_key.p);
    explicit_bzero(&key, sizeof(key));
    if (!made.p)
        return cx_detail(&w->app->cx, ERR_INTERNAL, "the person's public key is unusable");
    s->parts |= part;
    if (part == COMPLAINT_CONTENT)
        s->content = made;
    else
        s->reporter = made;
    return ERR_OK;
}

static enum err repair_one(struct walk *w, const struct sealed_row *row)
{
    struct complaint_sharing s = {
        .act = visit_act_of(&w->cx), .complaint_id = row->id, .reader_id = w->person.id};
    TRY(repair_part(w, row->id, row->share, COMPLAINT_CONTENT, &s));
    TRY(repair_part(w, row->id, row->reporter_share, COMPLAINT_REPORTER, &s));
    if (!s.parts)
        return ERR_OK;
    TRY(db_tx_low(&w->cx, "recovery_repair", complaint_share_give, &s));
    w->sealed++;
    w->identities += (s.parts & COMPLAINT_REPORTER) != 0;
    return ERR_OK;
}

static int repair_person(struct app *app, const char *username, bool all, struct staff *ret)
{
    enum err e = staff_by_username(app->cx.read, app->cx.actor.office_id, username, ret);
    if (e == ERR_MISSING || (e == ERR_OK && ret->disabled_at))
        return command_fail("akun '%s' tidak ada atau tidak aktif.", username);
    if (e != ERR_OK)
        return command_refused(app, e);
    if (((uint32_t)ret->roles & COMPLAINT_READER_ROLES) == 0)
        return command_fail("akun '%s' tidak bertugas menangani pengaduan.", username);
    if (!ret->key_trusted_at || ret->public_key.n != 32)
        return command_fail("kunci '%s' belum dipercayai. Jalankan 'bukutamu user trust' dahulu.",
                            username);
    if (all && ((uint32_t)ret->roles & ROLE_LEADERS) == 0)
        return command_fail("--all hanya untuk Kasi Intelijen dan Kajari.");
    return 0;
}

static int repair(struct app *app, const struct office *office, const char *username, bool all)
{
    struct walk w = {.app = app, .all = all, .one = repair_one};
    struct recovery_pair pair;
    int status = repair_person(app, username, all, &w.person);
    if (status == 0)
        status = recovery_read_sheet(app, office, &pair);
    if (status != 0)
        return status;
    w.pair = &pair;
    enum err e = walk(&w);
    explicit_bzero(&pair, sizeof(pair));
    if (w.sealed || e == ERR_OK) {
        const char *detail = arena_printf(app->arena, "complaints=%lld identities=%lld all=%d",
                                          (long long)w.sealed, (long long)w.identities, (int)all);
        enum err noted = audit_note(&app->cx, "recovery_repaired", "staff", w.person.id, detail);
        e = e == ERR_OK ? noted : e;
    }
    if (e != ERR_OK)
        return command_refused(app, e);
    (void)printf(
        "%lld dari %lld pengaduan disegel kembali untuk %s, %lld dengan identitas pelapor.\n"
        "Kembalikan lembar ke amplopnya.\n",
        (long long)w.sealed, (long long)w.total, w.person.name, (long long)w.identities);
    return 0;
}

/* --- commands ------------------------------------------------------------------------------------------------- */

static int test(struct app *app, const struct office *office)
{
    struct recovery_pair pair;
    int status = recovery_read_sheet(app, office, &pair);
    if (status == 0)
        status = drill(app, &pair);
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

static enum err open_office(struct app *app, struct office *ret)
{
    TRY(app_open(app, APP_SCHEMA_CURRENT, 1));
    enum err e = app_use_office(app);
    return e == ERR_OK ? office_get(app->cx.read, app->cx.actor.office_id, ret) : e;
}

int command_recovery_test(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    struct office office = {0};
    int status = open_office(app, &office) == ERR_OK ? test(app, &office) : 1;
    app_close(app);
    return status;
}

int command_recovery_repair(struct app *app, int argc, char **argv)
{
    const char *username = command_option(&argc, argv, "--user");
    bool all = command_flag(&argc, argv, "--all");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!username)
        return command_fail("--user harus diisi.");
    struct office office = {0};
    int status = open_office(app, &office) == ERR_OK ? repair(app, &office, username, all) : 1;
    app_close(app);
    return status;
}
