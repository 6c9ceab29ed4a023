/* The gateway channel: what each configuration under packaging/gateways puts on the wire, what hostile
 * text does to it, what is made of the answers, and what is taken in from a hook. */
#include "support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/outbox/http_send.h"
#include "support/recorder.h"
#include "lib/base/banned.h"

static struct {
    struct arena *arena;
    struct cx cx;
    struct recorder *recorder;
    char dir[64];
} f;

/* A name as nobody is called, in every encoding's own weak spot. */
static const char hostile[] = "Budi \"O'B\\n\" & {{to}} ${secret:fonnte_token}\n=x;%41\r\n--b é";

static void file_write(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", f.dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
}

static const char *const secret_names[] = {
    "fonnte_token", "fonnte_hook",    "waha_key",       "waha_hook",       "waha_hmac",
    "gowa_login",   "gowa_hook",      "gowa_hmac",      "gowa_device",     "wablas_token",
    "wablas_hook",  "watzap_api_key", "watzap_hook",    "qontak_hook",     "watzap_number_key",
    "qontak_token", "evolution_key",  "evolution_hook", "evolution_header"};

static int set_up(void **state)
{
    (void)state;
    memset(&f, 0, sizeof(f));
    f.arena = arena_new(65536);
    f.cx = (struct cx){.arena = f.arena};
    (void)snprintf(f.dir, sizeof(f.dir), "/tmp/bukutamu-gateway-XXXXXX");
    assert_non_null(mkdtemp(f.dir));
    for (size_t i = 0; i < ARRAY_LEN(secret_names); i++)
        file_write(secret_names[i], arena_printf(f.arena, "K3y-%s-Qx81zp\n", secret_names[i]));
    file_write("gowa_login", "kantor:K3y-gowa_login");
    f.recorder = ARENA_NEW(f.arena, struct recorder);
    recorder_start(f.recorder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    recorder_stop(f.recorder);
    for (size_t i = 0; i < ARRAY_LEN(secret_names); i++)
        (void)unlink(arena_printf(f.arena, "%s/%s", f.dir, secret_names[i]));
    (void)unlink(arena_printf(f.arena, "%s/gateway.ini", f.dir));
    assert_int_equal(rmdir(f.dir), 0);
    arena_free(f.arena);
    return 0;
}

static const char *file_text(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = arena_alloc(f.arena, 16384);
    assert_true(fread(text, 1, 16383, file) > 0);
    (void)fclose(file);
    return text;
}

static struct channel_http_options options_of(const char *config)
{
    file_write("gateway.ini", config);
    return (struct channel_http_options){
        .config_file = arena_printf(f.arena, "%s/gateway.ini", f.dir), .secrets_dir = f.dir};
}

static struct gateway *gateway_of(const char *config)
{
    struct channel_http_options o = options_of(config);
    struct gateway *g = NULL;
    const char *message = NULL;
    if (gateway_read(f.arena, &o, &g, &message) != ERR_OK)
        fail_msg("%s", message);
    return g;
}

static void assert_refused(const char *config, const char *why)
{
    struct channel_http_options o = options_of(config);
    struct gateway *g = NULL;
    const char *message = NULL;
    if (gateway_read(f.arena, &o, &g, &message) != ERR_INVALID)
        fail_msg("taken: %s", config);
    assert_null(g);
    if (!strstr(message, why))
        fail_msg("%s\nsays: %s", config, message);
    assert_null(strstr(message, "Qx81zp"));
}

static struct channel *channel_of(const struct gateway *g)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    assert_int_equal(channel_http_new(f.arena, g, &channel, &message), ERR_OK);
    return channel;
}

/* The file of a gateway as we ship it, its address turned to the recorder. */
static const char *shipped(const char *name)
{
    const char *text = file_text(arena_printf(f.arena, "packaging/gateways/%s.ini", name));
    const char *url = strstr(text, "\nurl = ");
    assert_non_null(url);
    const char *path = strstr(url, "://") + 3;
    path += strcspn(path, "/");
    return arena_printf(f.arena, "%.*s\nurl = http://127.0.0.1:%d%s", (int)(url - text), text,
                        f.recorder->port, path);
}

static const char *const params[] = {"12", "Perorangan"};
static const struct outbox_button buttons[] = {{.payload = "v1.tok-terima", .title = "Saya terima"},
                                               {.payload = "v1.tok-nanti", .title = "Nanti"}};
static const struct outbox_message notice = {.to = "+6281200001111",
                                             .template_name = "tamu_baru",
                                             .language = "id",
                                             .params = params,
                                             .param_count = 2,
                                             .buttons = buttons,
                                             .button_count = 2,
                                             .text = "Ada tamu nomor 12.",
                                             .link = "https://tamu.example/jawab/a1",
                                             .opaque_id = "0192-a"};
static const char notice_text[] = "Ada tamu nomor 12.\n\nBalas 1 untuk: Saya terima\n"
                                  "Balas 2 untuk: Nanti\n\nJawab lewat halaman ini, sekali "
                                  "pakai:\nhttps://tamu.example/jawab/a1";

static struct outbox_result send_to(struct channel *channel, const struct outbox_message *m)
{
    struct outbox_result r = {0};
    channel->send(channel, &f.cx, m, &r);
    if (r.outcome == SEND_OK)
        return r;
    assert_non_null(r.code);
    assert_non_null(r.reason);
    assert_null(strstr(r.reason, "!"));
    assert_null(strstr(r.reason, "Qx81zp"));
    assert_null(strstr(r.code, "Qx81zp"));
    return r;
}

static void answer(const char *status, const char *body)
{
    recorder_script(f.recorder, RECORDER_ANSWER_AND_CLOSE,
                    recorder_http(f.arena, status, "Connection: close\r\n", body));
}

/* Sends a message by a shipped file and returns what came over the wire. */
static const struct recorder_request *wire(const char *name, const struct outbox_message *m,
                                           const char *status, const char *body, const char *id)
{
    struct channel *channel = channel_of(gateway_of(shipped(name)));
    answer(status, body);
    struct outbox_result r = send_to(channel, m);
    if (r.outcome != SEND_OK)
        fail_msg("%s: %s", name, r.code);
    assert_true(str_eq(r.provider_id, id));
    channel->free(channel);
    return recorder_last(f.recorder);
}

static json_t *wire_json(const struct recorder_request *q)
{
    json_t *json = json_loadb(q->body, q->body_bytes, 0, NULL);
    assert_non_null(json);
    assert_non_null(strstr(q->text, "\r\nContent-Type: application/json\r\n"));
    return json_keep(f.arena, json);
}

static void assert_json(const struct recorder_request *q, const char *wanted)
{
    json_t *want = json_keep(f.arena, json_loads(wanted, 0, NULL));
    assert_non_null(want);
    if (!json_equal(wire_json(q), want))
        fail_msg("got %s\nnot %s", q->body, wanted);
}

/* JSON text of a C string, quotes and all. */
static const char *quoted(const char *s)
{
    json_t *text = json_keep(f.arena, json_string(s));
    struct buf out = buf_new(f.arena, 256, 65536);
    json_write(&out, text);
    return out.p;
}

/* The fields of a form body, decoded by rules of this test's own. */
static const char *form_value(const struct recorder_request *q, const char *name)
{
    const char *p = q->body;
    size_t n = strlen(name);
    while (p && !(strncmp(p, name, n) == 0 && p[n] == '='))
        p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL;
    if (!p)
        return NULL;
    char *out = arena_alloc(f.arena, q->body_bytes + 1), *to = out;
    for (p += n + 1; *p && *p != '&'; p++) {
        uint8_t byte = 0;
        char hex[3] = "";
        if (*p == '%') {
            memcpy(hex, p + 1, 2);
            assert_true(str_unhex(hex, &byte, 1));
            *to++ = (char)byte;
            p += 2;
        } else {
            *to++ = *p;
        }
    }
    return out;
}

/* --- each shipped file on the wire ------------------------------------------------------------ */

static void fonnte_is_a_form(void **state)
{
    (void)state;
    const struct recorder_request *q = wire("fonnte", &notice, "200 OK",
                                            "{\"status\":true,\"id\":[\"80367170\"]}", "80367170");
    assert_true(str_starts(q->text, "POST /send HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\nAuthorization: K3y-fonnte_token-Qx81zp\r\n"));
    assert_non_null(strstr(q->text, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    assert_string_equal(form_value(q, "target"), "6281200001111");
    assert_string_equal(form_value(q, "message"), notice_text);
    assert_string_equal(form_value(q, "countryCode"), "0");
    assert_null(form_value(q, "inboxid"));
}

static void waha_is_json(void **state)
{
    (void)state;
    struct outbox_message m = notice;
    m.reply_to = "false_62812@c.us_AA";
    const struct recorder_request *q = wire(
        "waha", &m, "201 Created", "{\"id\":\"true_62812@c.us_BB\"}", "true_62812@c.us_BB");
    assert_true(str_starts(q->text, "POST /api/sendText HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\nX-Api-Key: K3y-waha_key-Qx81zp\r\n"));
    assert_json(q, arena_printf(f.arena,
                                "{\"session\":\"default\",\"chatId\":\"6281200001111@c.us\","
                                "\"text\":%s,\"reply_to\":\"false_62812@c.us_AA\"}",
                                quoted(notice_text)));
}

static void gowa_has_a_basic_login(void **state)
{
    (void)state;
    const struct recorder_request *q = wire(
        "gowa", &notice, "200 OK", "{\"code\":\"SUCCESS\",\"results\":{\"message_id\":\"3EB0\"}}",
        "3EB0");
    assert_true(str_starts(q->text, "POST /send/message HTTP/1.1\r\n"));
    /* kantor:K3y-gowa_login */
    assert_non_null(strstr(q->text, "\r\nAuthorization: Basic a2FudG9yOkszeS1nb3dhX2xvZ2lu\r\n"));
    assert_non_null(strstr(q->text, "\r\nX-Device-Id: K3y-gowa_device-Qx81zp\r\n"));
    assert_json(q,
                arena_printf(f.arena, "{\"phone\":\"6281200001111@s.whatsapp.net\",\"message\":%s}",
                             quoted(notice_text)));
}

static void wablas_is_nested(void **state)
{
    (void)state;
    const struct recorder_request *q = wire(
        "wablas", &notice, "200 OK", "{\"status\":true,\"data\":{\"messages\":[{\"id\":\"w-1\"}]}}",
        "w-1");
    assert_true(str_starts(q->text, "POST /api/v2/send-message HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\nAuthorization: K3y-wablas_token-Qx81zp\r\n"));
    assert_json(q, arena_printf(f.arena, "{\"data\":[{\"phone\":\"6281200001111\",\"message\":%s}]}",
                                quoted(notice_text)));
}

static void watzap_has_its_keys_in_the_body(void **state)
{
    (void)state;
    const struct recorder_request *q = wire("watzap", &notice, "200 OK",
                                            "{\"status\":\"200\",\"message\":\"Ok\"}", NULL);
    assert_true(str_starts(q->text, "POST /v1/send_message HTTP/1.1\r\n"));
    assert_json(q, arena_printf(f.arena,
                                "{\"api_key\":\"K3y-watzap_api_key-Qx81zp\",\"number_key\":"
                                "\"K3y-watzap_number_key-Qx81zp\",\"phone_no\":\"6281200001111\","
                                "\"message\":%s,\"wait_until_send\":\"1\"}",
                                quoted(notice_text)));
}

static void qontak_sends_a_template_with_buttons(void **state)
{
    (void)state;
    const struct recorder_request *q = wire("qontak", &notice, "201 Created",
                                            "{\"status\":\"success\",\"data\":{\"id\":\"q-7\"}}",
                                            "q-7");
    assert_true(str_starts(q->text, "POST /api/open/v1/broadcasts/whatsapp/direct HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\nAuthorization: Bearer K3y-qontak_token-Qx81zp\r\n"));
    assert_json(
        q, "{\"to_number\":\"6281200001111\",\"to_name\":\"Pejabat\",\"message_template_id\":"
           "\"00000000-0000-0000-0000-000000000001\",\"channel_integration_id\":\"INTEGRATION-ID\","
           "\"language\":{\"code\":\"id\"},\"parameters\":{\"body\":["
           "{\"key\":\"1\",\"value\":\"param_1\",\"value_text\":\"12\"},"
           "{\"key\":\"2\",\"value\":\"param_2\",\"value_text\":\"Perorangan\"}],\"buttons\":["
           "{\"index\":\"0\",\"type\":\"quick_reply\",\"value\":\"v1.tok-terima\"},"
           "{\"index\":\"1\",\"type\":\"quick_reply\",\"value\":\"v1.tok-nanti\"}]}}");
    /* A template the configuration does not name is not guessed. */
    struct channel *channel = channel_of(gateway_of(shipped("qontak")));
    struct outbox_message m = notice;
    m.template_name = "lain";
    struct outbox_result r = send_to(channel, &m);
    assert_int_equal(r.outcome, SEND_FAILED);
    assert_string_equal(r.code, "template");
    assert_int_equal(recorder_requests(f.recorder), 1);
    channel->free(channel);
}

static void evolution_quotes_only_what_there_is(void **state)
{
    (void)state;
    struct outbox_message m = notice;
    static const char yes[] = "{\"key\":{\"id\":\"BAE5\"},\"status\":\"PENDING\"}";
    const struct recorder_request *q = wire("evolution", &m, "201 Created", yes, "BAE5");
    assert_true(str_starts(q->text, "POST /message/sendText/INSTANCE HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\napikey: K3y-evolution_key-Qx81zp\r\n"));
    assert_json(q, arena_printf(f.arena,
                                "{\"number\":\"6281200001111\",\"text\":%s,\"linkPreview\":false}",
                                quoted(notice_text)));
    m.reply_to = "BAE4";
    q = wire("evolution", &m, "201 Created", yes, "BAE5");
    assert_json(q, arena_printf(f.arena,
                                "{\"number\":\"6281200001111\",\"text\":%s,\"linkPreview\":false,"
                                "\"quoted\":{\"key\":{\"id\":\"BAE4\"}}}",
                                quoted(notice_text)));
}

/* --- hostile text ----------------------------------------------------------------------------- */

static const char *with(const char *lines)
{
    return arena_printf(f.arena, "[gateway]\nurl = http://127.0.0.1:%d/x\n%s", f.recorder->port,
                        lines);
}

static const struct recorder_request *hostile_wire(const char *lines)
{
    struct channel *channel = channel_of(gateway_of(with(lines)));
    struct outbox_message m = {.to = "+6281200001111", .text = hostile, .reply_to = hostile};
    answer("200 OK", "{}");
    assert_int_equal(send_to(channel, &m).outcome, SEND_OK);
    channel->free(channel);
    return recorder_last(f.recorder);
}

static void hostile_text_stays_one_value(void **state)
{
    (void)state;
    const struct recorder_request *q = hostile_wire(
        "body = json\nfield.a = {{text}}\nfield.to = {{to}}\n");
    assert_json(q, arena_printf(f.arena, "{\"a\":%s,\"to\":\"6281200001111\"}", quoted(hostile)));
    q = hostile_wire("body = json\njson_template =\n  {\"x\": [{\"a\": \"<{{text}}>\"}],\n"
                     "   \"b\": {\"c\": \"{{reply_to}}\"}}\n");
    assert_json(q, arena_printf(f.arena, "{\"x\":[{\"a\":%s}],\"b\":{\"c\":%s}}",
                                quoted(arena_printf(f.arena, "<%s>", hostile)), quoted(hostile)));
    q = hostile_wire("body = form\nfield.a = {{text}}\nfield.b = {{to}}\n");
    assert_string_equal(form_value(q, "a"), hostile);
    assert_string_equal(form_value(q, "b"), "6281200001111");
    for (const char *c = q->body; *c; c++) /* nothing but the unreserved, %, = and one & */
        assert_true((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
                    (*c >= 'a' && *c <= 'z') || strchr("-._~%=&", *c));
    assert_ptr_equal(strchr(q->body, '&'), strrchr(q->body, '&'));
    /* The other values of this request never appear through the text. */
    assert_null(memmem(q->text, q->bytes, "Qx81zp", 6));
}

static void a_multipart_value_cannot_end_its_part(void **state)
{
    (void)state;
    const struct recorder_request *q = hostile_wire(
        "body = multipart\nfield.a = {{text}}\nfield.b = {{to}}\n");
    static const char type[] = "\r\nContent-Type: multipart/form-data; boundary=";
    const char *at = strstr(q->text, type);
    assert_non_null(at);
    at += sizeof(type) - 1;
    const char *boundary = arena_strndup(f.arena, at, strcspn(at, "\r"));
    assert_true(strlen(boundary) >= 20);
    const char *wanted = arena_printf(
        f.arena,
        "--%s\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; "
        "charset=utf-8\r\n\r\n%s\r\n--%s\r\nContent-Disposition: form-data; name=\"b\"\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n6281200001111\r\n--%s--\r\n",
        boundary, hostile, boundary, boundary);
    assert_int_equal(q->body_bytes, strlen(wanted));
    assert_memory_equal(q->body, wanted, q->body_bytes);
    assert_null(strstr(hostile, boundary));
    /* Another message, another boundary. */
    q = hostile_wire("body = multipart\nfield.a = {{text}}\n");
    assert_null(strstr(q->text, boundary));
}

static void what_is_no_message_is_not_sent(void **state)
{
    (void)state;
    struct channel *channel = channel_of(gateway_of(with("body = form\nfield.m = {{message}}\n")));
    static const struct {
        struct outbox_message m;
        const char *code;
    } cases[] = {
        {{.to = "081200001111", .text = "x"}, "recipient"},
        {{.to = "+62812@evil", .text = "x"}, "recipient"},
        {{.to = NULL, .text = "x"}, "recipient"},
        {{.to = "+6281200001111", .text = ""}, "text"},
        {{.to = "+6281200001111", .template_name = "tamu_baru"}, "text"},
        {{.to = "+6281200001111", .text = "\xff\xfe"}, "text"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct outbox_result r = send_to(channel, &cases[i].m);
        assert_int_equal(r.outcome, SEND_FAILED);
        assert_string_equal(r.code, cases[i].code);
    }
    assert_int_equal(recorder_connections(f.recorder), 0);
    channel->free(channel);
}

/* --- answers ---------------------------------------------------------------------------------- */

static void answers_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *status, *body;
        int outcome;
        const char *code;
    } cases[] = {
        {"200 OK", "{\"status\":true,\"id\":7}", SEND_OK, NULL},
        {"200 OK", "{\"status\":true}", SEND_OK, NULL},
        {"200 OK", "{\"status\":\"true\"}", SEND_OK, NULL},
        {"200 OK", "{\"status\":false,\"reason\":\"Server BUSY now\"}", SEND_RETRY, "gateway_busy"},
        {"200 OK", "{\"status\":false,\"reason\":\"invalid token\"}", SEND_STOP_CHANNEL,
         "gateway_stopped"},
        {"200 OK", "{\"status\":false,\"reason\":\"target invalid\"}", SEND_FAILED, "recipient"},
        {"200 OK", "{\"status\":false,\"reason\":\"hm K3y-Qx81zp\"}", SEND_FAILED, "refused"},
        {"200 OK", "{\"status\":null}", SEND_FAILED, "refused"},
        {"200 OK", "<html>", SEND_UNKNOWN, "bad_answer"},
        {"200 OK", "", SEND_UNKNOWN, "bad_answer"},
        {"302 Found", "{\"status\":true}", SEND_FAILED, "http_302"},
        {"400 Bad Request", "{\"status\":true}", SEND_FAILED, "http_400"},
        {"401 Unauthorized", "", SEND_STOP_CHANNEL, "http_401"},
        {"429 Too Many Requests", "", SEND_RETRY, "http_429"},
        {"503 Service Unavailable", "<html>", SEND_RETRY, "http_503"},
    };
    struct channel *channel = channel_of(gateway_of(shipped("fonnte")));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        answer(cases[i].status, cases[i].body);
        struct outbox_result r = send_to(channel, &notice);
        if ((int)r.outcome != cases[i].outcome || !str_eq(r.code, cases[i].code))
            fail_msg("%s %s: %d %s", cases[i].status, cases[i].body, (int)r.outcome,
                     str_or(r.code, "-"));
        assert_true(r.recipient_fault == str_eq(cases[i].code, "recipient"));
    }
    recorder_script(
        f.recorder, RECORDER_ANSWER_AND_CLOSE,
        recorder_http(f.arena, "429 Slow", "Retry-After: 7\r\nConnection: close\r\n", "{}"));
    assert_int_equal(send_to(channel, &notice).retry_after_ms, 7000);
    channel->free(channel);
}

static void silence_is_unknown_and_nothing_goes_twice(void **state)
{
    (void)state;
    struct channel *channel = channel_of(
        gateway_of(with("body = form\nfield.m = {{message}}\ntimeout_ms = 800\n")));
    recorder_script(f.recorder, RECORDER_ANSWER, recorder_http(f.arena, "200 OK", "", "{}"));
    recorder_script(f.recorder, RECORDER_RESET, NULL);
    recorder_script(f.recorder, RECORDER_HANG, NULL);
    assert_int_equal(send_to(channel, &notice).outcome, SEND_OK);
    struct outbox_result r = send_to(channel, &notice); /* on the kept connection, which dies */
    assert_int_equal(r.outcome, SEND_UNKNOWN);
    assert_string_equal(r.code, "no_answer");
    r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_UNKNOWN);
    assert_string_equal(r.code, "timeout");
    assert_int_equal(recorder_requests(f.recorder), 3);
    atomic_bool stop = true;
    channel->cancel = &stop;
    assert_int_equal(send_to(channel, &notice).outcome, SEND_RETRY);
    assert_int_equal(recorder_requests(f.recorder), 3);
    channel->free(channel);
    const char *nobody = "[gateway]\nurl = http://127.0.0.1:1/\nbody = form\nfield.m = {{text}}\n";
    channel = channel_of(gateway_of(nobody));
    r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_string_equal(r.code, "connect");
    channel->free(channel);
}

static void an_endless_answer_is_cut(void **state)
{
    (void)state;
    struct channel *channel = channel_of(gateway_of(shipped("fonnte")));
    char *much = arena_alloc(f.arena, 200001);
    memset(much, ' ', 200000);
    answer("200 OK", much);
    assert_string_equal(send_to(channel, &notice).code, "bad_answer");
    channel->free(channel);
}

static void a_new_secret_needs_no_restart(void **state)
{
    (void)state;
    struct channel *channel = channel_of(gateway_of(shipped("fonnte")));
    file_write("fonnte_token", "new-one-8c1\n");
    answer("200 OK", "{\"status\":true}");
    assert_int_equal(send_to(channel, &notice).outcome, SEND_OK);
    assert_non_null(strstr(recorder_last(f.recorder)->text, "\r\nAuthorization: new-one-8c1\r\n"));
    file_write("fonnte_token", "a\r\nX-Evil: 1");
    struct outbox_result r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "secret_file");
    assert_int_equal(recorder_requests(f.recorder), 1);
    assert_false(channel->renewed(channel));
    (void)usleep(20000); /* the file system's clock ticks slower than ours */
    file_write("fonnte_token", "newer-one-8c1\n");
    assert_true(channel->renewed(channel));
    channel->free(channel);
}

/* --- configuration ---------------------------------------------------------------------------- */

static void what_cannot_work_or_is_not_safe_is_refused(void **state)
{
    (void)state;
    static const char form[] = "body = form\nfield.m = {{message}}\n";
    static const struct {
        const char *lines, *why;
    } cases[] = {
        {"", "url"},
        {"url = http://gateway.example/x", "https"},
        {"url = http://192.168.1.9/x", "allow_private"},
        {"url = ftp://127.0.0.1/x", "url"},
        {"url = https://user:pw@gateway.example/x", "url"},
        {"url = https://gateway.example/${secret:fonnte_token}", "url"},
        {"url = https://gateway.example/x\nurl = https://b.example/", "dua kali"},
        {"url = https://gateway.example/x\nmethod = GET", "method"},
        {"url = https://gateway.example/x\nfoo = 1", "tidak dikenal"},
        {"url = https://gateway.example/x\nheader.Host = evil", "header.Host"},
        {"url = https://gateway.example/x\nheader.X-A = {{text}}", "tidak dapat dipakai"},
        {"url = https://gateway.example/x\nheader.X-A = ${secret:../etc/x}", "secret"},
        {"url = https://gateway.example/x\nheader.X-A = ${secret:nosuch}", "nosuch"},
        {"url = https://gateway.example/x\nfield.x = {{nama}}", "nama"},
        {"url = https://gateway.example/x\nok.status = 404", "ok.status"},
        {"url = https://gateway.example/x\nok.pointer = status", "status"},
        {"url = https://gateway.example/x\nrate = 2", "rate"},
        {"url = https://gateway.example/x\ntimeout_ms = 60000", "timeout_ms"},
        {"url = https://gateway.example/x\njson_template = {}", "json_template"},
        {"url = https://gateway.example/x\nto_format = abc", "to_format"},
        {"url = https://gateway.example/x\ninbound.sig = md5", "inbound.sig"},
        {"url = https://gateway.example/x\ninbound.from = /a", "inbound"},
        {"url = https://gateway.example/x\ninbound.from = /a\ninbound.text = /b", "inbound.token"},
        {"url = https://gateway.example/x\ninbound.from = /a\ninbound.text = /b\n"
         "inbound.token = geheim",
         "inbound.token"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_refused(arena_printf(f.arena, "[gateway]\n%s%s\n", form, cases[i].lines),
                       cases[i].why);
    assert_refused("[lain]\nurl = https://gateway.example/\n", "[gateway]");
    assert_refused(arena_printf(f.arena, "[gateway]\nurl = https://g.example/%0200d\n", 1),
                   "terlalu panjang");
    (void)gateway_of("[gateway]\nbody = form\nfield.m = {{text}}\nurl = http://192.168.1.9/x\n"
                     "allow_private = on\n");
}

static void secrets_that_all_the_world_has_are_refused(void **state)
{
    (void)state;
    static const char *const known[] = {"secret", "SECRET\n", "changeme", "password", "admin"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        file_write("gowa_hmac", known[i]);
        assert_refused(shipped("gowa"), "bawaan");
    }
    file_write("gowa_hmac", "");
    assert_refused(shipped("gowa"), "gowa_hmac");
    file_write("gowa_hmac", "k7x");
    assert_refused(shipped("gowa"), "pendek");
    file_write("gowa_hmac", "k7x-93hs-Qx81zp");
    file_write("gowa_login", "admin:admin");
    assert_refused(shipped("gowa"), "bawaan");
    file_write("gowa_login", "admin:");
    assert_refused(shipped("gowa"), "bawaan");
    file_write("gowa_login", "admin:Hh2-k");
    (void)gateway_of(shipped("gowa"));
    file_write("gowa_hook", "shorttoken");
    assert_refused(shipped("gowa"), "pendek");
}

static void every_shipped_file_is_read_as_it_is(void **state)
{
    (void)state;
    static const char *const names[] = {"fonnte", "waha",   "gowa",     "wablas",
                                        "watzap", "qontak", "evolution"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct gateway *g = gateway_of(
            file_text(arena_printf(f.arena, "packaging/gateways/%s.ini", names[i])));
        assert_true(gateway_has_inbound(g));
        struct channel *channel = channel_of(g);
        assert_int_equal(channel->recipient_gap_ms, 6000);
        channel->free(channel);
    }
}

static void demo_numbers_are_sent_to_loopback_only(void **state)
{
    (void)state;
    struct channel_http_options o = options_of(
        "[gateway]\nurl = https://gateway.example/\nbody = form\nfield.m = {{text}}\n");
    o.loopback_only = true;
    struct gateway *g = NULL;
    const char *message = NULL;
    assert_int_equal(gateway_read(f.arena, &o, &g, &message), ERR_OK);
    struct channel *channel = channel_of(g);
    assert_string_equal(send_to(channel, &notice).code, "demo");
    channel->free(channel);
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool reaches(const char *address, const char *url, enum http_reach reach)
{
    struct http_url u;
    assert_true(http_url_read(f.arena, url, &u));
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return http_address_allowed((const struct sockaddr *)(const void *)&four, &u, reach);
    assert_int_equal(inet_pton(AF_INET6, address, &six.sin6_addr), 1);
    return http_address_allowed((const struct sockaddr *)(const void *)&six, &u, reach);
}

static void private_addresses_are_out_of_reach(void **state)
{
    (void)state;
    static const char *const inside[] = {"10.1.2.3",       "172.16.0.1",      "172.31.255.255",
                                         "192.168.1.1",    "169.254.169.254", "100.64.0.1",
                                         "fd00::1",        "fe80::1",         "::ffff:10.0.0.1",
                                         "64:ff9b::a00:1", "2002:a00:1::"};
    static const char *const never[] = {
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "192.0.2.1", "2001:db8::1"};
    static const char *const outside[] = {"8.8.8.8", "172.32.0.1", "11.0.0.1", "2606:4700::1111",
                                          "::ffff:8.8.8.8"};
    for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
        assert_false(reaches(inside[i], "https://g.example/", HTTP_PUBLIC));
        assert_true(reaches(inside[i], "https://g.example/", HTTP_PRIVATE));
        assert_true(reaches(inside[i], "http://g.example/", HTTP_PRIVATE));
        assert_false(reaches(inside[i], "http://127.0.0.1/", HTTP_PRIVATE));
    }
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        assert_false(reaches(never[i], "https://g.example/", HTTP_PUBLIC));
        assert_false(reaches(never[i], "https://g.example/", HTTP_PRIVATE));
    }
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        assert_true(reaches(outside[i], "https://g.example/", HTTP_PUBLIC));
        assert_true(reaches(outside[i], "https://g.example/", HTTP_PRIVATE));
        assert_false(reaches(outside[i], "http://g.example/", HTTP_PRIVATE));
        assert_false(reaches(outside[i], "http://localhost/", HTTP_PUBLIC));
    }
    assert_false(reaches("127.0.0.1", "https://g.example/", HTTP_PUBLIC));
    assert_false(reaches("::1", "https://g.example/", HTTP_PUBLIC));
    assert_true(reaches("127.0.0.1", "http://127.0.0.1/", HTTP_PUBLIC));
    assert_true(reaches("::1", "http://[::1]/", HTTP_PUBLIC));
}

/* Over curl: a name that is not written as loopback but leads there. */
static void a_name_that_leads_inside_is_not_followed(void **state)
{
    (void)state;
    struct channel *channel = channel_of(
        gateway_of(arena_printf(f.arena,
                                "[gateway]\nurl = https://0.0.0.0:%d/\nbody = form\n"
                                "field.m = {{text}}\n",
                                f.recorder->port)));
    struct outbox_result r = send_to(channel, &notice);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "address");
    assert_int_equal(recorder_connections(f.recorder), 0);
    channel->free(channel);
}

/* --- coming in -------------------------------------------------------------------------------- */

struct header {
    const char *name, *value;
};
static const char *header_of(void *user, const char *name)
{
    const struct header *h = user;
    return h && strcasecmp(h->name, name) == 0 ? h->value : NULL;
}

static struct gateway_request request_of(const char *name, const char *body, struct header *h)
{
    return (struct gateway_request){.path_token = arena_printf(f.arena, "K3y-%s_hook-Qx81zp", name),
                                    .content_type = "application/json; charset=utf-8",
                                    .header = header_of,
                                    .user = h,
                                    .body = {(const uint8_t *)body, strlen(body)}};
}

static void a_hook_needs_its_token_and_its_signature(void **state)
{
    (void)state;
    static const char body[] = "{\"event\":\"message\"}";
    uint8_t mac[64];
    struct gateway *fonnte = gateway_of(shipped("fonnte"));
    struct gateway_request r = request_of("fonnte", body, NULL);
    assert_int_equal(gateway_inbound_check(&f.cx, fonnte, &r), ERR_OK);
    static const char *const wrong[] = {NULL, "", "K3y-fonnte_hook-Qx81z",
                                        "K3y-fonnte_hook-Qx81zpp"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        r.path_token = wrong[i];
        assert_int_equal(gateway_inbound_check(&f.cx, fonnte, &r), ERR_AUTH);
    }
    static const char key256[] = "K3y-gowa_hmac-Qx81zp", key512[] = "K3y-waha_hmac-Qx81zp";
    crypto_auth_hmacsha256_state s256;
    crypto_auth_hmacsha256_init(&s256, (const uint8_t *)key256, strlen(key256));
    crypto_auth_hmacsha256_update(&s256, (const uint8_t *)body, strlen(body));
    crypto_auth_hmacsha256_final(&s256, mac);
    struct header h = {"X-Hub-Signature-256",
                       arena_printf(f.arena, "sha256=%s", str_hex(f.arena, mac, 32))};
    struct gateway *gowa = gateway_of(shipped("gowa"));
    r = request_of("gowa", body, &h);
    assert_int_equal(gateway_inbound_check(&f.cx, gowa, &r), ERR_OK);
    r.body.n--;
    assert_int_equal(gateway_inbound_check(&f.cx, gowa, &r), ERR_AUTH);
    r = request_of("gowa", body, NULL);
    assert_int_equal(gateway_inbound_check(&f.cx, gowa, &r), ERR_AUTH);
    h.value += 7; /* without its prefix */
    r = request_of("gowa", body, &h);
    assert_int_equal(gateway_inbound_check(&f.cx, gowa, &r), ERR_AUTH);
    crypto_auth_hmacsha512_state s512;
    crypto_auth_hmacsha512_init(&s512, (const uint8_t *)key512, strlen(key512));
    crypto_auth_hmacsha512_update(&s512, (const uint8_t *)body, strlen(body));
    crypto_auth_hmacsha512_final(&s512, mac);
    h = (struct header){"X-Webhook-Hmac", str_hex(f.arena, mac, 64)};
    struct gateway *waha = gateway_of(shipped("waha"));
    r = request_of("waha", body, &h);
    assert_int_equal(gateway_inbound_check(&f.cx, waha, &r), ERR_OK);
    h.value = str_hex(f.arena, mac, 32);
    assert_int_equal(gateway_inbound_check(&f.cx, waha, &r), ERR_AUTH);
    struct gateway *evolution = gateway_of(shipped("evolution"));
    h = (struct header){"X-Buku-Tamu", "K3y-evolution_header-Qx81zp"};
    r = request_of("evolution", body, &h);
    assert_int_equal(gateway_inbound_check(&f.cx, evolution, &r), ERR_OK);
    h.value = "K3y";
    assert_int_equal(gateway_inbound_check(&f.cx, evolution, &r), ERR_AUTH);
}

/* The only event of a body; NULL when there is none. */
static const struct inbound_event *event_of(const char *name, const char *body, const char *type)
{
    struct gateway *g = gateway_of(shipped(name));
    struct gateway_request r = request_of(name, body, NULL);
    struct inbound_event *events = NULL;
    size_t n = 0;
    if (type)
        r.content_type = type;
    assert_int_equal(gateway_inbound_parse(&f.cx, g, &r, &events, &n), ERR_OK);
    assert_true(n <= 1);
    return n ? events : NULL;
}

static void assert_message(const struct inbound_event *e, const char *id, const char *reply_to)
{
    assert_non_null(e);
    assert_int_equal(e->kind, INBOUND_MESSAGE);
    assert_string_equal(e->from, "+6281200001111");
    assert_string_equal(e->text, "1 & \"ok\"");
    assert_true(str_eq(e->id, id));
    assert_true(str_eq(e->reply_to, reply_to));
    assert_true(id == NULL || strstr(e->dedupe_key, id));
}

#define TEXT "\"1 & \\\"ok\\\"\""
static void what_people_write_is_read(void **state)
{
    (void)state;
    assert_message(event_of("fonnte",
                            "{\"sender\":\"6281200001111\",\"message\":" TEXT
                            ",\"inboxid\":77,\"name\":\"B\"}",
                            NULL),
                   "77", NULL);
    assert_message(event_of("fonnte",
                            "device=62&sender=6281200001111&message=1+%26%20%22ok%22&inboxid=78",
                            "application/x-www-form-urlencoded"),
                   "78", NULL);
    assert_message(event_of("waha",
                            "{\"event\":\"message\",\"payload\":{\"id\":\"w1\",\"from\":"
                            "\"6281200001111@c.us\",\"fromMe\":false,\"body\":" TEXT
                            ",\"replyTo\":{\"id\":\"w0\"}}}",
                            NULL),
                   "w1", "w0");
    assert_message(event_of("gowa",
                            "{\"event\":\"message\",\"payload\":{\"id\":\"g1\",\"from\":"
                            "\"6281200001111:12@s.whatsapp.net\",\"is_from_me\":false,"
                            "\"body\":" TEXT ",\"replied_to_id\":\"g0\"}}",
                            NULL),
                   "g1", "g0");
    assert_message(
        event_of("wablas", "{\"id\":\"b1\",\"phone\":\"6281200001111\",\"message\":" TEXT "}", NULL),
        "b1", NULL);
    assert_message(event_of("watzap",
                            "{\"data\":{\"message_id\":\"z1\",\"phone_no\":"
                            "\"6281200001111\",\"message_body\":" TEXT "}}",
                            NULL),
                   "z1", NULL);
    assert_message(event_of("qontak",
                            "{\"id\":\"q1\",\"room\":{\"account_uniq_id\":"
                            "\"6281200001111\"},\"text\":" TEXT "}",
                            NULL),
                   "q1", NULL);
    assert_message(event_of("evolution",
                            "{\"event\":\"messages.upsert\",\"apikey\":\"K\",\"data\":{\"key\":{"
                            "\"remoteJid\":\"6281200001111@s.whatsapp.net\",\"fromMe\":false,"
                            "\"id\":\"e1\"},\"message\":{\"extendedTextMessage\":{\"text\":" TEXT
                            ",\"contextInfo\":{\"stanzaId\":\"e0\"}}}}}",
                            NULL),
                   "e1", "e0");
}

static void what_is_not_an_answer_is_passed_over(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}",
        "[]",
        "null",
        "7",
        "{\"event\":\"message\"}",
        "{\"event\":[1],\"payload\":\"x\"}",
        "{\"event\":\"message\",\"payload\":{\"from\":\"1203@g.us\",\"body\":\"1\"}}",
        "{\"event\":\"message\",\"payload\":{\"from\":\"62812@c.us\",\"body\":\"1\",\"fromMe\":"
        "true}}",
        "{\"event\":\"session.status\",\"payload\":{\"from\":\"6281200001111@c.us\",\"body\":\"1\"}"
        "}",
        "{\"event\":\"message\",\"payload\":{\"from\":\"6281200001111@c.us\",\"body\":null}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
        assert_null(event_of("waha", bodies[i], NULL));
    /* A sender without a number is known by what he answers. */
    const struct inbound_event *e = event_of(
        "waha", "{\"event\":\"message\",\"payload\":{\"from\":\"8899@lid\",\"body\":\"1\"}}", NULL);
    assert_null(e->from);
    assert_string_equal(e->sender, "8899@lid");
    struct gateway *g = gateway_of(shipped("waha"));
    struct gateway_request r = request_of("waha", "{\"event\":", NULL);
    struct inbound_event *events = NULL;
    size_t n = 0;
    assert_int_equal(gateway_inbound_parse(&f.cx, g, &r, &events, &n), ERR_BAD);
}

static void delivery_is_read(void **state)
{
    (void)state;
    const struct inbound_event *e = event_of(
        "waha", "{\"event\":\"message.ack\",\"payload\":{\"id\":\"w1\",\"ackName\":\"DEVICE\"}}",
        NULL);
    assert_int_equal(e->kind, INBOUND_STATUS);
    assert_string_equal(e->id, "w1");
    assert_string_equal(e->status, "delivered");
    assert_null(event_of(
        "waha", "{\"event\":\"message.ack\",\"payload\":{\"id\":\"w1\",\"ackName\":\"X\"}}", NULL));
    e = event_of("evolution",
                 "{\"event\":\"messages.update\",\"data\":{\"keyId\":\"e1\","
                 "\"status\":\"READ\"}}",
                 NULL);
    assert_string_equal(e->status, "read");
    struct gateway *g = gateway_of(shipped("gowa"));
    struct gateway_request r = request_of(
        "gowa",
        "{\"event\":\"message.ack\",\"payload\":{\"ids\":[\"a\",\"b\",7],"
        "\"receipt_type\":\"read\"}}",
        NULL);
    struct inbound_event *events = NULL;
    size_t n = 0;
    assert_int_equal(gateway_inbound_parse(&f.cx, g, &r, &events, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_string_equal(events[1].id, "b");
    assert_string_equal(events[1].status, "read");
    assert_string_not_equal(events[0].dedupe_key, events[1].dedupe_key);
}

static void keys_in_a_hook_are_not_kept(void **state)
{
    (void)state;
    struct gateway *g = gateway_of(shipped("evolution"));
    struct gateway_request r = request_of("evolution", "{\"apikey\":\"K3y-Qx81zp\",\"a\":[1]}",
                                          NULL);
    struct bytes kept = gateway_inbound_redact(&f.cx, g, &r);
    assert_int_equal(kept.n, strlen("{\"a\":[1]}"));
    assert_memory_equal(kept.p, "{\"a\":[1]}", kept.n);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        CASE(fonnte_is_a_form),
        CASE(waha_is_json),
        CASE(gowa_has_a_basic_login),
        CASE(wablas_is_nested),
        CASE(watzap_has_its_keys_in_the_body),
        CASE(qontak_sends_a_template_with_buttons),
        CASE(evolution_quotes_only_what_there_is),
        CASE(hostile_text_stays_one_value),
        CASE(a_multipart_value_cannot_end_its_part),
        CASE(what_is_no_message_is_not_sent),
        CASE(answers_are_judged),
        CASE(silence_is_unknown_and_nothing_goes_twice),
        CASE(an_endless_answer_is_cut),
        CASE(a_new_secret_needs_no_restart),
        CASE(what_cannot_work_or_is_not_safe_is_refused),
        CASE(secrets_that_all_the_world_has_are_refused),
        CASE(every_shipped_file_is_read_as_it_is),
        CASE(demo_numbers_are_sent_to_loopback_only),
        CASE(private_addresses_are_out_of_reach),
        CASE(a_name_that_leads_inside_is_not_followed),
        CASE(a_hook_needs_its_token_and_its_signature),
        CASE(what_people_write_is_read),
        CASE(what_is_not_an_answer_is_passed_over),
        CASE(delivery_is_read),
        CASE(keys_in_a_hook_are_not_kept),
    };
    return cmocka_run_group_tests_name("channel_http", tests, NULL, NULL);
}
