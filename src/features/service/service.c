/* Rules of complaints about the service: words, working-day deadlines, who may do what when. Pure. */
#include "features/service/service.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

const struct service_limit_info service_limit_infos[SERVICE_LIMITS] = {
    {"verify", T("Verifikasi"), 3},
    {"respond", T("Tanggapan pertama"), 5},
    {"complaint", T("Pengaduan tidak berkadar pengawasan"), 14},
    {"supervisory", T("Pengaduan berkadar pengawasan"), 60},
    {"information", T("Permintaan informasi"), 5},
    {"aspiration", T("Aspirasi"), 5},
    {"reopen", T("Dibuka lagi oleh pelapor, sejak jawaban terakhir"), 10},
    {"close", T("Ditutup sendiri, sejak jawaban terakhir"), 10},
};

const struct service_word service_categories[] = {
    SERVICE_CATEGORY_ROWS,
    {NULL, NULL},
};

const char *service_word_label(const struct service_word *words, const char *code)
{
    for (; words->code; words++) {
        if (str_eq(words->code, code))
            return words->label;
    }
    return "";
}

const char *service_state_label(const char *state)
{
    static const struct service_word words[] = {
        {"sent", T("Dikirim")},
        {"verified", T("Diverifikasi")},
        {"rejected", T("Ditolak")},
        {"handling", T("Ditindaklanjuti")},
        {"answered", T("Dijawab")},
        {"done", T("Selesai")},
        {NULL, NULL},
    };
    return service_word_label(words, state);
}

const char *service_entry_label(const char *kind)
{
    static const struct service_word words[] = {
        {"sent", T("Dikirim")},
        {"verified", T("Diverifikasi")},
        {"rejected", T("Ditolak")},
        {"handling", T("Ditindaklanjuti")},
        {"answered", T("Dijawab")},
        {"reopened", T("Dibuka lagi oleh pelapor")},
        {"closed", T("Ditutup oleh pelapor")},
        {"auto_closed", T("Ditutup karena tidak ditanggapi lagi")},
        {NULL, NULL},
    };
    return service_word_label(words, kind);
}

char *service_number_text(struct arena *a, const struct service_complaint *c)
{
    return arena_printf(a, "PL-%04lld/%lld", (long long)c->number, (long long)c->year);
}

/* --- deadlines ------------------------------------------------------------------------------------------------ */

static enum service_limit_code limit_of(const char *category)
{
    for (int i = SERVICE_LIMIT_COMPLAINT; i <= SERVICE_LIMIT_ASPIRATION; i++) {
        if (str_eq(service_limit_infos[i].code, category))
            return (enum service_limit_code)i;
    }
    return SERVICE_LIMIT_COMPLAINT;
}

static int64_t after(const struct calendar *cal, const char *day, int64_t days)
{
    int64_t from = calendar_day(day);
    return from == CALENDAR_NO_DAY ? from : calendar_add_working(cal, from, days);
}

int64_t service_settle_day(const struct calendar *cal, const struct service_limits *l,
                           const struct service_complaint *c)
{
    return after(cal, str_or(c->reopened, c->received), l->days[limit_of(c->category)]);
}

struct service_due service_due_of(const struct calendar *cal, const struct service_limits *l,
                                  const struct service_complaint *c)
{
    if (str_eq(c->state, "sent"))
        return (struct service_due){after(cal, c->received, l->days[SERVICE_LIMIT_VERIFY]),
                                    T("Verifikasi")};
    if (str_eq(c->state, "answered"))
        return (struct service_due){after(cal, c->answered, l->days[SERVICE_LIMIT_CLOSE]),
                                    T("Ditutup sendiri")};
    if (!str_eq(c->state, "verified") && !str_eq(c->state, "handling"))
        return (struct service_due){CALENDAR_NO_DAY, ""};
    int64_t respond = after(cal, c->received, l->days[SERVICE_LIMIT_RESPOND]);
    int64_t settle = service_settle_day(cal, l, c);
    if (str_empty(c->responded) && respond <= settle)
        return (struct service_due){respond, T("Tanggapan pertama")};
    return (struct service_due){settle, T("Jawaban akhir")};
}

/* --- acts ---------------------------------------------------------------------------------------------------- */

static bool in_time(const struct calendar *cal, const struct service_limits *l, int64_t today,
                    const struct service_complaint *c)
{
    int64_t last = after(cal, c->answered, l->days[SERVICE_LIMIT_REOPEN]);
    return last != CALENDAR_NO_DAY && today <= last;
}

static bool open_for_work(const struct service_complaint *c)
{
    return str_eq(c->state, "verified") || str_eq(c->state, "handling");
}

bool service_may(const struct calendar *cal, const struct service_limits *l, enum service_act act,
                 int64_t today, const struct service_complaint *c)
{
    bool answered = str_eq(c->state, "answered");
    switch (act) {
    case SERVICE_VERIFY:
    case SERVICE_REJECT:
        return str_eq(c->state, "sent");
    case SERVICE_HANDLE:
    case SERVICE_ANSWER:
        return open_for_work(c);
    case SERVICE_REOPEN:
        return (answered || str_eq(c->state, "done")) && in_time(cal, l, today, c);
    case SERVICE_CLOSE:
        return answered;
    case SERVICE_AUTO_CLOSE:
        return answered && today > after(cal, c->answered, l->days[SERVICE_LIMIT_CLOSE]);
    case SERVICE_ACTS:
        break;
    }
    return false;
}

static struct refusal refused(enum service_act act)
{
    static const char *const sentences[SERVICE_ACTS] = {
        [SERVICE_VERIFY] = T("Pengaduan ini sudah diverifikasi. Muat ulang halaman."),
        [SERVICE_REJECT] = T("Pengaduan ini sudah diverifikasi. Muat ulang halaman."),
        [SERVICE_HANDLE] = T("Pengaduan ini sedang tidak ditangani. Muat ulang halaman."),
        [SERVICE_ANSWER] = T("Pengaduan ini sedang tidak ditangani. Muat ulang halaman."),
        [SERVICE_REOPEN] = T("Waktu untuk membuka lagi pengaduan ini sudah lewat. Kirim pengaduan "
                             "baru dan sebut nomor ini."),
        [SERVICE_CLOSE] = T("Pengaduan ini belum dijawab atau sudah ditutup."),
        [SERVICE_AUTO_CLOSE] = T("Pengaduan ini belum dijawab atau sudah ditutup."),
    };
    return (struct refusal){.err = ERR_CONFLICT, .code = "service_state", .msgid = sentences[act]};
}

struct refusal service_apply(const struct calendar *cal, const struct service_limits *l,
                             enum service_act act, bool has_text, int64_t today,
                             struct service_complaint *c, struct arena *a)
{
    static const char *const states[SERVICE_ACTS] = {"verified", "rejected", "handling", "answered",
                                                     "handling", "done",     "done"};
    if (!service_may(cal, l, act, today, c))
        return refused(act);
    const char *day = calendar_day_text(a, today);
    c->state = states[act];
    if (act == SERVICE_VERIFY || act == SERVICE_REJECT)
        c->verified = day;
    if (has_text && act <= SERVICE_ANSWER && str_empty(c->responded))
        c->responded = day;
    if (act == SERVICE_ANSWER)
        c->answered = day;
    if (act == SERVICE_REOPEN) {
        c->reopened = day;
        c->reopened_count++;
    }
    c->ended = str_eq(c->state, "done") || str_eq(c->state, "rejected") ? day : "";
    return (struct refusal){.err = ERR_OK};
}

/* --- lists --------------------------------------------------------------------------------------------------------- */

bool service_is_late(const struct calendar *cal, const struct service_limits *l,
                     const struct service_complaint *c, int64_t today)
{
    struct service_due due = service_due_of(cal, l, c);
    return due.day != CALENDAR_NO_DAY && today > due.day && !str_eq(c->state, "answered");
}

bool service_filter_holds(const struct service_filter *f, const struct service_complaint *c,
                          bool late)
{
    bool ended = str_eq(c->state, "done") || str_eq(c->state, "rejected");
    if (f->late && !late)
        return false;
    if (!str_empty(f->category) && !str_eq(f->category, c->category))
        return false;
    return str_empty(f->state) || (str_eq(f->state, "open") ? !ended : str_eq(f->state, c->state));
}

/* --- figures ---------------------------------------------------------------------------------------------------- */

static void count_one(const struct calendar *cal, const struct service_limits *l,
                      const struct service_complaint *c, int64_t today, struct service_month *m)
{
    int64_t settle = service_settle_day(cal, l, c), answered = calendar_day(c->answered);
    bool rejected = str_eq(c->state, "rejected");
    bool waits = str_eq(c->state, "sent") || open_for_work(c);
    m->received++;
    for (size_t i = 0; service_categories[i].code; i++)
        m->category[i] += str_eq(service_categories[i].code, c->category);
    m->rejected += rejected;
    m->ended += !str_empty(c->ended);
    m->reopened += c->reopened_count > 0;
    m->answered += !waits && !rejected;
    m->on_time += !waits && !rejected && answered <= settle;
    m->late += waits ? today > settle : !rejected && answered > settle;
}

void service_months(const struct calendar *cal, const struct service_limits *l,
                    const struct service_complaint *list, size_t count, int64_t today,
                    struct service_month ret[13])
{
    for (size_t i = 0; i < 13; i++)
        ret[i] = (struct service_month){.received = 0};
    for (size_t i = 0; i < count; i++) {
        int year = 0, month = 0, day = 0;
        if (!time_parse_date(list[i].received, &year, &month, &day))
            continue;
        count_one(cal, l, &list[i], today, &ret[month - 1]);
        count_one(cal, l, &list[i], today, &ret[12]);
    }
}
