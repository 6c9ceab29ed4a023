/* Telegram bot: sends a message with buttons, ends the waiting sign after a tap, changes the message
 * once it is answered, and fetches what people answered where no webhook can reach the office.
 *
 * The token stands in the address of every call, so an address is never logged, shown or kept: it is
 * made for one call, in memory that is wiped. */
#include "lib/outbox/channel.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/outbox/http_send.h"
#include "lib/outbox/telegram_update.h"

#include "lib/base/banned.h"

enum {
    TEXT_MAX_CHARACTERS = 4096,
    NOTE_MAX_CHARACTERS = 200,
    TITLE_MAX_CHARACTERS = 64,
    CALLBACK_DATA_MAX_BYTES = 64,
    BUTTONS_MAX = 10,
    BODY_MAX_BYTES = 64 * 1024,
    POLL_MAX_S = 50,
    UPDATES_MAX = 20, /* a call's answer stays far below the ceiling of an answer */
};

struct telegram_bot {
    struct http_sender *sender;
    const char *base, *token_file;
    bool refused; /* demo data, and the base is not loopback */
    long connect_ms, total_ms;
    const atomic_bool *cancel;
};

struct telegram {
    struct channel channel;
    struct telegram_bot *bot;
    uint64_t token_mark; /* of the token that was sent last */
};

static const struct http_words words = {
    .silent = T("Telegram tidak menjawab. Menunggu kepastian sebelum dikirim ulang."),
    .unreachable = T(
        "Telegram tidak dapat dihubungi. Periksa sambungan internet; pesan dikirim ulang."),
    .untrusted = T("Sertifikat server Telegram tidak dapat dipercaya. Beri tahu admin; pesan tetap "
                   "antre."),
    .forbidden = T("Alamat server Telegram tidak diizinkan. Beri tahu admin; pesan tetap antre."),
};

static const char *const said_token = T(
    "Telegram menolak token bot. Minta admin memperbaruinya; pesan tetap antre.");

/* --- one call --------------------------------------------------------------------------------- */

/* Calls a method. False when the token cannot be read; else *ret is how far it came and *ret_answer
 * the JSON of the answer, NULL when there is none. */
static bool call(struct telegram_bot *bot, struct cx *cx, const char *method, json_t *arguments,
                 struct http_answer *ret, json_t **ret_answer)
{
    static const char *const headers[] = {"Content-Type: application/json",
                                          "Accept: application/json", NULL};
    char token[SECRET_MAX_BYTES];
    struct http_url url;
    *ret_answer = NULL;
    struct buf body = buf_new(cx->arena, 1024, BODY_MAX_BYTES);
    json_write(&body, json_keep(cx->arena, arguments));
    if (body.full || !secret_read(bot->token_file, token, sizeof(token)))
        return false;
    bool fine = strspn(token,
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-") ==
                strlen(token);
    fine = fine &&
           http_url_read(cx->arena,
                         arena_printf(cx->arena, "%s/bot%s/%s", bot->base, token, method), &url);
    sodium_memzero(token, sizeof(token));
    if (!fine)
        return false;
    struct http_request request = {.url = &url,
                                   .reach = HTTP_ANYWHERE,
                                   .headers = headers,
                                   .body = {(const uint8_t *)body.p, body.n},
                                   .connect_timeout_ms = bot->connect_ms,
                                   .total_timeout_ms = bot->total_ms,
                                   .cancel = bot->cancel};
    http_send(bot->sender, cx, &request, ret);
    if (ret->fate == HTTP_ANSWERED && !ret->body.full)
        *ret_answer = json_keep(cx->arena, json_loadb(ret->body.p, ret->body.n, 0, NULL));
    return true;
}

static int64_t wait_of(const struct http_answer *answer, const json_t *json)
{
    int64_t seconds = json_integer_value(
        json_object_get(json_object_get(json, "parameters"), "retry_after"));
    if (seconds <= 0)
        return answer->retry_after_ms;
    return (seconds < 3600 ? seconds : 3600) * 1000;
}

/* --- sending ---------------------------------------------------------------------------------- */

static struct outbox_result result_of(int outcome, const char *code, const char *reason)
{
    struct outbox_result r = {.outcome = SEND_FAILED, .code = code, .reason = reason};
    r.recipient_fault = str_eq(code, "recipient") || str_eq(code, "blocked");
    if (outcome == SEND_RETRY)
        r.outcome = SEND_RETRY;
    else if (outcome == SEND_UNKNOWN)
        r.outcome = SEND_UNKNOWN;
    else if (outcome == SEND_STOP_CHANNEL)
        r.outcome = SEND_STOP_CHANNEL;
    return r;
}

static struct outbox_result refusal(struct cx *cx, const struct http_answer *answer,
                                    const json_t *json)
{
    long status = answer->status;
    const char *said = str_or(json_string_value(json_object_get(json, "description")), "");
    const char *code = arena_printf(cx->arena, "http_%ld", status);
    if (status == 401 || (status == 404 && strcasestr(said, "not found")))
        return result_of(SEND_STOP_CHANNEL, code, said_token);
    if (status == 429) {
        struct outbox_result r = result_of(
            SEND_RETRY, code, T("Telegram meminta jeda. Pesan dikirim ulang secara otomatis."));
        r.retry_after_ms = wait_of(answer, json);
        return r;
    }
    if (status >= 500 || status == 408)
        return result_of(SEND_RETRY, code,
                         T("Telegram sedang terganggu. Pesan dikirim ulang secara otomatis."));
    if (status == 403)
        return result_of(SEND_FAILED, "blocked",
                         T("Penerima belum memulai atau memblokir bot Telegram. Minta penerima "
                           "membuka bot dan menekan Mulai."));
    if (strcasestr(said, "chat not found") || strcasestr(said, "user not found"))
        return result_of(SEND_FAILED, "recipient",
                         T("Telegram tidak mengenal penerima. Minta penerima menghubungkan "
                           "Telegram lagi."));
    return result_of(SEND_FAILED, code,
                     T("Telegram menolak pesan. Hubungi penerima langsung dan beri tahu admin."));
}

/* A person's chat id: digits, not a group's negative one. */
static bool chat_read(const char *to, int64_t *ret)
{
    return to && str_to_i64(to, 1, ((int64_t)1 << 52) - 1, ret);
}

static json_t *keyboard(struct cx *cx, const struct outbox_message *m)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < m->button_count; i++) {
        json_t *button = json_object();
        (void)json_object_set_new(
            button, "text",
            json_string(utf8_cut(cx->arena, m->buttons[i].title, TITLE_MAX_CHARACTERS)));
        (void)json_object_set_new(button, "callback_data", json_string(m->buttons[i].payload));
        json_t *row = json_array();
        (void)json_array_append_new(row, button);
        (void)json_array_append_new(rows, row);
    }
    json_t *markup = json_object();
    (void)json_object_set_new(markup, "inline_keyboard", rows);
    return markup;
}

static bool is_text(const char *s)
{
    return !str_empty(s) && utf8_valid(s, strlen(s));
}

/* NULL when this can be a message; else the code of what is wrong. */
static const char *message_fault(const struct outbox_message *m)
{
    int64_t chat = 0;
    if (!chat_read(m->to, &chat))
        return "recipient";
    if (!is_text(m->text) || (m->link && !is_text(m->link)))
        return "text";
    if (m->button_count > BUTTONS_MAX)
        return "buttons";
    for (size_t i = 0; i < m->button_count; i++)
        if (!is_text(m->buttons[i].title) || !is_text(m->buttons[i].payload) ||
            strlen(m->buttons[i].payload) > CALLBACK_DATA_MAX_BYTES)
            return "buttons";
    return NULL;
}

/* Our "chat:message" of this very chat → the message's number. */
static bool reply_read(const char *name, const char *chat, int64_t *ret)
{
    size_t n = strlen(chat);
    return name && strncmp(name, chat, n) == 0 && name[n] == ':' &&
           str_to_i64(name + n + 1, 1, INT32_MAX, ret);
}

static json_t *message_make(struct cx *cx, const struct outbox_message *m)
{
    int64_t chat = 0, reply = 0;
    (void)chat_read(m->to, &chat);
    json_t *root = json_object();
    (void)json_object_set_new(root, "chat_id", json_integer(chat));
    (void)json_object_set_new(
        root, "text",
        json_string(utf8_cut(cx->arena, channel_text(cx, m, false), TEXT_MAX_CHARACTERS)));
    /* No preview: Telegram's servers would open the one-time link. */
    (void)json_object_set_new(root, "link_preview_options", json_pack("{s:b}", "is_disabled", 1));
    if (m->button_count)
        (void)json_object_set_new(root, "reply_markup", keyboard(cx, m));
    if (reply_read(m->reply_to, m->to, &reply))
        (void)json_object_set_new(root, "reply_parameters",
                                  json_pack("{s:I,s:b}", "message_id", (json_int_t)reply,
                                            "allow_sending_without_reply", 1));
    return root;
}

static void read_sent(struct cx *cx, const struct outbox_message *m,
                      const struct http_answer *answer, json_t *json, struct outbox_result *ret)
{
    const json_t *id = json_object_get(json_object_get(json, "result"), "message_id");
    if (json_is_true(json_object_get(json, "ok")) && json_is_integer(id)) {
        *ret = (struct outbox_result){
            .outcome = SEND_OK,
            .provider_id = arena_printf(cx->arena, "%s:%lld", m->to,
                                        (long long)json_integer_value(id))};
    } else if (answer->status >= 200 && answer->status <= 299) {
        *ret = result_of(SEND_UNKNOWN, "bad_answer",
                         T("Jawaban Telegram tidak dapat dibaca. Menunggu kepastian."));
    } else {
        *ret = refusal(cx, answer, json);
    }
}

static void telegram_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                          struct outbox_result *ret)
{
    struct telegram_bot *bot = ((struct telegram *)(void *)channel)->bot;
    const char *fault = message_fault(m);
    struct http_answer answer;
    json_t *json = NULL;
    bot->cancel = channel->cancel;
    ((struct telegram *)(void *)channel)->token_mark = file_mark(0, bot->token_file);
    if (bot->refused) {
        *ret = result_of(SEND_FAILED, "demo",
                         T("Penerima contoh tidak dikirimi pesan: arahkan Telegram ke alamat "
                           "loopback untuk mencoba."));
        return;
    }
    if (fault) {
        *ret = result_of(SEND_FAILED, fault,
                         T("Pesan Telegram tidak dapat disusun. Periksa penerima, lalu beri tahu "
                           "admin."));
        return;
    }
    if (!call(bot, cx, "sendMessage", message_make(cx, m), &answer, &json)) {
        *ret = result_of(SEND_STOP_CHANNEL, "token_file",
                         T("Berkas token Telegram tidak dapat dibaca. Beri tahu admin; pesan tetap "
                           "antre."));
        return;
    }
    if (!http_no_answer(&answer, &words, ret))
        read_sent(cx, m, &answer, json, ret);
}

/* --- after an answer -------------------------------------------------------------------------- */

/* What a call that changes nothing of ours comes to. */
static enum err outcome_of(struct cx *cx, const struct http_answer *answer, const json_t *json,
                           const char *method)
{
    if (answer->fate == HTTP_ANSWERED && json_is_true(json_object_get(json, "ok")))
        return ERR_OK;
    long status = answer->fate == HTTP_ANSWERED ? answer->status : 0;
    enum err e = ERR_BUSY;
    if (status == 401 || status == 404)
        e = ERR_DENIED;
    else if (status == 409)
        e = ERR_CONFLICT;
    else if (status >= 400 && status < 500 && status != 429)
        e = ERR_BAD;
    return cx_detail(cx, e, "telegram %s: http %ld", method, status);
}

static enum err call_plain(struct telegram_bot *bot, struct cx *cx, const char *method,
                           json_t *arguments)
{
    struct http_answer answer;
    json_t *json = NULL;
    if (bot->refused) {
        json_decref(arguments);
        return cx_detail(cx, ERR_DENIED, "telegram %s: demo", method);
    }
    if (!call(bot, cx, method, arguments, &answer, &json))
        return cx_detail(cx, ERR_DENIED, "telegram %s: token file", method);
    return outcome_of(cx, &answer, json, method);
}

enum err telegram_answer_callback(struct telegram_bot *bot, struct cx *cx, const char *callback_id,
                                  const char *text)
{
    if (!is_text(callback_id) || (text && !utf8_valid(text, strlen(text))))
        return ERR_BAD;
    json_t *root = json_pack("{s:s}", "callback_query_id", callback_id);
    if (!str_empty(text))
        (void)json_object_set_new(root, "text",
                                  json_string(utf8_cut(cx->arena, text, NOTE_MAX_CHARACTERS)));
    return call_plain(bot, cx, "answerCallbackQuery", root);
}

enum err telegram_say(struct telegram_bot *bot, struct cx *cx, const char *chat_id, const char *text)
{
    int64_t chat = 0;
    if (!chat_read(chat_id, &chat) || !is_text(text))
        return ERR_BAD;
    return call_plain(bot, cx, "sendMessage",
                      json_pack("{s:I,s:s,s:{s:b}}", "chat_id", (json_int_t)chat, "text",
                                utf8_cut(cx->arena, text, TEXT_MAX_CHARACTERS),
                                "link_preview_options", "is_disabled", 1));
}

enum err telegram_edit(struct telegram_bot *bot, struct cx *cx, const char *provider_id,
                       const char *text)
{
    size_t n = provider_id ? strcspn(provider_id, ":") : 0;
    const char *to = provider_id ? arena_strndup(cx->arena, provider_id, n) : NULL;
    int64_t chat = 0, message = 0;
    struct http_answer answer;
    json_t *json = NULL;
    if (!chat_read(to, &chat) || !reply_read(provider_id, to, &message) || !is_text(text))
        return ERR_BAD;
    if (bot->refused)
        return cx_detail(cx, ERR_DENIED, "telegram editMessageText: demo");
    json_t *root = json_pack("{s:I,s:I,s:s,s:{s:b}}", "chat_id", (json_int_t)chat, "message_id",
                             (json_int_t)message, "text",
                             utf8_cut(cx->arena, text, TEXT_MAX_CHARACTERS), "link_preview_options",
                             "is_disabled", 1);
    if (!call(bot, cx, "editMessageText", root, &answer, &json))
        return cx_detail(cx, ERR_DENIED, "telegram editMessageText: token file");
    const char *said = json_string_value(json_object_get(json, "description"));
    if (answer.fate == HTTP_ANSWERED && said && strcasestr(said, "message is not modified"))
        return ERR_OK;
    return outcome_of(cx, &answer, json, "editMessageText");
}

/* --- fetching --------------------------------------------------------------------------------- */

enum err telegram_get_updates(struct telegram_bot *bot, struct cx *cx, int64_t *offset, int wait_s,
                              struct inbound_event **ret, size_t *ret_count, int64_t *ret_wait_ms)
{
    int wait = wait_s < 0 ? 0 : wait_s > POLL_MAX_S ? POLL_MAX_S : wait_s;
    struct telegram_bot patient = *bot; /* its own, longer deadline */
    struct http_answer answer;
    json_t *json = NULL;
    *ret_wait_ms = 0;
    patient.total_ms = (bot->total_ms ? bot->total_ms : HTTP_TOTAL_TIMEOUT_MS) + 1000L * wait;
    if (bot->refused)
        return cx_detail(cx, ERR_DENIED, "telegram getUpdates: demo");
    json_t *root = json_pack("{s:I,s:i,s:i,s:[s,s]}", "offset", (json_int_t)*offset, "timeout", wait,
                             "limit", UPDATES_MAX, "allowed_updates", "message", "callback_query");
    if (!call(&patient, cx, "getUpdates", root, &answer, &json))
        return cx_detail(cx, ERR_DENIED, "telegram getUpdates: token file");
    enum err e = outcome_of(cx, &answer, json, "getUpdates");
    if (e != ERR_OK) {
        *ret_wait_ms = answer.fate == HTTP_ANSWERED ? wait_of(&answer, json) : 0;
        return e;
    }
    json_t *list = json_object_get(json, "result");
    struct inbound_event *events = ARENA_ARRAY(cx->arena, json_array_size(list) + 1,
                                               struct inbound_event);
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        int64_t id = -1;
        if (telegram_update_read(cx, json_array_get(list, i), &events[n], &id))
            n++;
        if (id >= *offset) /* also past what is not for us: it would come for ever */
            *offset = id + 1;
    }
    *ret = events;
    *ret_count = n;
    return ERR_OK;
}

/* --- setting up ------------------------------------------------------------------------------- */

static enum err refuse(const char **ret_message, const char *message)
{
    *ret_message = message;
    return ERR_INVALID;
}

enum err telegram_bot_new(struct arena *a, const struct channel_telegram_options *o,
                          struct telegram_bot **ret, const char **ret_message)
{
    const char *base = str_or(o->api_base, "https://api.telegram.org");
    struct http_url url;
    curl_start_once();
    if (!http_url_read(a, base, &url) || url.query)
        return refuse(ret_message, T("Tulis alamat API Telegram sebagai alamat https, misalnya "
                                     "https://api.telegram.org."));
    if (!http_url_allowed(&url, HTTP_ANYWHERE))
        return refuse(ret_message,
                      T("Ganti http pada alamat API Telegram menjadi https: http hanya "
                        "boleh untuk alamat loopback."));
    if (str_empty(o->token_file))
        return refuse(ret_message, T("Isi berkas yang memuat token bot Telegram."));
    struct telegram_bot *bot = ARENA_NEW(a, struct telegram_bot);
    bot->sender = http_sender_new(a);
    if (!bot->sender)
        return ERR_INTERNAL;
    size_t n = strlen(base);
    while (n > 0 && base[n - 1] == '/')
        n--;
    bot->base = arena_strndup(a, base, n);
    bot->token_file = arena_strdup(a, o->token_file);
    bot->refused = o->loopback_only && !url.loopback;
    bot->connect_ms = o->connect_timeout_ms;
    bot->total_ms = o->total_timeout_ms;
    *ret = bot;
    return ERR_OK;
}

void telegram_bot_free(struct telegram_bot *bot)
{
    if (bot)
        http_sender_free(bot->sender);
}

void telegram_bot_set_cancel(struct telegram_bot *bot, const atomic_bool *cancel)
{
    bot->cancel = cancel;
}

static bool telegram_renewed(struct channel *channel)
{
    const struct telegram *t = (const struct telegram *)(void *)channel;
    return file_mark(0, t->bot->token_file) != t->token_mark;
}

static void telegram_free(struct channel *channel)
{
    telegram_bot_free(((struct telegram *)(void *)channel)->bot);
}

enum err channel_telegram_new(struct arena *a, const struct channel_telegram_options *o,
                              struct channel **ret, const char **ret_message)
{
    struct telegram *t = ARENA_NEW(a, struct telegram);
    TRY(telegram_bot_new(a, o, &t->bot, ret_message));
    t->channel = (struct channel){.name = "telegram",
                                  .send = telegram_send,
                                  .free = telegram_free,
                                  .renewed = telegram_renewed,
                                  .recipient_gap_ms = 1000};
    *ret = &t->channel;
    return ERR_OK;
}
