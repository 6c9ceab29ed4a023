/* The Telegram channel: what goes over the wire, what is made of the answers, what an update says. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "support/fakes.h"
#include "support/recorder.h"
#include "lib/base/banned.h"

static struct {
    struct arena *arena;
    struct cx cx;
    struct recorder *recorder;
    struct channel *channel;
    struct telegram_bot *bot;
    char token_file[64];
} f;

static void token_write(const char *token)
{
    int fd = open(f.token_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, token, strlen(token)), strlen(token));
    (void)close(fd);
}

static struct channel_telegram_options options_of(void)
{
    return (struct channel_telegram_options){
        .api_base = arena_printf(f.arena, "http://127.0.0.1:%d/", f.recorder->port),
        .token_file = f.token_file,
        .total_timeout_ms = 1500};
}

static int set_up(void **state)
{
    (void)state;
    const char *message = NULL;
    memset(&f, 0, sizeof(f));
    f.arena = arena_new(65536);
    f.cx = (struct cx){.arena = f.arena};
    (void)snprintf(f.token_file, sizeof(f.token_file), "/tmp/bukutamu-token-XXXXXX");
    (void)close(mkstemp(f.token_file));
    token_write("12345:AAb-rahasia_x\n");
    f.recorder = ARENA_NEW(f.arena, struct recorder);
    recorder_start(f.recorder);
    struct channel_telegram_options o = options_of();
    assert_int_equal(channel_telegram_new(f.arena, &o, &f.channel, &message), ERR_OK);
    assert_int_equal(telegram_bot_new(f.arena, &o, &f.bot, &message), ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    f.channel->free(f.channel);
    telegram_bot_free(f.bot);
    recorder_stop(f.recorder);
    (void)unlink(f.token_file);
    arena_free(f.arena);
    return 0;
}

static const struct outbox_button buttons[] = {
    {.payload = "v1.0123456789012345678901234567890123456789012345678901234567890",
     .title = "Saya terima"},
    {.payload = "v1.tok-nanti", .title = "Nanti"}};
static const struct outbox_message notice = {.to = "770011",
                                             .buttons = buttons,
                                             .button_count = 2,
                                             .text = "Ada tamu \"nomor\" 12 <b>&\n{{to}}",
                                             .opaque_id = "0192-a"};
static const char accepted[] =
    "{\"ok\":true,\"result\":{\"message_id\":42,\"chat\":{\"id\":770011}}}";

static void answer(const char *status, const char *body)
{
    recorder_script(f.recorder, RECORDER_ANSWER_AND_CLOSE,
                    recorder_http(f.arena, status, "Connection: close\r\n", body));
}

static struct outbox_result send_message(const struct outbox_message *m)
{
    struct outbox_result r = {0};
    f.channel->send(f.channel, &f.cx, m, &r);
    if (r.outcome != SEND_OK) {
        assert_non_null(r.code);
        assert_non_null(r.reason);
        assert_null(strstr(r.reason, "rahasia"));
        assert_null(strstr(r.code, "rahasia"));
        assert_null(strstr(r.reason, "!"));
    }
    return r;
}

static void assert_wire(const char *method, const char *body)
{
    const struct recorder_request *q = recorder_last(f.recorder);
    assert_true(str_starts(
        q->text, arena_printf(f.arena, "POST /bot12345:AAb-rahasia_x/%s HTTP/1.1\r\n", method)));
    json_t *got = json_keep(f.arena, json_loadb(q->body, q->body_bytes, 0, NULL));
    json_t *want = json_keep(f.arena, json_loads(body, 0, NULL));
    assert_non_null(want);
    if (!json_equal(got, want))
        fail_msg("got %s\nnot %s", q->body, body);
}

static void a_message_has_its_buttons(void **state)
{
    (void)state;
    answer("200 OK", accepted);
    struct outbox_result r = send_message(&notice);
    assert_int_equal(r.outcome, SEND_OK);
    assert_string_equal(r.provider_id, "770011:42");
    assert_wire("sendMessage",
                "{\"chat_id\":770011,\"text\":\"Ada tamu \\\"nomor\\\" 12 <b>&\\n{{to}}\","
                "\"link_preview_options\":{\"is_disabled\":true},\"reply_markup\":"
                "{\"inline_keyboard\":[[{\"text\":\"Saya terima\",\"callback_data\":"
                "\"v1.0123456789012345678901234567890123456789012345678901234567890\"}],"
                "[{\"text\":\"Nanti\",\"callback_data\":\"v1.tok-nanti\"}]]}}");
    struct outbox_message m = {.to = "770011",
                               .text = "x",
                               .reply_to = "770011:41",
                               .link = "https://tamu.example/jawab/a"};
    answer("200 OK", accepted);
    assert_int_equal(send_message(&m).outcome, SEND_OK);
    assert_wire("sendMessage",
                "{\"chat_id\":770011,\"text\":\"x\\n\\nJawab lewat halaman ini, sekali pakai:\\n"
                "https://tamu.example/jawab/a\",\"link_preview_options\":{\"is_disabled\":true},"
                "\"reply_parameters\":{\"message_id\":41,\"allow_sending_without_reply\":true}}");
}

static void what_is_no_message_is_not_sent(void **state)
{
    (void)state;
    static const struct outbox_button longer[] = {
        {.payload = "v1.01234567890123456789012345678901234567890123456789012345678901",
         .title = "x"}};
    static const struct outbox_button nameless[] = {{.payload = "p", .title = ""}};
    static const struct {
        struct outbox_message m;
        const char *code;
    } cases[] = {
        {{.to = "-100200", .text = "x"}, "recipient"}, /* a group */
        {{.to = "@name", .text = "x"}, "recipient"},
        {{.to = NULL, .text = "x"}, "recipient"},
        {{.to = "770011", .text = ""}, "text"},
        {{.to = "770011", .text = "\xff"}, "text"},
        {{.to = "770011", .text = "x", .buttons = longer, .button_count = 1}, "buttons"},
        {{.to = "770011", .text = "x", .buttons = nameless, .button_count = 1}, "buttons"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct outbox_result r = send_message(&cases[i].m);
        assert_int_equal(r.outcome, SEND_FAILED);
        assert_string_equal(r.code, cases[i].code);
    }
    assert_int_equal(recorder_connections(f.recorder), 0);
}

static void answers_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *status, *body;
        int outcome;
        const char *code;
        int64_t wait_ms;
    } cases[] = {
        {"429 Too Many Requests",
         "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":14}}", SEND_RETRY,
         "http_429", 14000},
        {"401 Unauthorized", "{\"ok\":false,\"description\":\"Unauthorized\"}", SEND_STOP_CHANNEL,
         "http_401", 0},
        {"404 Not Found", "{\"ok\":false,\"description\":\"Not Found\"}", SEND_STOP_CHANNEL,
         "http_404", 0},
        {"403 Forbidden", "{\"ok\":false,\"description\":\"bot was blocked by the user\"}",
         SEND_FAILED, "blocked", 0},
        {"400 Bad Request", "{\"ok\":false,\"description\":\"Bad Request: chat not found\"}",
         SEND_FAILED, "recipient", 0},
        {"400 Bad Request", "{\"ok\":false,\"description\":\"Bad Request: x\"}", SEND_FAILED,
         "http_400", 0},
        {"502 Bad Gateway", "<html>", SEND_RETRY, "http_502", 0},
        {"200 OK", "{\"ok\":true}", SEND_UNKNOWN, "bad_answer", 0},
        {"200 OK", "", SEND_UNKNOWN, "bad_answer", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        answer(cases[i].status, cases[i].body);
        struct outbox_result r = send_message(&notice);
        if ((int)r.outcome != cases[i].outcome || !str_eq(r.code, cases[i].code) ||
            r.retry_after_ms != cases[i].wait_ms)
            fail_msg("%s: %d %s", cases[i].body, (int)r.outcome, r.code);
        assert_true(r.recipient_fault ==
                    (str_eq(r.code, "blocked") || str_eq(r.code, "recipient")));
    }
    recorder_script(f.recorder, RECORDER_RESET, NULL);
    assert_int_equal(send_message(&notice).outcome, SEND_UNKNOWN);
    size_t before = recorder_requests(f.recorder);
    static const char *const tokens[] = {"", "1:a/../getMe", "1:a b", "1:a?x"};
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        token_write(tokens[i]);
        struct outbox_result r = send_message(&notice);
        assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
        assert_string_equal(r.code, "token_file");
    }
    assert_false(f.channel->renewed(f.channel));
    (void)usleep(20000); /* the file system's clock ticks slower than ours */
    token_write("1:baru");
    assert_true(f.channel->renewed(f.channel));
    assert_int_equal(recorder_requests(f.recorder), before);
}

static void after_an_answer_the_message_changes(void **state)
{
    (void)state;
    answer("200 OK", "{\"ok\":true,\"result\":true}");
    assert_int_equal(telegram_answer_callback(f.bot, &f.cx, "cb-1", "Dicatat"), ERR_OK);
    assert_wire("answerCallbackQuery", "{\"callback_query_id\":\"cb-1\",\"text\":\"Dicatat\"}");
    answer("200 OK", "{\"ok\":true,\"result\":{}}");
    assert_int_equal(telegram_edit(f.bot, &f.cx, "770011:42", "Sudah dijawab."), ERR_OK);
    assert_wire("editMessageText", "{\"chat_id\":770011,\"message_id\":42,\"text\":\"Sudah "
                                   "dijawab.\",\"link_preview_options\":{\"is_disabled\":true}}");
    answer("400 Bad Request",
           "{\"ok\":false,\"description\":\"Bad Request: message is not modified\"}");
    assert_int_equal(telegram_edit(f.bot, &f.cx, "770011:42", "Sudah dijawab."), ERR_OK);
    answer("400 Bad Request", "{\"ok\":false,\"description\":\"query is too old\"}");
    assert_int_equal(telegram_answer_callback(f.bot, &f.cx, "cb-1", NULL), ERR_BAD);
    assert_null(strstr(f.cx.diag.detail, "rahasia"));
    answer("500 Oops", "");
    assert_int_equal(telegram_answer_callback(f.bot, &f.cx, "cb-1", NULL), ERR_BUSY);
    size_t before = recorder_requests(f.recorder);
    static const char *const ids[] = {"",      "770011",    "770011:", ":42",
                                      "-7:42", "770011:4x", "wamid.1"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        assert_int_equal(telegram_edit(f.bot, &f.cx, ids[i], "x"), ERR_BAD);
    assert_int_equal(telegram_edit(f.bot, &f.cx, NULL, "x"), ERR_BAD);
    assert_int_equal(recorder_requests(f.recorder), before);
}

#define PRIVATE "\"chat\":{\"id\":770011,\"type\":\"private\"}"
static const char tap[] =
    "{\"update_id\":9001,\"callback_query\":{\"id\":\"cb-1\",\"from\":{\"id\":770011},\"data\":"
    "\"v1.tok\",\"message\":{\"message_id\":42," PRIVATE "}}}";

static void updates_are_read(void **state)
{
    (void)state;
    struct inbound_event e = {0};
    bool found = false;
    struct bytes body = {(const uint8_t *)tap, strlen(tap)};
    assert_int_equal(telegram_webhook_parse(&f.cx, body, &e, &found), ERR_OK);
    assert_true(found);
    assert_int_equal(e.kind, INBOUND_TAP);
    assert_string_equal(e.dedupe_key, "u:9001");
    assert_string_equal(e.callback_id, "cb-1");
    assert_string_equal(e.from, "770011");
    assert_string_equal(e.payload, "v1.tok");
    assert_string_equal(e.reply_to, "770011:42");
    static const char text[] = "{\"update_id\":9002,\"message\":{\"message_id\":43,\"from\":{"
                               "\"id\":770011,\"is_bot\":false}," PRIVATE ",\"text\":\"ok pak\","
                               "\"reply_to_message\":{\"message_id\":42," PRIVATE "}}}";
    body = (struct bytes){(const uint8_t *)text, strlen(text)};
    assert_int_equal(telegram_webhook_parse(&f.cx, body, &e, &found), ERR_OK);
    assert_true(found);
    assert_int_equal(e.kind, INBOUND_MESSAGE);
    assert_string_equal(e.text, "ok pak");
    assert_string_equal(e.id, "770011:43");
    assert_string_equal(e.reply_to, "770011:42");
    static const char *const nothing[] = {
        "{}",
        "[]",
        "{\"update_id\":\"7\"}",
        "{\"update_id\":7}",
        "{\"update_id\":7,\"message\":3}",
        "{\"update_id\":7,\"callback_query\":{\"id\":\"c\",\"data\":\"v\"}}",
        "{\"update_id\":7,\"callback_query\":{\"id\":\"c\",\"from\":{\"id\":1},\"data\":\"v\","
        "\"message\":{\"message_id\":4,\"chat\":{\"id\":-5,\"type\":\"group\"}}}}",
        "{\"update_id\":7,\"message\":{\"message_id\":4,\"from\":{\"id\":1},\"text\":\"1\","
        "\"chat\":{\"id\":-5,\"type\":\"supergroup\"}}}",
        "{\"update_id\":7,\"message\":{\"message_id\":4,\"from\":{\"id\":1,\"is_bot\":true},"
        "\"text\":\"1\"," PRIVATE "}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++) {
        body = (struct bytes){(const uint8_t *)nothing[i], strlen(nothing[i])};
        found = true;
        assert_int_equal(telegram_webhook_parse(&f.cx, body, &e, &found), ERR_OK);
        assert_false(found);
    }
    body = (struct bytes){(const uint8_t *)"{", 1};
    assert_int_equal(telegram_webhook_parse(&f.cx, body, &e, &found), ERR_BAD);
    assert_true(telegram_webhook_valid("s3cr3t-9", "s3cr3t-9"));
    assert_false(telegram_webhook_valid("s3cr3t-8", "s3cr3t-9"));
    assert_false(telegram_webhook_valid("", ""));
    assert_false(telegram_webhook_valid(NULL, "s3cr3t-9"));
}

static void polling_moves_past_everything_it_saw(void **state)
{
    (void)state;
    int64_t offset = 9000, wait_ms = 0;
    struct inbound_event *events = NULL;
    size_t n = 0;
    answer("200 OK",
           arena_printf(f.arena, "{\"ok\":true,\"result\":[%s,{\"update_id\":9005}]}", tap));
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms), ERR_OK);
    assert_wire("getUpdates", "{\"offset\":9000,\"timeout\":0,\"limit\":20,\"allowed_updates\":"
                              "[\"message\",\"callback_query\"]}");
    assert_int_equal(n, 1);
    assert_string_equal(events[0].dedupe_key, "u:9001");
    assert_int_equal(offset, 9006);
    answer("200 OK", "{\"ok\":true,\"result\":[{\"update_id\":9006,\"poll\":{}}]}");
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(offset, 9007);
    answer("409 Conflict", "{\"ok\":false,\"error_code\":409}");
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms),
                     ERR_CONFLICT);
    answer("429 Too Many", "{\"ok\":false,\"parameters\":{\"retry_after\":3}}");
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms),
                     ERR_BUSY);
    assert_int_equal(wait_ms, 3000);
    answer("401 Unauthorized", "{\"ok\":false}");
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms),
                     ERR_DENIED);
    recorder_script(f.recorder, RECORDER_HANG, NULL);
    assert_int_equal(telegram_get_updates(f.bot, &f.cx, &offset, 0, &events, &n, &wait_ms),
                     ERR_BUSY);
    assert_int_equal(offset, 9007);
    assert_null(strstr(f.cx.diag.detail, "rahasia"));
}

static void options_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const char *const bases[] = {"http://api.telegram.org", "ftp://x",
                                        "https://a:b@t.example", "https://t.example/?x=1"};
    struct channel *channel = NULL;
    const char *message = NULL;
    struct channel_telegram_options o = options_of();
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        o.api_base = bases[i];
        assert_int_equal(channel_telegram_new(f.arena, &o, &channel, &message), ERR_INVALID);
        assert_non_null(message);
    }
    o = options_of();
    o.token_file = NULL;
    assert_int_equal(channel_telegram_new(f.arena, &o, &channel, &message), ERR_INVALID);
    o = options_of();
    o.api_base = NULL;
    o.loopback_only = true;
    assert_int_equal(channel_telegram_new(f.arena, &o, &channel, &message), ERR_OK);
    struct outbox_result r = {0};
    channel->send(channel, &f.cx, &notice, &r);
    assert_string_equal(r.code, "demo");
    channel->free(channel);
}

/* --- the fake Bot API: send, tap, fetch, answer, change --------------------------------------- */

static void a_tap_goes_all_the_way_round(void **state)
{
    (void)state;
    static const char *const arguments[] = {"telegram", "12345:AAb-rahasia_x", NULL};
    struct fake fake;
    if (!fake_start(&fake, arguments))
        skip();
    const char *message = NULL;
    struct channel *channel = NULL;
    struct telegram_bot *bot = NULL;
    struct channel_telegram_options o = {
        .api_base = arena_printf(f.arena, "http://127.0.0.1:%d", fake.port),
        .token_file = f.token_file};
    assert_int_equal(channel_telegram_new(f.arena, &o, &channel, &message), ERR_OK);
    assert_int_equal(telegram_bot_new(f.arena, &o, &bot, &message), ERR_OK);
    struct outbox_result r = {0};
    channel->send(channel, &f.cx, &notice, &r);
    assert_int_equal(r.outcome, SEND_OK);
    (void)fake_ask(
        f.arena, fake.control_port, "/",
        arena_printf(f.arena,
                     "{\"update_id\":5,\"callback_query\":{\"id\":\"cb-9\",\"from\":{\"id\":"
                     "770011},\"data\":\"v1.tok-nanti\",\"message\":{\"message_id\":%s," PRIVATE
                     "}}}",
                     strchr(r.provider_id, ':') + 1));
    int64_t offset = 0, wait_ms = 0;
    struct inbound_event *events = NULL;
    size_t n = 0;
    assert_int_equal(telegram_get_updates(bot, &f.cx, &offset, 1, &events, &n, &wait_ms), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(events[0].payload, "v1.tok-nanti");
    assert_string_equal(events[0].reply_to, r.provider_id);
    assert_int_equal(telegram_answer_callback(bot, &f.cx, events[0].callback_id, "Dicatat"), ERR_OK);
    assert_int_equal(telegram_answer_callback(bot, &f.cx, "cb-9", "Dicatat"), ERR_BAD);
    assert_int_equal(telegram_edit(bot, &f.cx, r.provider_id, "Dijawab: nanti"), ERR_OK);
    assert_int_equal(telegram_edit(bot, &f.cx, r.provider_id, "Dijawab: nanti"), ERR_OK);
    assert_int_equal(telegram_edit(bot, &f.cx, "770011:9", "x"), ERR_BAD);
    assert_int_equal(telegram_get_updates(bot, &f.cx, &offset, 0, &events, &n, &wait_ms), ERR_OK);
    assert_int_equal(n, 0);
    token_write("12345:lain");
    channel->send(channel, &f.cx, &notice, &r);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    channel->free(channel);
    telegram_bot_free(bot);
    fake_stop(&fake);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        CASE(a_message_has_its_buttons),
        CASE(what_is_no_message_is_not_sent),
        CASE(answers_are_judged),
        CASE(after_an_answer_the_message_changes),
        CASE(updates_are_read),
        CASE(polling_moves_past_everything_it_saw),
        CASE(options_that_cannot_work_are_refused),
        CASE(a_tap_goes_all_the_way_round),
    };
    return cmocka_run_group_tests_name("channel_telegram", tests, NULL, NULL);
}
