/* The WhatsApp channel over a real socket: against a tiny server that answers by script, and against
 * the stand-in (tests/support/whatsapp-stand-in.mjs) when node is there. */
#include "support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "support/stand_in.h"
#include "lib/base/banned.h"

enum { STEPS_MAX = 8, REQUEST_MAX = 4096 };

/* --- a server that answers by script ---------------------------------------------------------- */

enum act {
    ANSWER,           /* and keep the connection */
    ANSWER_AND_CLOSE, /* */
    RESET,            /* after the request was read */
    HANG,             /* until the client goes */
};
struct step {
    enum act act;
    const char *answer;
};

struct server {
    int listener, stop_pipe[2];
    int port;
    pthread_t thread;
    pthread_mutex_t mutex;
    struct step steps[STEPS_MAX];
    size_t step_count;
    char requests[STEPS_MAX][REQUEST_MAX];
    size_t request_count, connection_count;
};

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? (size_t)strtoul(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* Reads one request; false when the client has gone. */
static bool server_read(struct server *s, int fd)
{
    char text[REQUEST_MAX] = "";
    size_t n = 0;
    for (;;) {
        const char *end = strstr(text, "\r\n\r\n");
        if (end && n >= (size_t)(end + 4 - text) + content_length(text))
            break;
        ssize_t got = n < sizeof(text) - 1 ? recv(fd, text + n, sizeof(text) - 1 - n, 0) : 0;
        if (got <= 0)
            return false;
        n += (size_t)got;
        text[n] = '\0';
    }
    (void)pthread_mutex_lock(&s->mutex);
    assert_true(s->request_count < STEPS_MAX);
    memcpy(s->requests[s->request_count++], text, n + 1);
    (void)pthread_mutex_unlock(&s->mutex);
    return true;
}

static struct step step_now(struct server *s)
{
    (void)pthread_mutex_lock(&s->mutex);
    struct step step = s->steps[s->request_count - 1];
    (void)pthread_mutex_unlock(&s->mutex);
    return step;
}

static void server_connection(struct server *s, int fd)
{
    while (server_read(s, fd)) {
        struct step step = step_now(s);
        char byte;
        if (step.act == RESET) {
            struct linger hard = {.l_onoff = 1};
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
            return;
        }
        if (step.act == HANG) {
            (void)recv(fd, &byte, 1, 0);
            return;
        }
        (void)send(fd, step.answer, strlen(step.answer), MSG_NOSIGNAL);
        if (step.act == ANSWER_AND_CLOSE)
            return;
    }
}

static void *server_run(void *arg)
{
    struct server *s = arg;
    for (;;) {
        struct pollfd wait[2] = {{.fd = s->listener, .events = POLLIN},
                                 {.fd = s->stop_pipe[0], .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents)
            return NULL;
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        (void)pthread_mutex_lock(&s->mutex);
        s->connection_count++;
        (void)pthread_mutex_unlock(&s->mutex);
        server_connection(s, fd);
        (void)close(fd);
    }
}

static void server_start(struct server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(address);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &n), 0);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pipe(s->stop_pipe), 0);
    (void)pthread_mutex_init(&s->mutex, NULL);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

static size_t requests_seen(struct server *s)
{
    (void)pthread_mutex_lock(&s->mutex);
    size_t n = s->request_count;
    (void)pthread_mutex_unlock(&s->mutex);
    return n;
}

static size_t connections_seen(struct server *s)
{
    (void)pthread_mutex_lock(&s->mutex);
    size_t n = s->connection_count;
    (void)pthread_mutex_unlock(&s->mutex);
    return n;
}

static void server_stop(struct server *s)
{
    assert_int_equal(write(s->stop_pipe[1], "x", 1), 1);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listener);
    (void)close(s->stop_pipe[0]);
    (void)close(s->stop_pipe[1]);
    (void)pthread_mutex_destroy(&s->mutex);
}

/* --- fixture ---------------------------------------------------------------------------------- */

static struct {
    struct arena *arena;
    struct cx cx;
    struct server *server;
    struct channel *channel;
    char token_file[64];
} f;

static void token_write(const char *token)
{
    int fd = open(f.token_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, token, strlen(token)), strlen(token));
    (void)close(fd);
}

static struct channel_whatsapp_options options_of(int port)
{
    return (struct channel_whatsapp_options){
        .graph_base = arena_printf(f.arena, "http://127.0.0.1:%d", port),
        .graph_version = "v23.0",
        .phone_number_id = "100000000000001",
        .token_file = f.token_file,
        .connect_timeout_ms = 1000,
        .total_timeout_ms = 400,
    };
}

static struct channel *channel_of(const struct channel_whatsapp_options *o)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    if (channel_whatsapp_new(f.arena, o, &channel, &message) != ERR_OK)
        fail_msg("%s", str_or(message, "?"));
    return channel;
}

static int set_up(void **state)
{
    (void)state;
    memset(&f, 0, sizeof(f));
    f.arena = arena_new(65536);
    f.cx = (struct cx){.arena = f.arena};
    (void)snprintf(f.token_file, sizeof(f.token_file), "/tmp/bukutamu-token-XXXXXX");
    (void)close(mkstemp(f.token_file));
    token_write("T0KEN-rahasia\n");
    f.server = ARENA_NEW(f.arena, struct server);
    server_start(f.server);
    struct channel_whatsapp_options o = options_of(f.server->port);
    f.channel = channel_of(&o);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    f.channel->free(f.channel);
    server_stop(f.server);
    (void)unlink(f.token_file);
    arena_free(f.arena);
    return 0;
}

static void script(struct step step)
{
    (void)pthread_mutex_lock(&f.server->mutex);
    f.server->steps[f.server->step_count++] = step;
    (void)pthread_mutex_unlock(&f.server->mutex);
}

static const char *const params[] = {"12", "Perorangan"};
static const struct outbox_button buttons[] = {{"tok-terima", "Saya terima", NULL},
                                               {"tok-tanya", "Tanya Kajari", NULL}};
static const struct outbox_message notice = {.to = "+6281200001111",
                                             .template_name = "tamu_baru",
                                             .language = "id",
                                             .params = params,
                                             .param_count = 2,
                                             .buttons = buttons,
                                             .button_count = 2,
                                             .opaque_id = "0192-a"};

static struct outbox_result send_to(struct channel *channel, const struct outbox_message *m)
{
    struct outbox_result result = {0};
    channel->send(channel, &f.cx, m, &result);
    if (result.outcome != SEND_OK) {
        assert_non_null(result.reason);
        assert_non_null(result.code);
        assert_null(strstr(result.reason, "!"));
        assert_null(strstr(result.reason, "rahasia"));
    }
    return result;
}

static struct outbox_result send_notice(void)
{
    return send_to(f.channel, &notice);
}

/* An HTTP answer with its length. */
static const char *http(const char *status, const char *headers, const char *body)
{
    return arena_printf(
        f.arena, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
        status, headers, strlen(body), body);
}

static const char *accepted(const char *wamid)
{
    return http(
        "200 OK", "",
        arena_printf(
            f.arena,
            "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"6281200001111\"}],"
            "\"messages\":[{\"id\":\"%s\",\"message_status\":\"accepted\"}]}",
            wamid));
}

/* --- what is sent ----------------------------------------------------------------------------- */

static void a_message_is_accepted_on_a_kept_connection(void **state)
{
    (void)state;
    script((struct step){ANSWER, accepted("wamid.1")});
    script((struct step){ANSWER, accepted("wamid.2")});
    struct outbox_result first = send_notice();
    assert_int_equal(first.outcome, SEND_OK);
    assert_string_equal(first.provider_id, "wamid.1");
    token_write("  ");
    assert_int_equal(send_notice().outcome, SEND_STOP_CHANNEL); /* no token, no request */
    token_write("NEW\r\n\n");
    assert_string_equal(send_notice().provider_id, "wamid.2");
    assert_int_equal(requests_seen(f.server), 2);
    const char *head = f.server->requests[0];
    assert_true(str_starts(head, "POST /v23.0/100000000000001/messages HTTP/1.1\r\n"));
    assert_non_null(strstr(head, "\r\nAuthorization: Bearer T0KEN-rahasia\r\n"));
    assert_non_null(strstr(head, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(head, "\r\nUser-Agent: bukutamu/1.0.0\r\n"));
    assert_null(strstr(head, "Expect:"));
    assert_null(strstr(head, "Transfer-Encoding"));
    assert_non_null(strstr(head, "\"biz_opaque_callback_data\":\"0192-a\""));
    assert_non_null(strstr(f.server->requests[1], "\r\nAuthorization: Bearer NEW\r\n"));
    assert_int_equal(connections_seen(f.server), 1);
}

static void a_token_that_could_split_a_header_is_not_used(void **state)
{
    (void)state;
    static const char *const tokens[] = {"", "\n", "a b", "a\r\nX-Evil: 1", "t\xc3\xa9"};
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        token_write(tokens[i]);
        struct outbox_result r = send_notice();
        assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
        assert_string_equal(r.code, "token_file");
    }
    (void)unlink(f.token_file);
    assert_int_equal(send_notice().outcome, SEND_STOP_CHANNEL);
    assert_int_equal(requests_seen(f.server), 0);
}

/* A refused token opens the channel again only once another one lies there. */
static void another_token_renews_the_channel(void **state)
{
    (void)state;
    script((struct step){ANSWER, http("401 Unauthorized", "", "{}")});
    assert_int_equal(send_notice().outcome, SEND_STOP_CHANNEL);
    assert_false(f.channel->renewed(f.channel));
    assert_int_equal(unlink(f.token_file), 0);
    assert_false(f.channel->renewed(f.channel)); /* none is not another one */
    assert_int_equal(send_notice().outcome, SEND_STOP_CHANNEL);
    assert_false(f.channel->renewed(f.channel));
    token_write("NEW");
    assert_true(f.channel->renewed(f.channel));
    script((struct step){ANSWER, accepted("wamid.1")});
    assert_int_equal(send_notice().outcome, SEND_OK);
    assert_false(f.channel->renewed(f.channel));
    const struct timespec later[2] = {{.tv_sec = 2000000000}, {.tv_sec = 2000000000}};
    assert_int_equal(utimensat(AT_FDCWD, f.token_file, later, 0), 0);
    assert_true(f.channel->renewed(f.channel));
}

static void a_message_that_cannot_be_one_is_not_sent(void **state)
{
    (void)state;
    struct outbox_message m = notice;
    m.to = "08120000";
    struct outbox_result r = send_to(f.channel, &m);
    assert_int_equal(r.outcome, SEND_FAILED);
    assert_string_equal(r.code, "recipient");
    assert_int_equal(connections_seen(f.server), 0);
}

/* --- what comes back -------------------------------------------------------------------------- */

static void errors_are_judged_by_their_code(void **state)
{
    (void)state;
    script((struct step){
        ANSWER, http("401 Unauthorized", "", "{\"error\":{\"message\":\"x\",\"code\":190}}")});
    script((struct step){ANSWER, http("400 Bad Request", "", "{\"error\":{\"code\":131056}}")});
    script((struct step){ANSWER, http("404 Not Found", "", "{\"error\":{\"code\":132001}}")});
    script((struct step){ANSWER, http("400 Bad Request", "",
                                      "{\"error\":{\"code\":987654,\"is_transient\":true}}")});
    script((struct step){ANSWER, http("400 Bad Request", "", "{\"error\":{\"code\":987654}}")});
    script((struct step){ANSWER, http("400 Bad Request",
                                      "X-Business-Use-Case-Usage: {\"12\":[{\"type\":\"messaging\","
                                      "\"estimated_time_to_regain_access\":3}]}\r\n",
                                      "{\"error\":{\"code\":80007}}")});
    struct outbox_result r = send_notice();
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "190");
    assert_non_null(strstr(r.reason, "kedaluwarsa"));
    r = send_notice();
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_true(r.per_recipient);
    r = send_notice();
    assert_int_equal(r.outcome, SEND_FAILED);
    assert_string_equal(r.code, "132001");
    assert_int_equal(send_notice().outcome, SEND_RETRY);
    r = send_notice();
    assert_int_equal(r.outcome, SEND_FAILED);
    assert_string_equal(r.code, "987654");
    r = send_notice();
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_int_equal(r.retry_after_ms, 3 * 60 * 1000);
}

static void answers_without_meaning_are_judged_by_their_status(void **state)
{
    (void)state;
    script((struct step){ANSWER, http("500 Oops", "", "<html>")});
    script((struct step){ANSWER, http("429 Slow", "Retry-After: 7\r\n", "")});
    script((struct step){ANSWER, http("302 Found", "Location: http://127.0.0.1:1/\r\n", "")});
    script((struct step){ANSWER, http("200 OK", "", "{\"messages\":[")});
    script((struct step){ANSWER, http("200 OK", "", "{\"messages\":[]}")});
    assert_int_equal(send_notice().outcome, SEND_RETRY);
    struct outbox_result r = send_notice();
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_int_equal(r.retry_after_ms, 7000);
    r = send_notice();
    assert_int_equal(r.outcome, SEND_FAILED); /* never followed */
    assert_string_equal(r.code, "http_302");
    assert_int_equal(send_notice().outcome, SEND_UNKNOWN);
    assert_int_equal(send_notice().outcome, SEND_UNKNOWN);
}

static void an_endless_answer_is_cut(void **state)
{
    (void)state;
    char *long_body = arena_alloc(f.arena, 70001);
    memset(long_body, ' ', 70000);
    script((struct step){ANSWER_AND_CLOSE, http("200 OK", "", long_body)});
    script((struct step){ANSWER_AND_CLOSE, http("503 Busy", "", long_body)});
    assert_int_equal(send_notice().outcome, SEND_UNKNOWN);
    assert_int_equal(send_notice().outcome, SEND_RETRY);
}

/* --- nothing comes back ----------------------------------------------------------------------- */

static void silence_after_the_request_is_unknown(void **state)
{
    (void)state;
    script((struct step){HANG, NULL});
    script((struct step){RESET, NULL});
    int64_t start = time_monotonic_ms();
    struct outbox_result r = send_notice();
    assert_int_equal(r.outcome, SEND_UNKNOWN);
    assert_string_equal(r.code, "timeout");
    assert_in_range(time_monotonic_ms() - start, 350, 1500);
    r = send_notice();
    assert_int_equal(r.outcome, SEND_UNKNOWN);
    assert_string_equal(r.code, "no_answer");
}

static void a_dying_connection_never_repeats_a_message_by_itself(void **state)
{
    (void)state;
    script((struct step){ANSWER, accepted("wamid.1")});
    script((struct step){RESET, NULL}); /* the second one, on the connection that was kept */
    script((struct step){ANSWER, accepted("wamid.never")});
    assert_int_equal(send_notice().outcome, SEND_OK);
    assert_int_equal(send_notice().outcome, SEND_UNKNOWN);
    assert_int_equal(requests_seen(f.server), 2);
}

static void a_closed_connection_is_replaced(void **state)
{
    (void)state;
    script((struct step){ANSWER_AND_CLOSE, accepted("wamid.1")});
    script((struct step){ANSWER, accepted("wamid.2")});
    assert_int_equal(send_notice().outcome, SEND_OK);
    (void)poll(NULL, 0, 50);
    assert_int_equal(send_notice().outcome, SEND_OK);
    assert_int_equal(requests_seen(f.server), 2);
}

static void nobody_there_is_a_plain_retry(void **state)
{
    (void)state;
    int unused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* a port where nobody listens */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(address);
    assert_int_equal(bind(unused, (const struct sockaddr *)&address, n), 0);
    assert_int_equal(getsockname(unused, (struct sockaddr *)&address, &n), 0);
    struct channel_whatsapp_options o = options_of(ntohs(address.sin_port));
    struct channel *channel = channel_of(&o);
    struct outbox_result r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_string_equal(r.code, "connect");
    channel->free(channel);
    (void)close(unused);
}

static void *cancel_soon(void *flag)
{
    (void)poll(NULL, 0, 100);
    atomic_store((atomic_bool *)flag, true);
    return NULL;
}

static void a_stop_cuts_an_attempt_short(void **state)
{
    (void)state;
    atomic_bool cancel = false;
    struct channel_whatsapp_options o = options_of(f.server->port);
    o.total_timeout_ms = 20000;
    struct channel *channel = channel_of(&o);
    channel->cancel = &cancel;
    script((struct step){HANG, NULL});
    pthread_t thread;
    int64_t start = time_monotonic_ms();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    assert_int_equal(send_to(channel, &notice).outcome, SEND_UNKNOWN);
    assert_true(time_monotonic_ms() - start < 3000);
    (void)pthread_join(thread, NULL);
    channel->free(channel);
}

/* --- options ---------------------------------------------------------------------------------- */

static void assert_refused(struct channel_whatsapp_options o)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    assert_int_equal(channel_whatsapp_new(f.arena, &o, &channel, &message), ERR_INVALID);
    assert_non_null(message);
    assert_null(channel);
}

static void options_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const char *const bases[] = {NULL,
                                        "",
                                        "graph.facebook.com",
                                        "ftp://127.0.0.1",
                                        "file:///etc/passwd",
                                        "http://graph.facebook.com",
                                        "http://127.0.0.1.example.com",
                                        "http://127.0.0.1@example.com",
                                        "http://192.168.1.1",
                                        "http://[::2]",
                                        "https://user:pass@graph.facebook.com",
                                        "https://graph.facebook.com?x=1",
                                        "https://graph.facebook.com/#x"};
    struct channel_whatsapp_options o = options_of(1);
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        o.graph_base = bases[i];
        assert_refused(o);
    }
    o = options_of(1);
    o.graph_version = "23.0/../x";
    assert_refused(o);
    o = options_of(1);
    o.phone_number_id = "1/2";
    assert_refused(o);
    o = options_of(1);
    o.token_file = "";
    assert_refused(o);
    static const char *const fine[] = {"https://graph.facebook.com", "https://graph.facebook.com/",
                                       "http://localhost:4010", "http://127.0.0.1",
                                       "http://[::1]:4010"};
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        o = options_of(1);
        o.graph_base = fine[i];
        struct channel *channel = channel_of(&o);
        channel->free(channel);
    }
}

static void demo_numbers_are_sent_to_loopback_only(void **state)
{
    (void)state;
    struct channel_whatsapp_options o = options_of(f.server->port);
    o.loopback_only = true;
    script((struct step){ANSWER, accepted("wamid.1")});
    struct channel *near = channel_of(&o);
    assert_int_equal(send_to(near, &notice).outcome, SEND_OK);
    near->free(near);
    o.graph_base = "https://graph.facebook.com";
    struct channel *far = channel_of(&o);
    struct outbox_result r = send_to(far, &notice);
    assert_int_equal(r.outcome, SEND_FAILED);
    assert_string_equal(r.code, "demo");
    far->free(far);
}

/* --- the stand-in: Meta's contract ------------------------------------------------------------ */

static void the_stand_in_accepts_our_form_and_knows_its_token(void **state)
{
    (void)state;
    struct stand_in stand_in;
    if (!stand_in_start(&stand_in, &(struct stand_in_options){.secret_file = f.token_file,
                                                              .token = "T0KEN-rahasia"}))
        skip();
    struct channel_whatsapp_options o = options_of(stand_in.port);
    o.total_timeout_ms = 5000;
    struct channel *channel = channel_of(&o);
    static const char *const hostile[] = {"\"Budi\"\n\t<b>    {{1}}", ""};
    struct outbox_message m = notice;
    m.params = hostile;
    struct outbox_result r = send_to(channel, &m);
    assert_int_equal(r.outcome, SEND_OK);
    assert_true(str_starts(r.provider_id, "wamid."));
    /* Free text outside the 24-hour window. */
    r = send_to(channel, &(struct outbox_message){.to = "+6281200001111", .text = "Halo"});
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_string_equal(r.code, "131047");
    assert_int_equal(r.retry_after_ms, 1); /* in another form, at once */
    token_write("lama");
    r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "190");
    channel->free(channel);
    stand_in_stop(&stand_in);
}

int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_is_accepted_on_a_kept_connection, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_token_that_could_split_a_header_is_not_used, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_token_renews_the_channel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_that_cannot_be_one_is_not_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_are_judged_by_their_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_without_meaning_are_judged_by_their_status, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_endless_answer_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_after_the_request_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dying_connection_never_repeats_a_message_by_itself,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_connection_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_there_is_a_plain_retry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_cuts_an_attempt_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(options_that_cannot_work_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(demo_numbers_are_sent_to_loopback_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_stand_in_accepts_our_form_and_knows_its_token, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("whatsapp_channel", tests, NULL, NULL);
}
