/* Rules of the figures: what a visit counts as, how durations are summed, what a period is. Pure. */
#include "features/report/report.h"

#include <stdio.h>
#include <string.h>

#include "features/calendar/calendar.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define DAY_MS       INT64_C(86400000)
#define PACKED_BYTES 7u /* phase, bucket (2), count (4); least significant byte first */

const char *report_phase_label(enum report_phase phase)
{
    static const char *const labels[REPORT_PHASES] = {
        [PHASE_TOTAL] = T("Datang sampai diterima"),
        [PHASE_DATA] = T("Lapor, data, dan foto"),
        [PHASE_BADGE] = T("Kartu dan tanda pengenal"),
        [PHASE_ROOM] = T("Diantar ke ruang tunggu"),
        [PHASE_DECISION] = T("Menunggu keputusan pejabat"),
        [PHASE_RECEPTION] = T("Keputusan sampai diterima"),
        [PHASE_STAY] = T("Diterima sampai tanda pengenal kembali"),
    };
    return labels[phase];
}

/* --- durations --------------------------------------------------------------------------------------------- */

void report_times_begin(struct arena *a, int only, struct report_times *ret)
{
    *ret = (struct report_times){.count = {0}};
    for (int i = 0; i < REPORT_PHASES; i++) {
        if (only < 0 || only == i)
            ret->buckets[i] = ARENA_ARRAY(a, REPORT_BUCKETS, uint32_t);
    }
}

void report_times_add(struct report_times *t, enum report_phase phase, int64_t ms)
{
    if (ms < 0 || !t->buckets[phase])
        return;
    int64_t bucket = ms / REPORT_BUCKET_MS;
    t->buckets[phase][bucket < REPORT_BUCKETS ? bucket : REPORT_BUCKETS - 1]++;
    t->count[phase]++;
}

int64_t report_times_at(const struct report_times *t, enum report_phase phase, int percent)
{
    int64_t rank = (t->count[phase] * percent + 99) / 100, seen = 0;
    if (t->count[phase] == 0)
        return -1;
    for (int64_t i = 0; i < REPORT_BUCKETS; i++) {
        seen += t->buckets[phase][i];
        if (seen >= rank)
            return i * REPORT_BUCKET_MS + REPORT_BUCKET_MS / 2;
    }
    return -1;
}

struct bytes report_times_pack(struct arena *a, const struct report_times *t)
{
    size_t used = 0, at = 0;
    for (int phase = 0; phase < REPORT_PHASES; phase++) {
        for (size_t i = 0; t->buckets[phase] && i < REPORT_BUCKETS; i++)
            used += t->buckets[phase][i] > 0;
    }
    uint8_t *out = ARENA_ARRAY(a, used * PACKED_BYTES + 1, uint8_t);
    for (int phase = 0; phase < REPORT_PHASES; phase++) {
        for (size_t i = 0; t->buckets[phase] && i < REPORT_BUCKETS; i++) {
            uint32_t n = t->buckets[phase][i];
            if (n == 0)
                continue;
            const uint8_t one[PACKED_BYTES] = {
                (uint8_t)phase,    (uint8_t)i,         (uint8_t)(i >> 8), (uint8_t)n,
                (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
            memcpy(out + at, one, PACKED_BYTES);
            at += PACKED_BYTES;
        }
    }
    return (struct bytes){out, at};
}

bool report_times_unpack(struct bytes packed, struct report_times *t)
{
    if (packed.n % PACKED_BYTES != 0)
        return false;
    for (const uint8_t *p = packed.p; p < packed.p + packed.n; p += PACKED_BYTES) {
        size_t phase = p[0], bucket = (size_t)p[1] | (size_t)p[2] << 8;
        uint32_t n = (uint32_t)p[3] | (uint32_t)p[4] << 8 | (uint32_t)p[5] << 16 |
                     (uint32_t)p[6] << 24;
        if (phase >= REPORT_PHASES || bucket >= REPORT_BUCKETS)
            return false;
        if (!t->buckets[phase])
            continue;
        t->buckets[phase][bucket] += n;
        t->count[phase] += n;
    }
    return true;
}

/* --- one visit ------------------------------------------------------------------------------------------------ */

enum report_kind report_kind_of(const struct report_visit *v, int64_t today, int offset_min)
{
    int64_t next_day = time_day_start(v->arrived_at, offset_min) + DAY_MS;
    if (str_eq(v->state, "cancelled"))
        return REPORT_CANCELLED;
    if (v->late_reason)
        return REPORT_LATE_ENTRY;
    if (v->open ? next_day <= today : v->closed_at >= next_day)
        return REPORT_FORGOTTEN;
    if (!v->received_at)
        return REPORT_UNRECEIVED;
    return v->received_at <= v->due_at ? REPORT_KEPT : REPORT_MISSED;
}

static int64_t between(int64_t from, int64_t until)
{
    return from && until && until >= from ? until - from : -1;
}

int64_t report_phase_ms(const struct report_visit *v, enum report_phase phase)
{
    switch (phase) {
    case PHASE_TOTAL:
        return between(v->arrived_at, v->received_at);
    case PHASE_DATA:
        return between(v->arrived_at, v->step2);
    case PHASE_BADGE:
        return between(v->step2, v->step3);
    case PHASE_ROOM:
        return between(v->step3, v->step4);
    case PHASE_DECISION:
        return between(v->step2, v->step6);
    case PHASE_RECEPTION:
        return between(v->step4 > v->step6 ? v->step4 : v->step6, v->step7);
    case PHASE_STAY:
        return between(v->received_at, v->closed_at);
    case REPORT_PHASES:
        break;
    }
    return -1;
}

const char *report_reason(const struct report_visit *v)
{
    static const char *const names[REPORT_PHASES] = {
        [PHASE_DATA] = "data",         [PHASE_BADGE] = "badge",         [PHASE_ROOM] = "room",
        [PHASE_DECISION] = "decision", [PHASE_RECEPTION] = "reception",
    };
    int64_t longest = -1;
    const char *reason = "data";
    if (v->later > 0)
        return "later";
    if (str_eq(v->notice_state, "failed") || str_eq(v->question_state, "failed"))
        return "notice_failed";
    for (int i = PHASE_DATA; i <= PHASE_RECEPTION; i++) {
        int64_t ms = report_phase_ms(v, (enum report_phase)i);
        if (ms > longest) {
            longest = ms;
            reason = names[i];
        }
    }
    return reason;
}

const char *report_reason_label(const char *reason)
{
    static const struct {
        const char *code, *label;
    } labels[] = {
        {"later", T("Pejabat meminta tamu menunggu")},
        {"notice_failed", T("Pemberitahuan gagal terkirim")},
        {"data", T("Pencatatan data dan foto lama")},
        {"badge", T("Penitipan kartu dan barang lama")},
        {"room", T("Pengantaran ke ruang tunggu lama")},
        {"decision", T("Keputusan pejabat lama")},
        {"reception", T("Sudah diputuskan, lama belum diterima")},
    };
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (str_eq(labels[i].code, reason))
            return labels[i].label;
    }
    return "";
}

/* --- sums --------------------------------------------------------------------------------------------------------- */

void report_sum_begin(struct arena *a, struct report_sum *ret)
{
    *ret = (struct report_sum){.arena = a, .room = 256};
    ret->counts = ARENA_ARRAY(a, ret->room, struct report_count);
    report_times_begin(a, -1, &ret->times);
}

static struct report_count *find(const struct report_sum *s, const char *kind, const char *key)
{
    for (size_t i = 0; i < s->count; i++) {
        if (str_eq(s->counts[i].key, key) && str_eq(s->counts[i].kind, kind))
            return &s->counts[i];
    }
    return NULL;
}

void report_count_add(struct report_sum *s, const char *kind, const char *key, int64_t n)
{
    struct report_count *c = n ? find(s, kind, key) : NULL;
    if (c)
        c->n += n;
    if (c || n == 0)
        return;
    if (s->count == s->room) {
        struct report_count *more = ARENA_ARRAY(s->arena, s->room * 2, struct report_count);
        memcpy(more, s->counts, s->count * sizeof(*more));
        s->counts = more;
        s->room *= 2;
    }
    s->counts[s->count++] = (struct report_count){
        .kind = arena_strdup(s->arena, kind), .key = arena_strdup(s->arena, key), .n = n};
}

int64_t report_count_of(const struct report_sum *s, const char *kind, const char *key)
{
    const struct report_count *c = find(s, kind, key);
    return c ? c->n : 0;
}

int64_t report_count_all(const struct report_sum *s, const char *kind)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += str_eq(s->counts[i].kind, kind) ? s->counts[i].n : 0;
    return n;
}

const char *report_host(struct arena *a, const struct report_visit *v)
{
    if (str_eq(v->host, "section_chief") && !str_empty(v->section))
        return arena_printf(a, "section_chief/%s", v->section);
    return str_or(v->host, "none");
}

static void count_visit(struct report_sum *s, const struct report_visit *v, int offset_min)
{
    struct civil c = time_civil(v->arrived_at, offset_min);
    char hour[8];
    (void)snprintf(hour, sizeof(hour), "%d-%02d", c.weekday % 7, c.hour % 24);
    report_count_add(s, "hour", hour, 1);
    report_count_add(s, "category", v->category, 1);
    report_count_add(s, "host", report_host(s->arena, v), 1);
    s->visits++;
}

static void measure(struct report_sum *s, const struct report_visit *v)
{
    for (int i = 0; i < REPORT_PHASES; i++)
        report_times_add(&s->times, (enum report_phase)i, report_phase_ms(v, (enum report_phase)i));
}

void report_sum_add(struct report_sum *s, const struct report_visit *v, int64_t today,
                    int offset_min)
{
    enum report_kind kind = report_kind_of(v, today, offset_min);
    if (kind != REPORT_CANCELLED)
        count_visit(s, v, offset_min);
    switch (kind) {
    case REPORT_CANCELLED:
        s->cancelled++;
        return;
    case REPORT_LATE_ENTRY:
        s->late_entries++;
        return;
    case REPORT_FORGOTTEN:
        s->forgotten++;
        return;
    case REPORT_UNRECEIVED:
        s->unreceived++;
        return;
    case REPORT_KEPT:
        s->kept++;
        break;
    case REPORT_MISSED:
        s->missed++;
        report_count_add(s, "reason", report_reason(v), 1);
        break;
    }
    measure(s, v);
}

/* --- periods -------------------------------------------------------------------------------------------------------- */

static struct civil civil_of(int64_t day)
{
    return time_civil(calendar_day_ms(day, 0), 0);
}

static int64_t day_of(int year, int month, int day)
{
    struct civil c = {.year = year, .month = month, .day = day};
    return calendar_day_of(time_from_civil(c, 0), 0);
}

static int64_t monday_of(int64_t day)
{
    return day - (calendar_weekday(day) + 6) % 7;
}

/* ISO 8601: the week of a year's 4 January is its first. */
static int64_t first_monday(int year)
{
    return monday_of(day_of(year, 1, 4));
}

struct report_period report_period_of(struct arena *a, enum report_span span, int64_t day)
{
    struct civil c = civil_of(day);
    struct report_period p = {.span = span, .from = day, .until = day + 1};
    switch (span) {
    case SPAN_DAY:
        p.text = calendar_day_text(a, day);
        break;
    case SPAN_WEEK:
        p.from = monday_of(day);
        p.until = p.from + 7;
        c = civil_of(p.from + 3); /* its Thursday says which year it belongs to */
        p.text = arena_printf(a, "%d-M%02d", c.year, (int)((p.from - first_monday(c.year)) / 7 + 1));
        break;
    case SPAN_MONTH:
        p.from = day_of(c.year, c.month, 1);
        p.until = day_of(c.year + c.month / 12, c.month % 12 + 1, 1);
        p.text = arena_printf(a, "%04d-%02d", c.year, c.month);
        break;
    case SPAN_YEAR:
        p.from = day_of(c.year, 1, 1);
        p.until = day_of(c.year + 1, 1, 1);
        p.text = arena_printf(a, "%04d", c.year);
        break;
    }
    return p;
}

/* n digits, nothing else. */
static bool digits(const char *s, size_t n, int *ret)
{
    *ret = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        *ret = *ret * 10 + (s[i] - '0');
    }
    return true;
}

bool report_period_read(struct arena *a, const char *text, struct report_period *ret)
{
    int year = 0, part = 0;
    size_t n = strlen(text);
    if (n < 4 || n > 10 || !digits(text, 4, &year) || year < 2000 || year > 2199)
        return false;
    struct report_period p = {.text = NULL};
    if (n == 4)
        p = report_period_of(a, SPAN_YEAR, day_of(year, 1, 1));
    else if (n == 7 && digits(text + 5, 2, &part) && part >= 1 && part <= 12)
        p = report_period_of(a, SPAN_MONTH, day_of(year, part, 1));
    else if (n == 8 && text[5] == 'M' && digits(text + 6, 2, &part) && part >= 1)
        p = report_period_of(a, SPAN_WEEK, first_monday(year) + (part - 1) * 7);
    else if (n == 10 && calendar_day(text) != CALENDAR_NO_DAY)
        p = report_period_of(a, SPAN_DAY, calendar_day(text));
    if (!p.text || !str_eq(p.text, text))
        return false;
    *ret = p;
    return true;
}

/* "Kamis, 23 Juli 2026" without its weekday. */
static const char *date(struct arena *a, int64_t day, bool english)
{
    const char *text = time_long_date(a, calendar_day_ms(day, 0), 0, english);
    const char *comma = strchr(text, ',');
    return comma ? comma + 2 : text;
}

char *report_period_label(struct arena *a, const struct report_period *p, bool english)
{
    const char *first = date(a, p->from, english), *last = date(a, p->until - 1, english);
    const char *month = strchr(first, ' '), *last_month = strchr(last, ' ');
    switch (p->span) {
    case SPAN_DAY:
        return arena_strdup(a, first);
    case SPAN_MONTH:
        return arena_strdup(a, month + 1);
    case SPAN_YEAR:
        return arena_strdup(a, p->text);
    case SPAN_WEEK:
        break;
    }
    if (str_eq(month, last_month))
        return arena_printf(a, "%.*s–%s", (int)(month - first), first, last);
    return arena_printf(a, "%s – %s", first, last);
}
