/* Rules of requests for public information (UU 14/2008): words, deadlines, what may follow what. Pure. */
#include "features/service/service.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct service_word info_ways[] = {
    {"see", T("Melihat, membaca, mendengarkan, atau mencatat")},
    {"paper", T("Salinan di kertas")},
    {"file", T("Salinan elektronik")},
    {NULL, NULL},
};
const struct service_word info_answers[] = {
    {"given", T("Diberikan seluruhnya")},
    {"partly", T("Diberikan sebagian")},
    {"refused", T("Ditolak")},
    {NULL, NULL},
};
/* UU 14/2008 art. 35 (1). */
const struct service_word info_grounds[] = {
    {"a", T("a. Ditolak dengan alasan informasi dikecualikan (Pasal 17)")},
    {"b", T("b. Informasi berkala tidak disediakan")},
    {"c", T("c. Permintaan tidak ditanggapi")},
    {"d", T("d. Ditanggapi tidak sebagaimana yang diminta")},
    {"e", T("e. Permintaan tidak dipenuhi")},
    {"f", T("f. Biaya yang dikenakan tidak wajar")},
    {"g", T("g. Informasi disampaikan melebihi waktu yang diatur")},
    {NULL, NULL},
};

char *info_number_text(struct arena *a, const struct info_request *r)
{
    return arena_printf(a, "PI-%04lld/%lld", (long long)r->number, (long long)r->year);
}

char *info_objection_text(struct arena *a, const struct info_request *r)
{
    if (r->objection_number == 0)
        return arena_strdup(a, "");
    return arena_printf(a, "KB-%04lld/%lld", (long long)r->objection_number,
                        (long long)r->objection_year);
}

bool info_filter_holds(const char *state, const struct info_request *r)
{
    bool objected = !str_empty(r->objected);
    if (str_eq(state, "open"))
        return objected ? str_empty(r->decided) : str_empty(r->answered);
    if (str_eq(state, "answered"))
        return !str_empty(r->answered);
    if (str_eq(state, "refused"))
        return str_eq(r->answer, "refused");
    return str_eq(state, "objected") ? objected : true;
}

static int64_t after(const struct calendar *cal, const char *day, int64_t days)
{
    int64_t from = calendar_day(day);
    return from == CALENDAR_NO_DAY ? from : calendar_add_working(cal, from, days);
}

int64_t info_answer_day(const struct calendar *cal, const struct info_request *r)
{
    return after(cal, r->received,
                 INFO_ANSWER_DAYS + (str_empty(r->extended) ? 0 : INFO_EXTENSION_DAYS));
}

struct service_due info_due_of(const struct calendar *cal, const struct info_request *r)
{
    if (!str_empty(r->decided))
        return (struct service_due){CALENDAR_NO_DAY, ""};
    if (!str_empty(r->objected))
        return (struct service_due){after(cal, r->objected, INFO_DECISION_DAYS),
                                    T("Jawaban atas keberatan")};
    if (!str_empty(r->answered))
        return (struct service_due){CALENDAR_NO_DAY, ""};
    return (struct service_due){info_answer_day(cal, r), T("Jawaban")};
}

const char *info_state_label(const struct info_request *r)
{
    if (!str_empty(r->decided))
        return T("Keberatan dijawab");
    if (!str_empty(r->objected))
        return T("Keberatan");
    if (!str_empty(r->answered))
        return service_word_label(info_answers, r->answer);
    return str_empty(r->extended) ? T("Diproses") : T("Diperpanjang");
}

static struct refusal no(const char *code, const char *msgid)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid};
}

static struct refusal may_object(const struct calendar *cal, int64_t today,
                                 const struct info_request *r)
{
    int64_t due = info_answer_day(cal, r);
    int64_t from = str_empty(r->answered) ? due : calendar_day(r->answered);
    if (!str_empty(r->objected))
        return no("objected", T("Keberatan sudah dicatat."));
    if (str_empty(r->answered) && today <= due)
        return no("not_due", T("Waktu menjawab belum lewat. Keberatan dicatat setelah permintaan "
                               "dijawab atau waktunya lewat."));
    if (today > calendar_add_working(cal, from, INFO_OBJECTION_DAYS))
        return no("objection_late",
                  T("Keberatan diajukan paling lambat 30 hari kerja; waktunya sudah lewat."));
    return (struct refusal){.err = ERR_OK};
}

struct refusal info_may(const struct calendar *cal, enum info_act act, int64_t today,
                        const struct info_request *r)
{
    switch (act) {
    case INFO_EXTEND:
        if (!str_empty(r->answered) || !str_empty(r->extended) || !str_empty(r->objected))
            return no("extended", T("Waktu menjawab hanya dapat diperpanjang satu kali, sebelum "
                                    "permintaan dijawab."));
        if (today > info_answer_day(cal, r))
            return no("extension_late", T("Sepuluh hari kerja sudah lewat; waktu tidak dapat "
                                          "diperpanjang lagi. Jawab permintaan ini."));
        break;
    case INFO_ANSWER:
        if (!str_empty(r->answered))
            return no("answered", T("Permintaan ini sudah dijawab."));
        break;
    case INFO_OBJECT:
        return may_object(cal, today, r);
    case INFO_DECIDE:
        if (str_empty(r->objected) || !str_empty(r->decided))
            return no("no_objection", T("Tidak ada keberatan yang menunggu jawaban."));
        break;
    case INFO_REACT:
        if (str_empty(r->decided) || !str_empty(r->reacted))
            return no("no_decision", T("Tidak ada jawaban atas keberatan yang menunggu tanggapan "
                                       "pemohon."));
        break;
    case INFO_ACTS:
        break;
    }
    return (struct refusal){.err = ERR_OK};
}
