/* `bukutamu serve`: the server with its threads. The decoder's launcher is forked before any of them.
 *
 * Threads: the HTTP loop and its workers (lib/http), the database writer (lib/db), the sender (lib/outbox),
 * and three here: the publisher reads stored webhooks and feeds live pages from the audit, the clock lets
 * time pass for decisions and retention, and one fetches and processes what people answer the Telegram bot. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/channels.h"
#include "app/features.h"
#include "features/audit/audit.h"
#include "features/casework/casework.h"
#include "features/complaint/complaint.h"
#include "features/decision/decision.h"
#include "features/evidence/evidence.h"
#include "features/exchange/exchange.h"
#include "features/notice/notice.h"
#include "features/portal/portal.h"
#include "features/report/report.h"
#include "features/report/report_schedule.h"
#include "features/reporter/reporter.h"
#include "features/register/register.h"
#include "features/service/service.h"
#include "features/staff/staff.h"
#include "features/visit/visit.h"
#include "lib/base/log.h"
#include "lib/base/piece.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/server.h"
#include "lib/http/sse.h"
#include "lib/media/media.h"
#include "lib/outbox/outbox.h"
#include "lib/replay/replay.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define EVENTS_MAX   256u
#define PING_MS      15000
#define CLOCK_MS     1000
#define RETENTION_MS (3600LL * 1000)
#define REMIND_MS    (60LL * 1000)
#define ARENA_BYTES  (64u * 1024)
/* A worker waits for the commit of its request, and one commit serves all who wait: with as few workers
 * as cores the disk would be synced for a handful of requests each time. */
#define WORKERS_LEAST 32

/* Reading connections after those of the workers. */
enum {
    READER_PUBLISHER,
    READER_CLOCK,
    READER_TELEGRAM,
    READER_OUTBOX,
    READERS_MORE = READER_OUTBOX + CHANNELS_MAX
};

struct serving {
    struct app *app;
    struct server *server;
    struct sse_hub *hub;
    struct pieces *pieces;
    struct outbox *outbox;
    struct media *media;
    struct channel *channels[CHANNELS_MAX + 1];
    struct db_conn *reads[CHANNELS_MAX];
    struct telegram_bot *bot; /* NULL: Telegram is not set up */
    int workers;
    _Atomic bool stop;
    pthread_t publisher, clock, telegram;
};

/* A cx for a thread of ours with its own arena and reading connection. */
static struct cx thread_cx(struct serving *s, struct arena *arena, int reader)
{
    struct cx cx = s->app->cx;
    cx.arena = arena;
    cx.read = db_reader(s->app->db, reader);
    cx.sse = s->hub;
    cx.outbox = s->outbox;
    cx.now_ms = time_now_ms();
    db_conn_use_arena(cx.read, arena);
    return cx;
}

static void warn(const char *what, enum err e)
{
    if (e != ERR_OK)
        log_event(LOG_WARN, "background", "task", what, "result", err_name(e), NULL);
}

/* --- publisher --------------------------------------------------------------------------------------- */

static void publish_office(struct cx *cx, struct sse_hub *hub, const struct sse_need *need)
{
    struct audit_entry *entries = NULL;
    size_t count = 0;
    if (audit_events_after(cx->read, need->office_id, need->after, EVENTS_MAX, &entries, &count) !=
        ERR_OK)
        return;
    struct sse_event *events = ARENA_ARRAY(cx->arena, count ? count : 1, struct sse_event);
    for (size_t i = 0; i < count; i++) {
        events[i] = (struct sse_event){
            .number = entries[i].seq,
            .kind = "visit",
            .data = arena_printf(cx->arena, "{\"visit\":\"%s\",\"action\":\"%s\"}",
                                 entries[i].subject_id, entries[i].action)};
    }
    if (count)
        sse_publish(hub, need->office_id, events, count);
}

static void *publisher_main(void *arg)
{
    struct serving *s = arg;
    struct arena *arena = arena_new(ARENA_BYTES);
    int64_t pinged = time_monotonic_ms();
    while (!s->stop) {
        sse_wait(s->hub, CLOCK_MS);
        struct cx cx = thread_cx(s, arena, s->workers + READER_PUBLISHER);
        warn("webhooks", notice_process_webhooks(&cx, cx.actor.office_id));
        struct sse_need needs[16];
        size_t count = sse_needs(s->hub, needs, ARRAY_LEN(needs));
        for (size_t i = 0; i < count; i++)
            publish_office(&cx, s->hub, &needs[i]);
        arena_reset(arena);
        if (time_monotonic_ms() - pinged >= PING_MS) {
            pinged = time_monotonic_ms();
            sse_ping(s->hub);
        }
    }
    arena_free(arena);
    return NULL;
}

/* --- clock ---------------------------------------------------------------------------------------------- */

struct forgetting {
    const char *office_id;
    int64_t now_ms;
};

static enum err forget_replays(struct db_conn *tx, void *arg)
{
    struct forgetting *f = arg;
    int64_t deleted = 0;
    return replay_forget(tx, f->office_id, f->now_ms, &deleted);
}

static void *clock_main(void *arg)
{
    struct serving *s = arg;
    struct arena *arena = arena_new(ARENA_BYTES);
    int64_t cleaned = 0, reminded = 0;
    bool more_days = false;
    while (!s->stop) {
        struct cx cx = thread_cx(s, arena, s->workers + READER_CLOCK);
        const char *office = cx.actor.office_id;
        warn("decision", decision_tick(&cx, office));
        warn("escalation", escalation_tick(&cx, office));
        if (time_monotonic_ms() - reminded >= REMIND_MS || reminded == 0 || more_days)
            warn("figures", report_tick(&cx, office, &more_days));
        if (time_monotonic_ms() - reminded >= REMIND_MS || reminded == 0) {
            reminded = time_monotonic_ms();
            warn("deadlines", casework_tick(&cx, office));
            warn("tablets", reporter_sweep(&cx, office));
            warn("reports", report_schedule_tick(&cx, office));
        }
        if (time_monotonic_ms() - cleaned >= RETENTION_MS || cleaned == 0) {
            cleaned = time_monotonic_ms();
            struct forgetting f = {office, cx.now_ms};
            warn("replay", db_tx_low(&cx, "replay_forget", forget_replays, &f));
            warn("notice", notice_forget(&cx, office));
            warn("photos", visit_sweep_photos(&cx, office));
            warn("evidence", evidence_sweep(&cx, office));
            warn("complaints", complaint_settle_days(&cx, office));
            warn("registers", register_sweep(&cx, office));
            warn("lines", register_take_days(&cx, office));
            warn("service", service_tick(&cx, office));
            warn("imports", exchange_sweep(&cx));
            warn("casework", casework_recompute(&cx, office));
        }
        arena_reset(arena);
        for (int waited = 0; waited < CLOCK_MS && !s->stop; waited += 100)
            (void)usleep(100 * 1000);
    }
    arena_free(arena);
    return NULL;
}

/* --- Telegram ------------------------------------------------------------------------------------------ */

#define TELEGRAM_WAIT_S   25
#define TELEGRAM_LOOK_MS  500
#define TELEGRAM_PAUSE_MS 5000

static void nap(struct serving *s, int64_t ms)
{
    for (int64_t waited = 0; waited < ms && !s->stop; waited += 100)
        (void)usleep(100 * 1000);
}

/* Stores what came in before Telegram is told that we have it. */
static void poll_telegram(struct serving *s, struct cx *cx, int64_t *offset)
{
    struct inbound_event *events = NULL;
    size_t count = 0;
    int64_t wait_ms = 0, next = *offset;
    enum err e = telegram_get_updates(s->bot, cx, &next, TELEGRAM_WAIT_S, &events, &count, &wait_ms);
    cx->now_ms = time_now_ms();
    if (e == ERR_OK)
        e = notice_keep_inbound(cx, cx->actor.office_id, "telegram", events, count);
    if (e == ERR_OK) {
        *offset = next;
        return;
    }
    if (!s->stop)
        log_event(LOG_WARN, "telegram_poll", "result", err_name(e), "detail", cx->diag.detail, NULL);
    nap(s, wait_ms > 0 ? wait_ms : TELEGRAM_PAUSE_MS);
}

static void *telegram_main(void *arg)
{
    struct serving *s = arg;
    struct arena *arena = arena_new(ARENA_BYTES);
    bool polls = str_eq(s->app->settings.telegram_mode, "poll");
    int64_t offset = 0;
    telegram_bot_set_cancel(s->bot, &s->stop);
    while (!s->stop) {
        struct cx cx = thread_cx(s, arena, s->workers + READER_TELEGRAM);
        warn("telegram", notice_process_telegram(&cx, cx.actor.office_id, s->bot));
        if (polls)
            poll_telegram(s, &cx, &offset);
        else
            nap(s, TELEGRAM_LOOK_MS);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

/* --- start and stop ----------------------------------------------------------------------------------------- */

static enum err fail(enum err e, const char *message)
{
    (void)fprintf(stderr, "bukutamu: %s\n", str_or(message, err_name(e)));
    return e;
}

static const char *decoder_path(struct arena *a)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return "bukutamu-decoder";
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    return arena_printf(a, "%s/bukutamu-decoder", self);
}

/* Waiting times of messages, divided for tests; 0 is the usual. */
static struct outbox_timing timing(const struct settings *set)
{
    int64_t speed = set->outbox_speed;
    if (speed <= 1)
        return (struct outbox_timing){.max_attempts = 0};
    return (struct outbox_timing){.backoff_first_ms = 1000 / speed,
                                  .backoff_max_ms = 300000 / speed,
                                  .pair_first_ms = 1000 / speed,
                                  .unknown_wait_ms = 30000 / speed,
                                  .lease_ms = 30000 / speed,
                                  .stopped_ms = 60000 / speed,
                                  .poll_ms = 5000 / speed};
}

static enum err start_outbox(struct serving *s)
{
    const char *message = NULL;
    enum err e = channels_make(s->app, s->channels, &message);
    if (e == ERR_OK)
        e = channels_bot(s->app, &s->bot, &message);
    if (e != ERR_OK)
        return fail(e, message);
    for (int i = 0; i < CHANNELS_MAX; i++)
        s->reads[i] = db_reader(s->app->db, s->workers + READER_OUTBOX + i);
    struct outbox_options options = {.base = s->app->cx,
                                     .read = s->reads[0],
                                     .more_reads = s->reads + 1,
                                     .use_arena = db_conn_use_arena,
                                     .hooks = {.render = notice_render, .sent = notice_sent},
                                     .channels = s->channels,
                                     .timing = timing(&s->app->settings)};
    options.base.sse = s->hub;
    return outbox_start(s->app->arena, &options, &s->outbox);
}

static void csrf_key(struct cx *cx, uint8_t ret[32])
{
    seal_subkey(cx->seal, "csrf", ret);
}

static const char *const *trusted_list(struct arena *a, const char *text)
{
    const char **list = ARENA_ARRAY(a, 17, const char *);
    size_t n = 0;
    for (const char *p = text; p && *p && n < 16;) {
        size_t length = strcspn(p, ", ");
        if (length)
            list[n++] = arena_strndup(a, p, length);
        p += length + strspn(p + length, ", ");
    }
    return list;
}

static enum err start_server(struct serving *s)
{
    struct settings *set = &s->app->settings;
    struct server_options options = {
        .listen = set->listen,
        .tls_cert_file = set->tls_cert,
        .tls_key_file = set->tls_key,
        .workers = s->workers,
        .limits = {.rate = set->rate},
        .trusted_proxies = trusted_list(s->app->arena, set->trusted_proxies),
        .routes = features_routes(),
        .auth = {.by_session = staff_auth_session,
                 .by_token = staff_auth_token,
                 .csrf_key = csrf_key},
        .pages = {.error_page = portal_error_page, .login_path = "/masuk"},
        .base = s->app->cx,
        .reader = db_reader,
        .use_arena = db_conn_use_arena,
        .reads_together = db_reads_together};
    options.base.actor = (struct actor){.kind = ACTOR_NONE, .name = "", .username = ""};
    memcpy(options.base.actor.office_id, s->app->cx.actor.office_id, UUID_TEXT_BYTES);
    options.base.sse = s->hub;
    options.base.pieces = s->pieces;
    options.base.outbox = s->outbox;
    options.base.media = s->media;
    const char *message = NULL;
    enum err e = server_new(s->app->arena, &options, &s->server, &message);
    return e == ERR_OK ? ERR_OK : fail(e, message);
}

static struct server *stopping; /* for the signal handler: the one process-wide thing it can reach */

static void on_signal(int signal_number)
{
    (void)signal_number;
    if (stopping)
        server_stop(stopping);
}

static void catch_signals(struct server *server)
{
    stopping = server;
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static void announce(struct serving *s)
{
    const char *scheme = s->app->settings.tls_cert ? "https" : "http";
    const char *host = s->app->settings.listen;
    const char *colon = strrchr(host, ':');
    int n = colon ? (int)(colon - host) : (int)strlen(host);
    (void)printf("Buku Tamu siap: %s://%.*s:%d/\n", scheme, n, host, server_port(s->server));
    (void)fflush(stdout);
}

static void stop_all(struct serving *s)
{
    s->stop = true;
    sse_poke(s->hub);
    (void)pthread_join(s->publisher, NULL);
    (void)pthread_join(s->clock, NULL);
    if (s->bot)
        (void)pthread_join(s->telegram, NULL);
    telegram_bot_free(s->bot);
    outbox_stop(s->outbox);
    server_free(s->server);
    sse_hub_free(s->hub);
    pieces_free(s->pieces);
    media_stop(s->media);
}

/* The launcher forks here, before any thread, and before the keys are in memory. */
static enum err start_media(struct app *app, struct serving *s)
{
    const char *message = NULL;
    enum err e = media_start(app->arena, decoder_path(app->arena), &s->media, &message);
    return e == ERR_OK ? ERR_OK : fail(e, message);
}

static int worker_count(const struct settings *set)
{
    int of_cores = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (set->workers)
        return (int)set->workers;
    return of_cores > WORKERS_LEAST ? of_cores : WORKERS_LEAST;
}

int app_serve(struct app *app)
{
    struct serving *s = ARENA_NEW(app->arena, struct serving);
    s->app = app;
    s->workers = worker_count(&app->settings);
    if (start_media(app, s) != ERR_OK)
        return 1;
    if (app_open(app, APP_SCHEMA_UPGRADE, s->workers + READERS_MORE) != ERR_OK)
        return 1;
    if (app_use_office(app) != ERR_OK)
        return 1;
    s->hub = sse_hub_new(8, 2000);
    s->pieces = pieces_new();
    if (start_outbox(s) != ERR_OK || start_server(s) != ERR_OK)
        return 1;
    catch_signals(s->server);
    if (pthread_create(&s->publisher, NULL, publisher_main, s) != 0 ||
        pthread_create(&s->clock, NULL, clock_main, s) != 0 ||
        (s->bot && pthread_create(&s->telegram, NULL, telegram_main, s) != 0))
        return 1;
    announce(s);
    enum err e = server_run(s->server);
    stop_all(s);
    app_close(app);
    return e == ERR_OK ? 0 : 1;
}
