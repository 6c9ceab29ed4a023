/* Web Push: the example of RFC 8291 to the byte, the server's signed statement, the request, and what
 * is made of the answers. */
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/outbox/webpush_crypto.h"
#include "support/fakes.h"
#include "support/recorder.h"
#include "lib/base/banned.h"

static struct {
    struct arena *arena;
    struct cx cx;
    struct recorder *recorder;
    char dir[64];
    const char *key_file;
} f;

static int set_up(void **state)
{
    (void)state;
    memset(&f, 0, sizeof(f));
    f.arena = arena_new(65536);
    f.cx = (struct cx){.arena = f.arena, .now_ms = 1767225600000};
    (void)snprintf(f.dir, sizeof(f.dir), "/tmp/bukutamu-push-XXXXXX");
    assert_non_null(mkdtemp(f.dir));
    f.key_file = arena_printf(f.arena, "%s/vapid.key", f.dir);
    assert_int_equal(webpush_key_make(f.key_file), ERR_OK);
    f.recorder = ARENA_NEW(f.arena, struct recorder);
    recorder_start(f.recorder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    recorder_stop(f.recorder);
    (void)unlink(f.key_file);
    assert_int_equal(rmdir(f.dir), 0);
    arena_free(f.arena);
    return 0;
}

/* --- RFC 8291, section 5 and appendix A ------------------------------------------------------- */

static const char ua_public[] =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd"
    "8pZGH6SRpkNtoIAiw4";
static const char ua_auth[] = "BTBZMqHH6r4Tts7J_aSIgg";

static void the_example_of_the_rfc_comes_out_exactly(void **state)
{
    (void)state;
    static const char text[] = "When I grow up, I want to be a watermelon";
    static const char wanted[] =
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_"
        "c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_"
        "Qulc"
        "y4a-fN";
    struct webpush_key own;
    struct webpush_recipient to;
    uint8_t salt[WEBPUSH_SALT_BYTES];
    assert_true(str_unbase64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", own.scalar, 32));
    assert_true(webpush_key_complete(&own));
    assert_string_equal(
        str_base64url(f.arena, own.point, sizeof(own.point)),
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6"
        "PBru3jl7A8");
    assert_true(str_unbase64url(ua_public, to.point, sizeof(to.point)));
    assert_true(str_unbase64url(ua_auth, to.auth, sizeof(to.auth)));
    assert_true(str_unbase64url("DGv6ra1nlYgDCS1FRnbzlw", salt, sizeof(salt)));
    struct buf out = buf_new(f.arena, 256, 4096);
    struct bytes plain = {(const uint8_t *)text, strlen(text)};
    assert_true(webpush_encrypt(&own, salt, &to, plain, &out));
    assert_string_equal(str_base64url(f.arena, out.p, out.n), wanted);
    salt[0] ^= 1;
    struct buf other = buf_new(f.arena, 256, 4096);
    assert_true(webpush_encrypt(&own, salt, &to, plain, &other));
    assert_int_equal(other.n, out.n);
    assert_memory_not_equal(other.p + 86, out.p + 86, out.n - 86);
}

static void what_cannot_be_encrypted_is_refused(void **state)
{
    (void)state;
    struct webpush_key own;
    struct webpush_recipient to;
    uint8_t salt[WEBPUSH_SALT_BYTES] = {0};
    uint8_t much[WEBPUSH_PLAIN_MAX_BYTES + 1] = {0};
    assert_true(webpush_key_new(&own));
    assert_true(str_unbase64url(ua_public, to.point, sizeof(to.point)));
    assert_true(str_unbase64url(ua_auth, to.auth, sizeof(to.auth)));
    struct buf out = buf_new(f.arena, 256, 8192);
    assert_true(webpush_encrypt(&own, salt, &to, (struct bytes){much, sizeof(much) - 1}, &out));
    assert_int_equal(out.n, 4096);
    assert_false(webpush_encrypt(&own, salt, &to, (struct bytes){much, sizeof(much)}, &out));
    assert_false(webpush_encrypt(&own, salt, &to, (struct bytes){much, 0}, &out));
    to.point[64] ^= 1; /* not on the curve */
    assert_false(webpush_point_valid(to.point));
    assert_false(webpush_encrypt(&own, salt, &to, (struct bytes){much, 8}, &out));
    to.point[64] ^= 1;
    to.point[0] = 0x02;
    assert_false(webpush_point_valid(to.point));
    memset(own.scalar, 0, sizeof(own.scalar));
    assert_false(webpush_key_complete(&own));
    memset(own.scalar, 0xff, sizeof(own.scalar)); /* beyond the order of the group */
    assert_false(webpush_key_complete(&own));
}

/* RFC 8292 §2.4: the key and token of its example, checked against the signature printed there. */
static void the_token_of_the_rfc_is_accepted(void **state)
{
    (void)state;
    static const char text[] = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9."
                               "eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0"
                               "NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0";
    uint8_t point[WEBPUSH_POINT_BYTES], signature[WEBPUSH_SIGNATURE_BYTES];
    assert_true(
        str_unbase64url("BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5a"
                        "q9ojSwk5Y2EmClBPs",
                        point, sizeof(point)));
    assert_true(
        str_unbase64url("i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjj"
                        "vW2L9OkSSHzvoD1oA",
                        signature, sizeof(signature)));
    struct bytes bytes = {(const uint8_t *)text, strlen(text)};
    assert_true(webpush_verify(point, bytes, signature));
    signature[9] ^= 4;
    assert_false(webpush_verify(point, bytes, signature));
    struct webpush_key key;
    for (int i = 0; i < 200; i++) { /* r or s with leading zeros come up about once in 128 */
        assert_true(webpush_key_new(&key));
        assert_true(webpush_sign(&key, bytes, signature));
        assert_true(webpush_verify(key.point, bytes, signature));
        bytes.n = bytes.n > 100 ? bytes.n - 1 : bytes.n;
    }
    assert_false(webpush_verify(key.point, (struct bytes){bytes.p, 3}, signature));
}

static void the_key_is_a_file_of_its_own(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(stat(f.key_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0400);
    const char *first = webpush_public_key(f.arena, f.key_file);
    assert_int_equal(strlen(first), 87);
    assert_int_equal(webpush_key_make(f.key_file), ERR_CONFLICT);
    assert_string_equal(webpush_public_key(f.arena, f.key_file), first);
    assert_null(webpush_public_key(f.arena, "/nonexistent"));
    assert_int_equal(webpush_key_make("/nonexistent/vapid.key"), ERR_INTERNAL);
}

/* --- the channel ------------------------------------------------------------------------------ */

static struct channel_webpush_options options_of(void)
{
    return (struct channel_webpush_options){.key_file = f.key_file,
                                            .contact = "mailto:admin@kantor.example",
                                            .loopback_endpoint = true,
                                            .total_timeout_ms = 5000};
}

static struct channel *channel_of(const struct channel_webpush_options *o)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    if (channel_webpush_new(f.arena, o, &channel, &message) != ERR_OK)
        fail_msg("%s", message);
    return channel;
}

static const char *subscription_of(const char *endpoint)
{
    return arena_printf(f.arena,
                        "{\"endpoint\":\"%s\",\"expirationTime\":null,\"keys\":{\"p256dh\":\"%s\","
                        "\"auth\":\"%s\"}}",
                        endpoint, ua_public, ua_auth);
}

static const char *here(void)
{
    return subscription_of(arena_printf(f.arena, "http://127.0.0.1:%d/push/abc", f.recorder->port));
}

static struct outbox_result send_push(struct channel *channel, const char *to)
{
    struct outbox_result r = {0};
    struct outbox_message m = {.to = to,
                               .text = "Budi Santoso, NIK 6271",
                               .subject = "Budi Santoso",
                               .link = "https://tamu.example/jawab/RAHASIA"};
    channel->send(channel, &f.cx, &m, &r);
    if (r.outcome != SEND_OK) {
        assert_non_null(r.code);
        assert_non_null(r.reason);
        assert_null(strstr(r.reason, "!"));
    }
    return r;
}

static void answer(const char *status, const char *headers)
{
    recorder_script(f.recorder, RECORDER_ANSWER_AND_CLOSE,
                    recorder_http(f.arena, status,
                                  arena_printf(f.arena, "%sConnection: close\r\n", headers), ""));
}

/* The text behind `before` up to `stop`. */
static const char *between(const char *text, const char *before, const char *stop)
{
    const char *at = strstr(text, before);
    assert_non_null(at);
    at += strlen(before);
    return arena_strndup(f.arena, at, strcspn(at, stop));
}

static void assert_vapid(const char *text, const char *audience)
{
    const char *token = between(text, "\r\nAuthorization: vapid t=", ",");
    const char *key = between(text, ", k=", "\r");
    assert_string_equal(key, webpush_public_key(f.arena, f.key_file));
    const char *last = strrchr(token, '.');
    uint8_t signature[WEBPUSH_SIGNATURE_BYTES], point[WEBPUSH_POINT_BYTES];
    assert_true(str_unbase64url(last + 1, signature, sizeof(signature)));
    assert_true(str_unbase64url(key, point, sizeof(point)));
    struct bytes part = {(const uint8_t *)token, (size_t)(last - token)};
    assert_true(webpush_verify(point, part, signature));
    const char *claims = between(token, ".", ".");
    size_t n = strlen(claims) * 3 / 4;
    uint8_t *json = arena_alloc(f.arena, n + 1);
    assert_true(str_unbase64url(claims, json, n));
    json_t *root = json_keep(f.arena, json_loadb((const char *)json, n, 0, NULL));
    assert_string_equal(json_string_value(json_object_get(root, "aud")), audience);
    assert_string_equal(json_string_value(json_object_get(root, "sub")),
                        "mailto:admin@kantor.example");
    int64_t life = json_integer_value(json_object_get(root, "exp")) - f.cx.now_ms / 1000;
    assert_true(life > 0 && life <= 24 * 60 * 60);
}

static void a_push_says_nothing_of_anybody(void **state)
{
    (void)state;
    struct channel_webpush_options o = options_of();
    struct channel *channel = channel_of(&o);
    answer("201 Created", "");
    answer("201 Created", "");
    assert_int_equal(send_push(channel, here()).outcome, SEND_OK);
    const struct recorder_request *q = recorder_last(f.recorder);
    assert_true(str_starts(q->text, "POST /push/abc HTTP/1.1\r\n"));
    assert_non_null(strstr(q->text, "\r\nContent-Encoding: aes128gcm\r\n"));
    assert_non_null(strstr(q->text, "\r\nTTL: 600\r\n"));
    assert_non_null(strstr(q->text, "\r\nUrgency: high\r\n"));
    assert_non_null(strstr(q->text, "\r\nTopic: tamu-menunggu\r\n"));
    assert_vapid(q->text, arena_printf(f.arena, "http://127.0.0.1:%d", f.recorder->port));
    assert_null(memmem(q->text, q->bytes, "Budi", 4));
    /* The length is that of the fixed words: the message's own do not go in. */
    static const char plain[] = "{\"title\":\"Buku Tamu\",\"body\":\"Ada tamu menunggu\",\"tag\":"
                                "\"tamu-menunggu\",\"url\":\"/jawab\"}";
    assert_int_equal(q->body_bytes, 86 + strlen(plain) + 1 + 16);
    uint8_t first[86];
    memcpy(first, q->body, sizeof(first));
    assert_int_equal(send_push(channel, here()).outcome, SEND_OK);
    q = recorder_last(f.recorder);
    assert_memory_not_equal(first, q->body, 16);           /* another salt */
    assert_memory_not_equal(first + 21, q->body + 21, 65); /* another key */
    channel->free(channel);
}

static void answers_are_judged(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        int outcome;
        const char *code;
        bool recipient;
    } cases[] = {
        {"200 OK", SEND_OK, NULL, false},
        {"202 Accepted", SEND_OK, NULL, false},
        {"404 Not Found", SEND_FAILED, OUTBOX_CODE_GONE, true},
        {"410 Gone", SEND_FAILED, OUTBOX_CODE_GONE, true},
        {"403 Forbidden", SEND_FAILED, "vapid", true},
        {"400 Bad Request", SEND_FAILED, "http_400", false},
        {"413 Too Large", SEND_FAILED, "http_413", false},
        {"307 Temporary Redirect", SEND_FAILED, "http_307", false},
        {"429 Too Many Requests", SEND_RETRY, "http_429", false},
        {"503 Service Unavailable", SEND_RETRY, "http_503", false},
    };
    struct channel_webpush_options o = options_of();
    struct channel *channel = channel_of(&o);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        answer(cases[i].status, "Retry-After: 5\r\nLocation: http://127.0.0.1:1/\r\n");
        struct outbox_result r = send_push(channel, here());
        if ((int)r.outcome != cases[i].outcome || !str_eq(r.code, cases[i].code))
            fail_msg("%s: %d %s", cases[i].status, (int)r.outcome, str_or(r.code, "-"));
        assert_int_equal(r.retry_after_ms, r.outcome == SEND_RETRY ? 5000 : 0);
        assert_true(r.recipient_fault == cases[i].recipient);
    }
    recorder_script(f.recorder, RECORDER_RESET, NULL);
    assert_int_equal(send_push(channel, here()).outcome, SEND_RETRY);
    (void)unlink(f.key_file);
    struct outbox_result r = send_push(channel, here());
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "key_file");
    channel->free(channel);
}

static void a_strangers_address_is_not_trusted(void **state)
{
    (void)state;
    const char *wrong[] = {
        NULL,
        "",
        "{",
        "{}",
        subscription_of("http://push.example/x"),
        subscription_of("https://push.example:8443/x"),
        subscription_of("https://user@push.example/x"),
        subscription_of("file:///etc/passwd"),
        "{\"endpoint\":\"https://push.example/x\"}",
        "{\"endpoint\":\"https://push.example/x\",\"keys\":{\"p256dh\":\"BAAA\",\"auth\":\"AA\"}}",
        "{\"endpoint\":\"https://push.example/x\",\"keys\":{\"p256dh\":7,\"auth\":null}}",
    };
    struct channel_webpush_options o = options_of();
    struct channel *channel = channel_of(&o);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(webpush_subscription_valid(&f.cx, wrong[i], true));
        assert_string_equal(send_push(channel, wrong[i]).code, "recipient");
    }
    assert_true(webpush_subscription_valid(&f.cx, subscription_of("https://push.example/x"), false));
    assert_true(webpush_subscription_valid(&f.cx, here(), true));
    assert_false(webpush_subscription_valid(&f.cx, here(), false));
    /* Private addresses by number; a failure of this subscription alone. */
    static const char *const inside[] = {"https://10.0.0.1/x", "https://169.254.169.254/x",
                                         "https://[fd00::1]/x", "https://0.0.0.0/x"};
    for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
        struct outbox_result r = send_push(channel, subscription_of(inside[i]));
        assert_int_equal(r.outcome, SEND_FAILED);
        assert_string_equal(r.code, "address");
    }
    assert_int_equal(recorder_connections(f.recorder), 0);
    channel->free(channel);
    o.loopback_only = true;
    channel = channel_of(&o);
    assert_string_equal(send_push(channel, subscription_of("https://push.example/x")).code, "demo");
    channel->free(channel);
}

static void options_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const char *const contacts[] = {
        NULL, "", "admin@kantor.example", "mailto:admin", "mailto:a@b\r\nX: y", "mailto:a@b \"x"};
    struct channel *channel = NULL;
    const char *message = NULL;
    struct channel_webpush_options o = options_of();
    for (size_t i = 0; i < ARRAY_LEN(contacts); i++) {
        o.contact = contacts[i];
        assert_int_equal(channel_webpush_new(f.arena, &o, &channel, &message), ERR_INVALID);
        assert_non_null(message);
    }
    o = options_of();
    o.key_file = "/nonexistent";
    assert_int_equal(channel_webpush_new(f.arena, &o, &channel, &message), ERR_INVALID);
    o = options_of();
    o.ttl_s = 1000000;
    assert_int_equal(channel_webpush_new(f.arena, &o, &channel, &message), ERR_INVALID);
}

/* --- npm's push service, which decrypts with code of its own ---------------------------------- */

static void a_push_service_reads_what_we_send(void **state)
{
    (void)state;
    static const char *const arguments[] = {"push", NULL};
    struct fake fake;
    if (!fake_start(&fake, arguments))
        skip();
    const char *subscribe = arena_printf(
        f.arena, "{\"userVisibleOnly\":\"true\",\"applicationServerKey\":\"%s\"}",
        webpush_public_key(f.arena, f.key_file));
    json_t *root = json_keep(
        f.arena, json_loads(fake_ask(f.arena, fake.port, "/subscribe", subscribe), 0, NULL));
    json_t *data = json_object_get(root, "data");
    assert_non_null(data);
    struct buf subscription = buf_new(f.arena, 512, 4096);
    json_write(&subscription, data);
    f.cx.now_ms = time_now_ms(); /* it looks at the token's end */
    struct channel_webpush_options o = options_of();
    o.total_timeout_ms = 5000;
    struct channel *channel = channel_of(&o);
    struct outbox_result r = send_push(channel, subscription.p);
    if (r.outcome != SEND_OK)
        fail_msg("%s", r.code);
    const char *hash = json_string_value(json_object_get(data, "clientHash"));
    const char *got = fake_ask(f.arena, fake.port, "/get-notifications",
                               arena_printf(f.arena, "{\"clientHash\":\"%s\"}", hash));
    json_t *messages = json_object_get(
        json_object_get(json_keep(f.arena, json_loads(got, 0, NULL)), "data"), "messages");
    assert_int_equal(json_array_size(messages), 1);
    assert_string_equal(json_string_value(json_array_get(messages, 0)),
                        "{\"title\":\"Buku Tamu\",\"body\":\"Ada tamu menunggu\",\"tag\":"
                        "\"tamu-menunggu\",\"url\":\"/jawab\"}");
    (void)fake_ask(f.arena, fake.port, arena_printf(f.arena, "/expire-subscription/%s", hash), "{}");
    assert_string_equal(send_push(channel, subscription.p).code, OUTBOX_CODE_GONE);
    channel->free(channel);
    fake_stop(&fake);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        CASE(the_example_of_the_rfc_comes_out_exactly), CASE(what_cannot_be_encrypted_is_refused),
        CASE(the_token_of_the_rfc_is_accepted),         CASE(the_key_is_a_file_of_its_own),
        CASE(a_push_says_nothing_of_anybody),           CASE(answers_are_judged),
        CASE(a_strangers_address_is_not_trusted),       CASE(options_that_cannot_work_are_refused),
        CASE(a_push_service_reads_what_we_send),
    };
    return cmocka_run_group_tests_name("channel_webpush", tests, NULL, NULL);
}
