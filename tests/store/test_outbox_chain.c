/* The whole chain but for the web: table → sending thread → WhatsApp channel → the stand-in → signed
 * webhooks → table, while the stand-in answers late, twice, in the wrong order or not at all. */
#include "outbox_fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "lib/outbox/whatsapp_webhook.h"
#include "support/stand_in.h"
#include "lib/base/banned.h"

enum { BODY_MAX = 64 * 1024, RECIPIENTS = 5, CHAOS_ROWS = 60 };

static const char secret[] = "rahasia aplikasi";

/* --- a webhook receiver ---------------------------------------------------------------------------- */

static struct {
    struct fixture *f;
    struct stand_in stand_in;
    struct outbox *outbox;
    bool there; /* node is */
    char secret_file[64], token_file[64];
    int listener, port;
    atomic_bool stop;
    pthread_t thread;
    atomic_int bad_signatures, events, moved;
    int unknown[CHAOS_ROWS]; /* attempts with an unknown outcome, by row; written by the worker only */
} t;

static bool read_request(int fd, char *text, size_t size)
{
    size_t n = 0;
    text[0] = '\0';
    for (;;) {
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = end ? strcasestr(text, "\r\nContent-Length:") : NULL;
        size_t body = length ? (size_t)strtoul(length + 17, NULL, 10) : 0;
        if (end && n >= (size_t)(end + 4 - text) + body)
            return true;
        ssize_t got = n < size - 1 ? recv(fd, text + n, size - 1 - n, 0) : 0;
        if (got <= 0)
            return false;
        n += (size_t)got;
        text[n] = '\0';
    }
}

/* The value of X-Hub-Signature-256, cut out of the head. */
static const char *signature_of(struct arena *a, const char *request)
{
    const char *at = strcasestr(request, "\r\nX-Hub-Signature-256:");
    if (!at)
        return NULL;
    at += strlen("\r\nX-Hub-Signature-256:");
    return str_trim(a, arena_strndup(a, at, strcspn(at, "\r")));
}

static void apply_events(struct cx *cx, struct bytes body)
{
    struct whatsapp_event *events = NULL;
    size_t n = 0;
    assert_int_equal(whatsapp_webhook_parse(cx, body, &events, &n), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        struct status_ask ask = {.wamid = events[i].wamid,
                                 .opaque_id = events[i].opaque_id,
                                 .status = events[i].status,
                                 .at = events[i].at_ms};
        if (events[i].error_code)
            ask.code = arena_printf(cx->arena, "%lld", (long long)events[i].error_code);
        assert_int_equal(db_tx(cx, "test_status", status_in_tx, &ask), ERR_OK);
        atomic_fetch_add(&t.events, 1);
        atomic_fetch_add(&t.moved, ask.changed);
    }
}

static void webhook_answer(int fd, struct arena *arena)
{
    static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    char *text = arena_alloc(arena, BODY_MAX);
    if (!read_request(fd, text, BODY_MAX))
        return;
    const char *body = strstr(text, "\r\n\r\n") + 4;
    struct bytes raw = {(const uint8_t *)body, strlen(body)};
    struct cx cx = t.f->cx;
    cx.arena = arena;
    if (!whatsapp_signature_valid(raw, signature_of(arena, text),
                                  (struct bytes){(const uint8_t *)secret, strlen(secret)}))
        atomic_fetch_add(&t.bad_signatures, 1);
    else
        apply_events(&cx, raw);
    (void)send(fd, good, strlen(good), MSG_NOSIGNAL);
}

static void *webhook_run(void *arg)
{
    (void)arg;
    struct arena *arena = arena_new((size_t)2 * BODY_MAX);
    while (!atomic_load(&t.stop)) {
        struct pollfd wait = {.fd = t.listener, .events = POLLIN};
        if (poll(&wait, 1, 20) <= 0)
            continue;
        int fd = accept(t.listener, NULL, NULL);
        if (fd < 0)
            continue;
        webhook_answer(fd, arena);
        (void)close(fd);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void webhook_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(address);
    t.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(t.listener, (const struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(t.listener, 64), 0);
    assert_int_equal(getsockname(t.listener, (struct sockaddr *)&address, &n), 0);
    t.port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&t.thread, NULL, webhook_run, NULL), 0);
}

/* --- fixture ------------------------------------------------------------------------------------------ */

static enum err render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    static const char *const params[] = {"12", "Perorangan"};
    static const struct outbox_button buttons[] = {
        {.payload = "tok-terima", .title = "Saya terima"}};
    (void)cx;
    *ret = (struct outbox_message){.to = row->recipient_id,
                                   .template_name = "tamu_baru",
                                   .language = "id",
                                   .params = params,
                                   .param_count = 2,
                                   .buttons = buttons,
                                   .button_count = 1,
                                   .opaque_id = row->id};
    return ERR_OK;
}

static enum err sent(struct db_conn *tx, const struct outbox_row *row,
                     const struct outbox_result *result, int64_t now_ms)
{
    int64_t number = 0;
    (void)tx, (void)now_ms;
    if (result->outcome == SEND_UNKNOWN && str_to_i64(row->id + 4, 0, CHAOS_ROWS - 1, &number))
        t.unknown[number]++;
    return ERR_OK;
}

static void file_write(char *path, size_t size, const char *text)
{
    (void)snprintf(path, size, "/tmp/bukutamu-chain-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
}

static void outbox_start_here(void)
{
    struct arena *a = t.f->arena;
    struct channel_whatsapp_options c = {
        .graph_base = arena_printf(a, "http://127.0.0.1:%d", t.stand_in.port),
        .graph_version = "v23.0",
        .phone_number_id = "100000000000001",
        .token_file = t.token_file,
        .total_timeout_ms = 250,
    };
    struct channel **channels = ARENA_ARRAY(a, 2, struct channel *);
    const char *message = NULL;
    assert_int_equal(channel_whatsapp_new(a, &c, &channels[0], &message), ERR_OK);
    struct outbox_options o = {
        .base = t.f->cx,
        .read = db_reader(t.f->db, 1),
        .hooks = {.render = render, .sent = sent},
        .channels = channels,
        .timing = {.backoff_first_ms = 20, .backoff_max_ms = 200, .unknown_wait_ms = 400}};
    assert_int_equal(outbox_start(a, &o, &t.outbox), ERR_OK);
    t.f->cx.outbox = t.outbox;
}

static int set_up(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.f = outbox_fixture_new();
    file_write(t.secret_file, sizeof(t.secret_file), secret);
    file_write(t.token_file, sizeof(t.token_file), "T0KEN\n");
    webhook_start();
    t.there = stand_in_start(
        &t.stand_in,
        &(struct stand_in_options){
            .secret_file = t.secret_file,
            .token = "T0KEN",
            .webhook = arena_printf(t.f->arena, "http://127.0.0.1:%d/kait/whatsapp", t.port)});
    if (t.there)
        outbox_start_here();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    outbox_stop(t.outbox);
    if (t.there)
        stand_in_stop(&t.stand_in);
    atomic_store(&t.stop, true);
    (void)pthread_join(t.thread, NULL);
    (void)close(t.listener);
    (void)unlink(t.secret_file);
    (void)unlink(t.token_file);
    fixture_free(t.f);
    return 0;
}

static void need_node(void)
{
    if (!t.there)
        skip();
}

static const char *recipient(int i)
{
    return arena_printf(t.f->arena, "+62812000011%02d", i % RECIPIENTS);
}

static void control(const char *body)
{
    assert_non_null(strstr(stand_in_control(t.f->arena, &t.stand_in, "", body), "true"));
}

static void wait_state(const char *id, const char *wanted)
{
    for (int i = 0; !str_eq(row_now(t.f, id).state, wanted); i++) {
        if (i > 3000)
            fail_msg("%s is %s, not %s", id, row_now(t.f, id).state, wanted);
        (void)usleep(5000);
    }
}

/* --- the chain ------------------------------------------------------------------------------------------- */

static void one_notice(const char *id, const char *mode, const char *wanted)
{
    control(arena_printf(
        t.f->arena, "{\"mode\":\"%s\",\"times\":1,\"delays\":[5,10,10],\"lateMs\":100}", mode));
    queue_row(t.f, id, recipient(0));
    outbox_wake(&t.f->cx);
    wait_state(id, wanted);
}

static void a_notice_is_sent_delivered_and_read(void **state)
{
    (void)state;
    need_node();
    one_notice("row-1", "silent", "sent");
    int64_t at = time_now_ms();
    one_notice("row-2", "normal", "read");
    print_message("queued to read in %lld ms (25 ms of them the stand-in's own)\n",
                  (long long)(time_now_ms() - at));
    one_notice("row-3", "late", "read");
    one_notice("row-4", "twice", "read");
    one_notice("row-5", "reorder", "read");
    one_notice("row-6", "batch", "read");
    one_notice("row-7", "before", "read");
    one_notice("row-8", "undelivered:131026", "failed");
    struct outbox_row row = row_now(t.f, "row-8");
    assert_string_equal(row.code, "131026");
    assert_non_null(row.reason);
    one_notice("row-9", "fail:132001", "failed");
    assert_string_equal(row_now(t.f, "row-9").code, "132001");
    one_notice("row-10", "hang-accepted", "read"); /* no answer, but the statuses came */
    one_notice("row-11", "hang", "read");          /* the second attempt */
    one_notice("row-12", "bad-json", "read");
    assert_int_equal(row_now(t.f, "row-10").attempts, 1);
    assert_int_equal(row_now(t.f, "row-11").attempts, 2);
    assert_int_equal(row_now(t.f, "row-12").attempts, 1);
    assert_int_equal(atomic_load(&t.bad_signatures), 0);
}

static bool all_ended(void)
{
    for (int i = 0; i < CHAOS_ROWS; i++) {
        struct outbox_row row = row_now(t.f, arena_printf(t.f->arena, "row-%d", i));
        if (!str_eq(row.state, "read"))
            return false;
    }
    return true;
}

static void nothing_is_lost_and_every_double_is_explained(void **state)
{
    (void)state;
    need_node();
    control("{\"mode\":\"chaos\",\"delays\":[2,2,2]}");
    for (int i = 0; i < CHAOS_ROWS; i++)
        queue_row(t.f, arena_printf(t.f->arena, "row-%d", i), recipient(i));
    outbox_wake(&t.f->cx);
    for (int i = 0; !all_ended(); i++) {
        assert_true(i < 600);
        (void)usleep(50000);
    }
    json_t *messages = json_loads(stand_in_control(t.f->arena, &t.stand_in, "/messages", NULL), 0,
                                  NULL);
    assert_true(json_is_array(messages));
    int accepted[CHAOS_ROWS] = {0};
    for (size_t i = 0; i < json_array_size(messages); i++) {
        int64_t row = -1;
        const char *opaque = json_string_value(
            json_object_get(json_array_get(messages, i), "opaque"));
        assert_non_null(opaque);
        assert_true(str_to_i64(opaque + 4, 0, CHAOS_ROWS - 1, &row));
        accepted[row]++;
    }
    json_decref(messages);
    int doubles = 0, doubts = 0;
    for (int i = 0; i < CHAOS_ROWS; i++) {
        struct outbox_row row = row_now(t.f, arena_printf(t.f->arena, "row-%d", i));
        assert_true(accepted[i] <= 1 + t.unknown[i]);
        doubles += accepted[i] > 1 ? accepted[i] - 1 : 0;
        doubts += t.unknown[i];
        assert_true(accepted[i] > 0);
        assert_string_equal(row.state, "read");
    }
    print_message("%d rows: %d unknown outcomes, %d sent twice, %d events, %d moved a row\n",
                  CHAOS_ROWS, doubts, doubles, atomic_load(&t.events), atomic_load(&t.moved));
    assert_true(doubts > 0);
    assert_int_equal(atomic_load(&t.bad_signatures), 0);
}

int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_notice_is_sent_delivered_and_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_lost_and_every_double_is_explained, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("outbox_chain", tests, NULL, NULL);
}
