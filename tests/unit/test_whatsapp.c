/* WhatsApp: the form of a message, the error table, the webhook's signature and events. What goes
 * over a socket is in test_whatsapp_channel.c. */
#include "support/test.h"

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/outbox.h"
#include "lib/outbox/whatsapp_error.h"
#include "lib/outbox/whatsapp_message.h"
#include "lib/outbox/whatsapp_webhook.h"
#include "lib/base/banned.h"

static struct cx cx;

static int set_up(void **state)
{
    (void)state;
    cx = (struct cx){.arena = arena_new(16384)};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(cx.arena);
    return 0;
}

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

/* --- messages --------------------------------------------------------------------------------- */

static void a_parameter_is_one_clean_line(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Budi", "Budi"},
        {"  Budi  ", "Budi"},
        {"dua\nbaris\r\n\tlagi", "dua baris lagi"},
        {"a     b", "a b"},
        {"", "-"},
        {" \n\t ", "-"},
        {NULL, "-"},
        {"\xff\xfe", "-"},
        {"Siti \xe2\x80\xae"
         "gnay",
         "Siti gnay"}, /* right-to-left override */
        {"a\xc2\xa0\xc2\xa0\xc2\xa0\xc2\xa0"
         "b",
         "a b"}, /* no-break spaces */
        {"Ágnes \xf0\x9f\x98\x80", "Ágnes \xf0\x9f\x98\x80"},
        {"\"kutip\" <b>{{1}}", "\"kutip\" <b>{{1}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(whatsapp_param_clean(cx.arena, cases[i][0]), cases[i][1]);
    char many[10001];
    memset(many, 'x', sizeof(many) - 1);
    many[sizeof(many) - 1] = '\0';
    assert_int_equal(strlen(whatsapp_param_clean(cx.arena, many)), 256);
}

static const char *const params[] = {"12", "Per\norangan"};
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

static json_t *written(const struct outbox_message *m)
{
    struct buf out;
    const char *fault = NULL;
    assert_int_equal(whatsapp_message_write(&cx, m, &out, &fault), ERR_OK);
    json_t *value = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return json_keep(cx.arena, value);
}

static void assert_json(const json_t *got, const char *wanted)
{
    json_t *value = json_loads(wanted, 0, NULL);
    assert_non_null(value);
    value = json_keep(cx.arena, value);
    if (!json_equal(got, value))
        fail_msg("got %s", json_dumps(got, 0));
}

static void a_notice_has_metas_strict_form(void **state)
{
    (void)state;
    assert_json(
        written(&notice),
        "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\","
        "\"to\":\"6281200001111\",\"biz_opaque_callback_data\":\"0192-a\",\"type\":\"template\","
        "\"template\":{\"name\":\"tamu_baru\",\"language\":{\"policy\":\"deterministic\",\"code\":"
        "\"id\"},"
        "\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"12\"},"
        "{\"type\":\"text\",\"text\":\"Per orangan\"}]},"
        "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"parameters\":[{"
        "\"type\":\"payload\",\"payload\":\"tok-terima\"}]},"
        "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"1\",\"parameters\":[{"
        "\"type\":\"payload\",\"payload\":\"tok-tanya\"}]}]}}");
}

static void a_reply_is_plain_text(void **state)
{
    (void)state;
    struct outbox_message m = {.to = "6281200001111", .text = "Sudah dijawab oleh Kajari."};
    assert_json(written(&m),
                "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\","
                "\"to\":\"6281200001111\",\"type\":\"text\","
                "\"text\":{\"preview_url\":false,\"body\":\"Sudah dijawab oleh Kajari.\"}}");
}

static void a_question_inside_the_window_is_a_list(void **state)
{
    (void)state;
    static const struct outbox_button rows[] = {{"v1.a", "Saya terima", "Kasi Intel"},
                                                {"v1.b", "Tanyakan dahulu kepada Kajari", NULL}};
    struct outbox_message m = {.to = "6281200001111",
                               .text = "Ada tamu.",
                               .opener = "Pilih jawaban Anda di sini",
                               .buttons = rows,
                               .button_count = 2,
                               .opaque_id = "0192-a"};
    assert_json(
        written(&m),
        "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\","
        "\"to\":\"6281200001111\",\"type\":\"interactive\",\"interactive\":{\"type\":\"list\","
        "\"body\":{\"text\":\"Ada tamu.\"},\"action\":{\"button\":\"Pilih jawaban Anda d\","
        "\"sections\":[{\"title\":\"Pilih jawaban Anda d\",\"rows\":["
        "{\"id\":\"v1.a\",\"title\":\"Saya terima\",\"description\":\"Kasi Intel\"},"
        "{\"id\":\"v1.b\",\"title\":\"Tanyakan dahulu kepada K\"}]}]}}}");
}

static void assert_fault(struct outbox_message m, const char *wanted)
{
    struct buf out;
    const char *fault = NULL;
    assert_int_equal(whatsapp_message_write(&cx, &m, &out, &fault), ERR_INVALID);
    assert_string_equal(fault, wanted);
}

static void a_wrong_message_never_leaves(void **state)
{
    (void)state;
    static const char *const bad_numbers[] = {NULL,
                                              "",
                                              "+",
                                              "0812000011",
                                              "+62 812 0000",
                                              "++6281200001111",
                                              "12345",
                                              "+62812000011112222",
                                              "+62812abc0000"};
    struct outbox_message m = notice;
    for (size_t i = 0; i < ARRAY_LEN(bad_numbers); i++) {
        m.to = bad_numbers[i];
        assert_fault(m, "recipient");
    }
    static const char *const bad_names[] = {"", "Tamu Baru", "tamu-baru", "tamu/../baru"};
    m = notice;
    for (size_t i = 0; i < ARRAY_LEN(bad_names); i++) {
        m.template_name = bad_names[i];
        assert_fault(m, "template");
    }
    struct outbox_button eleven[11];
    for (size_t i = 0; i < ARRAY_LEN(eleven); i++)
        eleven[i] = buttons[0];
    m = notice;
    m.buttons = eleven;
    m.button_count = 10;
    (void)written(&m);
    m.button_count = 11;
    assert_fault(m, "buttons");
    char payload[258];
    memset(payload, 'p', sizeof(payload) - 1);
    payload[257] = '\0';
    struct outbox_button one = {payload, "Nanti", NULL};
    m = notice;
    m.buttons = &one;
    m.button_count = 1;
    assert_fault(m, "buttons");
    payload[256] = '\0';
    (void)written(&m);
    one.payload = "";
    assert_fault(m, "buttons");
    assert_fault((struct outbox_message){.to = "+6281200001111", .text = ""}, "text");
    assert_fault(
        (struct outbox_message){
            .to = "+6281200001111", .text = "x", .buttons = &one, .button_count = 1},
        "buttons");
}

/* --- the error table -------------------------------------------------------------------------- */

static void the_table_is_in_order_and_speaks(void **state)
{
    (void)state;
    size_t n = 0;
    const struct whatsapp_error *table = whatsapp_error_table(&n);
    assert_true(n > 50);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            assert_true(table[i].code > table[i - 1].code);
        assert_true(strlen(table[i].sentence) > 20);
        assert_null(strchr(table[i].sentence, '!'));
        assert_int_equal(table[i].sentence[strlen(table[i].sentence) - 1], '.');
        assert_ptr_equal(whatsapp_error_find(table[i].code), &table[i]);
        assert_true(table[i].outcome == SEND_RETRY || table[i].outcome == SEND_FAILED ||
                    table[i].outcome == SEND_STOP_CHANNEL);
        assert_int_equal(table[i].per_recipient, table[i].code == 131056);
    }
}

static void each_class_of_error_has_its_consequence(void **state)
{
    (void)state;
    static const struct {
        int outcome;
        int64_t codes[24];
    } classes[] = {
        {SEND_RETRY, {1, 2, 4, 80007, 130429, 131000, 131016, 131057, 133004, 131056, 131047, -1}},
        {SEND_STOP_CHANNEL,
         {0,      3,      10,     190,    200,    250,    299, 131005, 102,    33,     131045,
          133010, 131037, 131048, 131064, 131049, 130472, 368, 131031, 131042, 130497, -1}},
        {SEND_FAILED,
         {100,    131008, 131009, 132000, 132001, 132005, 132007, 132012, 132015, 132016,
          132068, 132069, 135000, 131026, 131021, 131030, 131062, 137000, 131051, -1}},
    };
    for (size_t i = 0; i < ARRAY_LEN(classes); i++)
        for (size_t j = 0; classes[i].codes[j] >= 0; j++)
            if (whatsapp_error_find(classes[i].codes[j])->outcome != classes[i].outcome)
                fail_msg("code %lld", (long long)classes[i].codes[j]);
    assert_int_equal(whatsapp_error_find(999999)->outcome, SEND_FAILED);
    assert_int_equal(whatsapp_error_find(300)->code, -1);
    assert_ptr_equal(whatsapp_error_sentence("131026"), whatsapp_error_find(131026)->sentence);
    assert_ptr_equal(whatsapp_error_sentence("apa"), whatsapp_error_find(-1)->sentence);
    assert_null(whatsapp_error_sentence(NULL));
}

static void a_status_has_one_place_on_the_ladder(void **state)
{
    (void)state;
    static const char *const up[] = {"accepted", "sent", "failed", "delivered", "read", "played"};
    for (size_t i = 0; i < ARRAY_LEN(up); i++)
        assert_int_equal(whatsapp_status_rank(up[i]), i + 1);
    assert_int_equal(whatsapp_status_rank("warning"), 0);
    assert_int_equal(whatsapp_status_rank(""), 0);
    assert_int_equal(whatsapp_status_rank(NULL), 0);
}

/* --- signature and handshake ------------------------------------------------------------------ */

static void a_signature_is_checked_over_the_raw_bytes(void **state)
{
    (void)state;
    /* RFC 4231, cases 2 and 6 (a key longer than a block). */
    const char *good = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    struct bytes body = bytes_of("what do ya want for nothing?"), key = bytes_of("Jefe");
    assert_true(whatsapp_signature_valid(body, good, key));
    uint8_t long_key[131];
    memset(long_key, 0xaa, sizeof(long_key));
    assert_true(whatsapp_signature_valid(
        bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"),
        "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        (struct bytes){long_key, sizeof(long_key)}));

    assert_false(whatsapp_signature_valid(bytes_of("what do ya want for nothing!"), good, key));
    assert_false(whatsapp_signature_valid(body, good, bytes_of("jefe")));
    assert_false(whatsapp_signature_valid(body, good, (struct bytes){(const uint8_t *)"", 0}));
    assert_false(whatsapp_signature_valid(body, good + 7, key));
    assert_false(whatsapp_signature_valid(body, NULL, key));
    assert_false(whatsapp_signature_valid(body, "", key));
    assert_false(whatsapp_signature_valid(body, "sha256=", key));
    assert_false(
        whatsapp_signature_valid(body, "sha1=5bdcc146bf60754e6a042426089575c75a003f08", key));
    char changed[80];
    for (size_t i = 7; good[i]; i++) {
        memcpy(changed, good, strlen(good) + 1);
        changed[i] = changed[i] == '0' ? '1' : '0';
        assert_false(whatsapp_signature_valid(body, changed, key));
        changed[i] = '\0'; /* cut short */
        assert_false(whatsapp_signature_valid(body, changed, key));
    }
}

static void the_handshake_answers_the_right_token_only(void **state)
{
    (void)state;
    const char *challenge = NULL;
    struct whatsapp_handshake h = {"subscribe", "rahasia", "1158201444"};
    assert_int_equal(whatsapp_handshake_check(&h, "rahasia", &challenge), ERR_OK);
    assert_string_equal(challenge, "1158201444");
    challenge = NULL;
    struct whatsapp_handshake wrong[] = {
        {"unsubscribe", "rahasia", "1"}, {NULL, "rahasia", "1"},
        {"subscribe", "Rahasia", "1"},   {"subscribe", NULL, "1"},
        {"subscribe", "", "1"},          {"subscribe", "rahasia", NULL},
        {"subscribe", "rahasia", ""},    {"subscribe", "rahasia", "<script>"},
        {"subscribe", "rahasia", "a b"},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_equal(whatsapp_handshake_check(&wrong[i], "rahasia", &challenge), ERR_DENIED);
    h.token = "";
    assert_int_equal(whatsapp_handshake_check(&h, "", &challenge), ERR_DENIED);
    assert_int_equal(whatsapp_handshake_check(&h, NULL, &challenge), ERR_DENIED);
    assert_null(challenge);
}

/* --- events ----------------------------------------------------------------------------------- */

#define BODY(value)                                                                                \
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{"            \
    "\"value\":" value ",\"field\":\"messages\"}]}]}"
#define META "\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"77\"}"

static struct whatsapp_event *parsed(const char *body, size_t wanted)
{
    struct whatsapp_event *events = NULL;
    size_t n = 0;
    assert_int_equal(whatsapp_webhook_parse(&cx, bytes_of(body), &events, &n), ERR_OK);
    assert_int_equal(n, wanted);
    return events;
}

static void a_status_event_is_read(void **state)
{
    (void)state;
    const struct whatsapp_event *e = parsed(
        BODY("{" META ",\"statuses\":[{\"id\":\"wamid.A\\/"
             "b==\",\"status\":\"delivered\",\"timestamp\":\"1790000000\","
             "\"recipient_id\":\"62812\",\"biz_opaque_callback_data\":\"0192-a\"},"
             "{\"id\":\"wamid.B\",\"status\":\"failed\",\"timestamp\":1790000001,\"errors\":[{"
             "\"code\":131026,\"title\":\"x\"}]}]}"),
        2);
    assert_int_equal(e->kind, WHATSAPP_STATUS);
    assert_string_equal(e->wamid, "wamid.A/b==");
    assert_string_equal(e->status, "delivered");
    assert_string_equal(e->opaque_id, "0192-a");
    assert_string_equal(e->wa_id, "62812");
    assert_string_equal(e->phone_number_id, "77");
    assert_string_equal(e->dedupe_key, "s:wamid.A/b==:delivered");
    assert_int_equal(e->at_ms, 1790000000000);
    assert_int_equal(e->error_code, 0);
    assert_int_equal(e[1].error_code, 131026);
    assert_int_equal(e[1].at_ms, 1790000001000);
    assert_null(e[1].opaque_id);
}

static void answers_of_every_shape_are_read(void **state)
{
    (void)state;
    const struct whatsapp_event *e = parsed(
        BODY("{" META ",\"contacts\":[{\"profile\":{\"name\":\"K\"},\"wa_id\":\"62812\",\"user_"
             "id\":\"ID.ab1\"}],\"messages\":["
             "{\"from\":\"62812\",\"id\":\"wamid.1\",\"timestamp\":\"1790000000\",\"type\":"
             "\"button\",\"context\":{\"from\":\"6285\",\"id\":\"wamid.N\"},"
             "\"button\":{\"payload\":\"tok\",\"text\":\"Saya terima\"}},"
             "{\"from\":\"62812\",\"id\":\"wamid.2\",\"type\":\"interactive\",\"interactive\":{"
             "\"type\":\"button_reply\",\"button_reply\":{\"id\":\"b1\",\"title\":\"Nanti\"}}},"
             "{\"from\":\"62812\",\"id\":\"wamid.3\",\"type\":\"interactive\",\"interactive\":{"
             "\"type\":\"list_reply\",\"list_reply\":{\"id\":\"l1\",\"title\":\"Tolak\"}}},"
             "{\"from\":\"62812\",\"id\":\"wamid.4\",\"type\":\"text\",\"text\":{\"body\":\"ok pak "
             "\\ud83d\\udc4d\"}},"
             "{\"from\":\"62812\",\"id\":\"wamid.5\",\"type\":\"interactive\",\"errors\":[{"
             "\"code\":131051}]},"
             "{\"from\":\"62812\",\"id\":\"wamid.6\",\"type\":\"reaction\",\"reaction\":{\"message_"
             "id\":\"wamid.N\",\"emoji\":\"\\ud83d\\udc4d\"}},"
             "{\"from\":\"62812\",\"id\":\"wamid.7\",\"type\":\"unsupported\"}]}"),
        7);
    assert_string_equal(e[0].payload, "tok");
    assert_string_equal(e[0].text, "Saya terima");
    assert_string_equal(e[0].context_id, "wamid.N");
    assert_string_equal(e[0].user_id, "ID.ab1");
    assert_string_equal(e[0].dedupe_key, "m:wamid.1");
    assert_string_equal(e[1].payload, "b1");
    assert_string_equal(e[2].payload, "l1");
    assert_string_equal(e[3].text, "ok pak \xf0\x9f\x91\x8d");
    assert_null(e[3].payload);
    assert_int_equal(e[4].error_code, 131051);
    assert_string_equal(e[5].context_id, "wamid.N");
    assert_string_equal(e[6].type, "unsupported");
}

static void a_sender_without_number_or_context_is_no_trouble(void **state)
{
    (void)state;
    const struct whatsapp_event *e = parsed(
        BODY("{" META
             ",\"contacts\":[{\"user_id\":\"ID.xyz\"}],\"messages\":[{\"from_user_id\":\"ID.xyz\","
             "\"id\":\"wamid.1\",\"type\":\"button\",\"button\":{\"payload\":\"t\"}}]}"),
        1);
    assert_null(e->wa_id);
    assert_null(e->context_id);
    assert_null(e->text);
    assert_string_equal(e->user_id, "ID.xyz");
    e = parsed(BODY("{\"messages\":[{\"type\":\"button\",\"button\":{\"payload\":\"t\"}}]}"), 1);
    assert_null(e->wa_id);
    assert_null(e->wamid);
    assert_null(e->dedupe_key);
    assert_null(e->phone_number_id);
    e = parsed(BODY("{\"contacts\":[{\"wa_id\":\"62899\"}],\"messages\":[{\"id\":\"w\",\"type\":"
                    "\"text\"}]}"),
               1);
    assert_string_equal(e->wa_id, "62899");
    /* Two contacts and no number: nobody is guessed. */
    e = parsed(BODY("{\"contacts\":[{\"wa_id\":\"1\"},{\"wa_id\":\"2\"}],\"messages\":[{\"id\":"
                    "\"w\",\"type\":\"text\"}]}"),
               1);
    assert_null(e->wa_id);
}

static void batches_are_read_in_their_order(void **state)
{
    (void)state;
    const struct whatsapp_event *e = parsed(
        "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":{\"phone_number_"
        "id\":\"1\"},\"statuses\":[{\"id\":\"a\",\"status\":\"read\"},{\"id\":\"b\",\"status\":"
        "\"sent\"}]}},"
        "{\"field\":\"account_update\",\"value\":{\"statuses\":[{\"id\":\"no\"}]}}]},"
        "{\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":{\"phone_number_id\":\"2\"},"
        "\"messages\":[{\"id\":\"c\"}],\"errors\":[{\"code\":130429}]}}]}]}",
        4);
    assert_string_equal(e[0].wamid, "a");
    assert_string_equal(e[1].phone_number_id, "1");
    assert_string_equal(e[2].wamid, "c");
    assert_string_equal(e[2].phone_number_id, "2");
    assert_int_equal(e[3].kind, WHATSAPP_ERROR);
    assert_int_equal(e[3].error_code, 130429);
}

static void any_json_is_taken_and_nothing_else(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "{}",
        "[]",
        "null",
        "1",
        "\"x\"",
        "{\"entry\":{}}",
        "{\"entry\":[1,null,[],{\"changes\":7}]}",
        "{\"entry\":[{\"changes\":[null,{\"field\":\"messages\"},{\"field\":\"messages\",\"value\":"
        "[]}]}]}",
        "{\"a\":1,\"a\":2}",
        "99999999999999999999999999",
        BODY("{\"statuses\":[1,null,\"x\"],\"messages\":\"no\",\"errors\":{}}"),
        BODY("{\"contacts\":{},\"messages\":[null]}")};
    for (size_t i = 0; i < ARRAY_LEN(fine); i++)
        (void)parsed(fine[i], 0);
    static const char *const odd[] = {
        BODY("{\"messages\":[{\"id\":1,\"from\":{},\"type\":[],\"context\":\"x\",\"text\":\"y\","
             "\"timestamp\":\"soon\"}]}"),
        BODY("{\"messages\":[{\"id\":\"x\",\"type\":\"text\",\"text\":{\"body\":\"a\\u0000b\"},"
             "\"timestamp\":\"-5\"}]}"),
        BODY("{\"statuses\":[{\"errors\":[{\"code\":\"text\"}],\"timestamp\":1e300}]}")};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        assert_int_equal(parsed(odd[i], 1)->at_ms, 0);
    static const char *const bad[] = {"", "{", "hello", "{\"a\":}", "\xff", "{} {}"};
    struct whatsapp_event *events = NULL;
    size_t n = 7;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(whatsapp_webhook_parse(&cx, bytes_of(bad[i]), &events, &n), ERR_BAD);
    assert_int_equal(n, 7);
}

static void a_large_batch_is_read(void **state)
{
    (void)state;
    struct buf b = buf_new(cx.arena, 65536, (size_t)3 * 1024 * 1024);
    buf_puts(&b, "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"statuses\":[");
    for (int i = 0; i < 19000; i++)
        buf_printf(
            &b,
            "%s{\"id\":\"wamid.%d\",\"status\":\"delivered\",\"biz_opaque_callback_data\":\"%d\"}",
            i ? "," : "", i, i);
    buf_puts(&b, "]}}]}]}");
    assert_false(b.full);
    const struct whatsapp_event *e = parsed(b.p, 19000);
    assert_string_equal(e[18999].opaque_id, "18999");
}

int main(void)
{
    json_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_parameter_is_one_clean_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_notice_has_metas_strict_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reply_is_plain_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_question_inside_the_window_is_a_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_message_never_leaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_is_in_order_and_speaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_class_of_error_has_its_consequence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_status_has_one_place_on_the_ladder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signature_is_checked_over_the_raw_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_handshake_answers_the_right_token_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_status_event_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_of_every_shape_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sender_without_number_or_context_is_no_trouble, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(batches_are_read_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_json_is_taken_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_batch_is_read, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("whatsapp", tests, NULL, NULL);
}
