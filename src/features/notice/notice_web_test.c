/* The test message that proves a person's address: sent, and its code come back. */
#include <stdio.h>
#include <string.h>

#include "features/notice/notice_inbound.h"
#include "features/reach/reach.h"
#include "features/visit/visit.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define TEMPLATE_PARAMS 6

/* Not stored anywhere: the key and the message's id make it. */
const char *notice_test_code(const struct cx *cx, const char *outbox_id)
{
    uint8_t hash[32];
    uint32_t number = 0;
    seal_secret_hash(cx->seal, "channel_test", outbox_id, hash);
    memcpy(&number, hash, sizeof(number));
    return arena_printf(cx->arena, "%06u", number % 1000000u);
}

/* --- making the message ---------------------------------------------------------------------------------- */

/* WhatsApp opens a conversation with an approved template only: the test is a notice of nobody. */
static void use_template(struct cx *cx, const char *code, struct outbox_message *m)
{
    static const char *const titles[] = {"Saya terima", "Tanya Kajari", "Nanti", "Tolak"};
    struct outbox_button *buttons = ARENA_ARRAY(cx->arena, ARRAY_LEN(titles), struct outbox_button);
    const char **params = ARENA_ARRAY(cx->arena, TEMPLATE_PARAMS, const char *);
    for (size_t i = 0; i < ARRAY_LEN(titles); i++)
        buttons[i] = (struct outbox_button){
            .title = titles[i], .payload = arena_printf(cx->arena, "v1.uji.%s.%zu", code, i)};
    params[0] = cx_t(cx, T("PESAN UJI"));
    params[1] = arena_printf(cx->arena, "%s %s", time_hm(cx->arena, cx->now_ms, cx->offset_min),
                             time_zone_letters(cx->offset_min));
    params[2] = cx_t(cx, T("tidak ada tamu"));
    params[3] = cx_printf(cx, T("uji saluran, kode %s; tekan salah satu tombol"), code);
    params[4] = str_or(cx->settings->public_url, "-");
    m->template_name = cx->settings->template_visit;
    m->language = cx->settings->language;
    m->params = params;
    m->param_count = 5;
    m->buttons = buttons;
    m->button_count = ARRAY_LEN(titles);
}

void notice_test_message(struct cx *cx, const char *channel, const char *id,
                         struct outbox_message *m)
{
    const char *code = notice_test_code(cx, id);
    bool one_way = str_eq(channel, "mail") || str_eq(channel, "webpush");
    m->subject = cx_t(cx, T("Pesan uji Buku Tamu"));
    m->text = one_way
                  ? cx_printf(
                        cx, T("Pesan uji Buku Tamu. Sebutkan kode %s kepada administrator kantor."),
                        code)
                  : cx_printf(cx, T("Pesan uji Buku Tamu. Balas pesan ini dengan kode %s."), code);
    if (str_eq(channel, "whatsapp"))
        use_template(cx, code, m);
}

static enum err render_test(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    struct staff_channel *list = NULL;
    size_t count = 0;
    TRY(reach_staff_channels(cx, row->office_id, row->recipient_id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].id, row->subject_id))
            continue;
        *ret = (struct outbox_message){.to = list[i].address, .opaque_id = row->id};
        notice_test_message(cx, row->channel, row->id, ret);
        return ERR_OK;
    }
    return ERR_MISSING; /* taken away meanwhile */
}

enum err notice_render_side(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    if (cx->now_ms - row->queued_at > TEST_LIFE_MS)
        return ERR_MISSING;
    return render_test(cx, row, ret);
}

/* --- sending and proving ------------------------------------------------------------------------------------- */

enum err notice_test_send(struct cx *cx, const char *staff_id, const char *channel_id)
{
    struct staff_channel *list = NULL;
    size_t count = 0;
    TRY(reach_staff_channels(cx, cx->actor.office_id, staff_id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].id, channel_id))
            continue;
        if (!settings_channel_ready(cx->settings, list[i].channel))
            return cx_fail(cx, ERR_CONFLICT, "channel_off",
                           T("Saluran %s belum disiapkan di kantor ini."),
                           cx_t(cx, reach_channel_label(list[i].channel)));
        struct test_new n = {.act = visit_act_of(cx),
                             .outbox_id = cx_new_id(cx),
                             .subject_id = channel_id,
                             .recipient_id = staff_id,
                             .channel = list[i].channel};
        TRY(db_tx(cx, "channel_test", test_queue, &n));
        outbox_wake(cx);
        return ERR_OK;
    }
    return cx_fail(cx, ERR_MISSING, "channel_unknown",
                   T("Saluran itu sudah tidak ada. Muat ulang halaman."));
}

static enum err pass(struct cx *cx, const struct visit_act *act, const struct test_sent *t,
                     const char *how)
{
    struct test_passed p = {
        .act = *act, .channel_id = t->subject_id, .staff_id = t->recipient_id, .how = how};
    return db_tx(cx, "channel_verified", test_passed, &p);
}

enum err notice_test_reply(struct cx *cx, const char *office_id, const char *staff_id,
                           const char *channel, const char *code, bool *ret_known)
{
    struct test_sent *list = NULL;
    size_t count = 0;
    const struct visit_act act = {.office_id = office_id,
                                  .actor_kind = "official",
                                  .actor_id = staff_id,
                                  .now_ms = cx->now_ms};
    *ret_known = false;
    TRY(tests_sent(cx->read, office_id, "", cx->now_ms - TEST_LIFE_MS, &list, &count));
    for (size_t i = 0; i < count; i++) {
        bool his = str_eq(list[i].recipient_id, staff_id) && str_eq(list[i].channel, channel);
        if (!his || !str_eq_secret(notice_test_code(cx, list[i].id), code))
            continue;
        *ret_known = true;
        return pass(cx, &act, &list[i], "reply");
    }
    return ERR_OK;
}

enum err notice_test_code_check(struct cx *cx, const char *channel_id, const char *code)
{
    struct test_sent *list = NULL;
    size_t count = 0;
    const struct visit_act act = visit_act_of(cx);
    TRY(tests_sent(cx->read, cx->actor.office_id, channel_id, cx->now_ms - TEST_LIFE_MS, &list,
                   &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq_secret(notice_test_code(cx, list[i].id), code))
            return pass(cx, &act, &list[i], "code");
    }
    cx_field(cx, "code", "wrong",
             T("Kode itu bukan kode pesan uji saluran ini. Periksa lagi, atau kirim pesan uji yang "
               "baru."));
    return ERR_INVALID;
}
