/* Rules of an import: what a row of an old book says, and what is wrong with it. Pure. */
#include "features/exchange/exchange.h"

#include <string.h>

#include "features/visit/nik.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define FIRST_YEAR  2000
#define LAST_DAY    2958466 /* of a spreadsheet: the day after 31 December 9999 */
#define ROUNDED_MIN 1e15    /* from here on a spreadsheet's numbers lose digits */

const struct exchange_target exchange_targets[EX_FIELDS] = {
    [EX_NAME] = {"name", T("Nama tamu"), true,
                 "|nama|nama tamu|nama lengkap|nama pengunjung|tamu|name|"},
    [EX_ARRIVED] =
        {"arrived", T("Tanggal (dan jam) datang"), true,
         "|tanggal|tgl|hari/tanggal|hari, tanggal|tanggal kunjungan|tanggal datang|waktu|waktu "
         "datang|hari, tanggal, jam|hari/tanggal/jam|tanggal/jam|date|"},
    [EX_TIME] = {"time", T("Jam datang"), false, "|jam|pukul|jam datang|jam masuk|time|"},
    [EX_ID_TYPE] = {"id_type", T("Jenis identitas"), false,
                    "|jenis identitas|jenis kartu|identitas|jenis id|id type|"},
    [EX_ID_NUMBER] =
        {"id_number", T("Nomor identitas"), false,
         "|nik|no ktp|no. ktp|nomor ktp|no identitas|no. identitas|nomor identitas|ktp|"},
    [EX_PHONE] = {"phone", T("Nomor HP"), false,
                  "|no hp|no. hp|nomor hp|hp|telepon|no telepon|no. telepon|no telp|no. "
                  "telp|telp|no wa|whatsapp|"},
    [EX_ADDRESS] = {"address", T("Alamat"), false, "|alamat|alamat tamu|alamat lengkap|address|"},
    [EX_ORGANIZATION] =
        {"organization", T("Instansi"), false,
         "|instansi|organisasi|asal instansi|instansi/organisasi|nama organisasi|asal|perusahaan|"},
    [EX_PURPOSE] =
        {"purpose", T("Maksud dan tujuan"), false,
         "|keperluan|maksud|tujuan|maksud dan tujuan|maksud/tujuan|informasi|detail|purpose|"},
    [EX_OFFICER] = {"officer", T("Petugas penerima"), false,
                    "|petugas|nama petugas|petugas penerima|petugas piket|penerima|piket|"},
    [EX_REMARKS] = {"remarks", T("Keterangan"), false, "|keterangan|ket|ket.|catatan|remarks|"},
    [EX_NUMBER] = {"number", T("Nomor di buku lama"), false,
                   "|no|no.|nomor|nomor urut|no urut|no. urut|"},
};

/* --- texts ------------------------------------------------------------------------------------------------- */

char *exchange_clean(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, strlen(text) + 1, strlen(text) + 1);
    for (const char *p = text; *p;) {
        const char *from = p;
        uint32_t c = utf8_next(&p);
        char one[8] = {0};
        memcpy(one, from, (size_t)(p - from));
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0;
        if (space && b.n && b.p[b.n - 1] != ' ')
            buf_putc(&b, ' ');
        else if (!space && !utf8_has_control(one, false))
            buf_add(&b, from, (size_t)(p - from));
    }
    if (b.n && b.p[b.n - 1] == ' ')
        b.p[--b.n] = '\0';
    return b.p;
}

enum exchange_field exchange_guess(struct arena *a, const char *head)
{
    const char *wanted = arena_printf(a, "|%s|", str_lower(a, exchange_clean(a, head)));
    for (int f = 0; f < EX_FIELDS && wanted[2]; f++) {
        if (strstr(exchange_targets[f].words, wanted))
            return (enum exchange_field)f;
    }
    return EX_FIELDS;
}

/* --- days and hours -------------------------------------------------------------------------------------------- */

#define NUMBERS_MAX 7

/* Numbers of a text with their digits, and which word of a month stood before which of them. */
struct tokens {
    int64_t numbers[NUMBERS_MAX];
    size_t digits[NUMBERS_MAX], count;
    int month; /* 0: not in words */
    size_t month_at;
};

static int month_of(const char *word)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "mei", "jun",
                                         "jul", "agu", "sep", "okt", "nov", "des"};
    static const struct {
        const char *word;
        int month;
    } others[] = {{"may", 5},  {"aug", 8},  {"ags", 8},  {"agt", 8},
                  {"oct", 10}, {"dec", 12}, {"nop", 11}, {"peb", 2}};
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        if (strlen(word) >= 3 && strncmp(word, months[i], 3) == 0)
            return (int)i + 1;
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (strncmp(word, others[i].word, 3) == 0)
            return others[i].month;
    }
    return 0;
}

static bool word_is_idle(struct arena *a, const char *word)
{
    static const char idle[] =
        "|senin|selasa|rabu|kamis|jumat|jum|at|sabtu|minggu|ahad|pukul|jam|pkl|wib|"
        "wita|wit|tgl|tanggal|hari|t|z|monday|tuesday|wednesday|thursday|friday|"
        "saturday|sunday|";
    return strstr(idle, arena_printf(a, "|%s|", word)) != NULL;
}

static bool tokens_read(struct arena *a, const char *text, struct tokens *ret)
{
    struct tokens t = {.count = 0};
    for (const char *p = str_lower(a, text); *p;) {
        size_t digits = strspn(p, "0123456789");
        size_t letters = strspn(p, "abcdefghijklmnopqrstuvwxyz");
        if (digits) {
            if (t.count == NUMBERS_MAX || digits > 4)
                return false;
            t.digits[t.count] = digits;
            (void)str_to_i64(arena_strndup(a, p, digits), 0, 9999, &t.numbers[t.count++]);
        } else if (letters) {
            const char *word = arena_strndup(a, p, letters);
            int month = word_is_idle(a, word) ? 0 : month_of(word);
            if (month && t.month == 0) {
                t.month = month;
                t.month_at = t.count;
            } else if (!word_is_idle(a, word)) {
                return false;
            }
        } else if (!strchr(" ,./-:;'()", *p)) {
            return false;
        }
        p += digits ? digits : letters ? letters : 1;
    }
    *ret = t;
    return true;
}

static bool clock_of(const struct tokens *t, size_t from, int *ret_hour, int *ret_minute)
{
    size_t n = t->count - from;
    if (n < 1 || n > 3 || t->numbers[from] > 23 || t->digits[from] > 2)
        return false;
    int64_t minute = n > 1 ? t->numbers[from + 1] : 0;
    if (minute > 59 || (n > 1 && t->digits[from + 1] > 2) || (n > 2 && t->numbers[from + 2] > 59))
        return false;
    *ret_hour = (int)t->numbers[from];
    *ret_minute = (int)minute;
    return true;
}

bool exchange_clock(struct arena *a, const char *text, int *ret_hour, int *ret_minute)
{
    struct tokens t;
    return tokens_read(a, text, &t) && t.month == 0 && clock_of(&t, 0, ret_hour, ret_minute);
}

/* Day, month and year by their places; *ret_used: how many numbers that took. */
static bool date_of(const struct tokens *t, bool month_first, struct civil *ret, size_t *ret_used)
{
    size_t used = t->month ? 2 : 3;
    int64_t day, month, year;
    if (t->count < used || (t->month && t->month_at > 1))
        return false;
    if (t->month) {
        month = t->month;
        day = t->numbers[0];
        year = t->numbers[1];
    } else if (t->digits[0] == 4) {
        year = t->numbers[0];
        month = t->numbers[1];
        day = t->numbers[2];
    } else {
        day = t->numbers[month_first ? 1 : 0];
        month = t->numbers[month_first ? 0 : 1];
        year = t->numbers[2];
    }
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    *ret = (struct civil){.year = (int)year, .month = (int)month, .day = (int)day, .hour = -1};
    *ret_used = used;
    return true;
}

bool exchange_day(struct arena *a, const char *text, bool month_first, struct civil *ret)
{
    struct tokens t;
    struct civil c;
    size_t used = 0;
    int y, m, d;
    if (!tokens_read(a, text, &t) || !date_of(&t, month_first, &c, &used))
        return false;
    if (!time_parse_date(arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day), &y, &m, &d))
        return false;
    if (t.count > used && !clock_of(&t, used, &c.hour, &c.minute))
        return false;
    *ret = c;
    return true;
}

/* --- a row --------------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    const struct exchange_cell *cells;
    const struct exchange_rules *rules;
    struct exchange_guest *guest;
    struct exchange_verdict *verdict;
};

static void say(struct reading *r, struct exchange_fault fault)
{
    if (r->verdict->count == EXCHANGE_FAULTS_MAX)
        return;
    r->verdict->faults[r->verdict->count++] = fault;
    r->verdict->refused |= !fault.warning;
}

static const char *text_of(struct reading *r, enum exchange_field f, size_t max)
{
    const char *text = exchange_clean(r->arena, str_or(r->cells[f].text, ""));
    if (utf8_length(text) > max)
        say(r, (struct exchange_fault){f, "too_long",
                                       T("Isian terlalu panjang. Ringkas di berkas."), false});
    return text;
}

/* A count of days since 30 December 1899, in the office's zone. */
static bool days_civil(double days, struct civil *ret)
{
    if (!(days >= 1 && days < LAST_DAY))
        return false;
    *ret = time_civil((int64_t)((days - 25569.0) * 86400.0 + 0.5) * 1000, 0);
    if (days - (double)(int64_t)days < 1.0 / 86400)
        ret->hour = -1;
    return true;
}

static bool clock_cell(struct reading *r, int *ret_hour, int *ret_minute)
{
    const struct exchange_cell *c = &r->cells[EX_TIME];
    if (!c->is_number)
        return exchange_clock(r->arena, exchange_clean(r->arena, c->text), ret_hour, ret_minute);
    if (!(c->days >= 0 && c->days < LAST_DAY))
        return false;
    double part = c->days - (double)(int64_t)c->days;
    if (c->days >= 1 && part == 0)
        return false;
    int minutes = (int)(part * 1440 + 0.5);
    *ret_hour = minutes / 60 % 24;
    *ret_minute = minutes % 60;
    return true;
}

/* The hour from its own column, or from the day's. */
static void take_clock(struct reading *r, struct civil *c)
{
    if (!str_empty(r->cells[EX_TIME].text) && !clock_cell(r, &c->hour, &c->minute)) {
        c->hour = -1;
        say(r, (struct exchange_fault){EX_TIME, "time_unreadable",
                                       T("Jam tidak terbaca. Dicatat tanpa jam."), true});
    }
    r->guest->time_unknown = c->hour < 0;
    if (c->hour < 0)
        c->hour = c->minute = c->second = 0;
}

static void take_arrival(struct reading *r)
{
    const struct exchange_cell *cell = &r->cells[EX_ARRIVED];
    struct civil c = {0};
    bool readable = cell->is_number
                        ? days_civil(cell->days, &c)
                        : exchange_day(r->arena, exchange_clean(r->arena, str_or(cell->text, "")),
                                       r->rules->month_first, &c);
    if (str_empty(cell->text)) {
        say(r, (struct exchange_fault){EX_ARRIVED, "date_missing", T("Tanggal kosong."), false});
        return;
    }
    if (!readable) {
        say(r,
            (struct exchange_fault){EX_ARRIVED, "date_unreadable",
                                    T("Tanggal tidak terbaca. Tulis seperti 31/12/2024."), false});
        return;
    }
    take_clock(r, &c);
    c.second = c.millisecond = 0;
    r->guest->arrived_at = time_from_civil(c, r->rules->offset_min);
    if (c.year < FIRST_YEAR)
        say(r, (struct exchange_fault){EX_ARRIVED, "date_old",
                                       T("Tahun sebelum 2000. Periksa tahunnya."), false});
    else if (r->guest->arrived_at > r->rules->now_ms)
        say(r, (struct exchange_fault){EX_ARRIVED, "date_future",
                                       T("Tanggal belum terjadi. Periksa tahunnya."), false});
}

static const char *digits_of(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, 32, 64);
    for (; *text; text++) {
        if (!strchr(" .-'", *text))
            buf_putc(&b, *text);
    }
    return b.p;
}

static const char *type_of(struct arena *a, const char *typed, const char *number)
{
    const char *word = str_lower(a, typed);
    bool nik = strlen(number) == 16 && strspn(number, "0123456789") == 16;
    if (strstr(word, "ktp") || strstr(word, "nik") || (!*word && nik))
        return "ktp";
    if (strstr(word, "sim"))
        return "sim";
    return strstr(word, "paspor") || strstr(word, "passport") ? "passport" : "other";
}

static void take_identity(struct reading *r)
{
    struct exchange_guest *g = r->guest;
    const struct exchange_cell *cell = &r->cells[EX_ID_NUMBER];
    struct civil now = time_civil(r->rules->now_ms, r->rules->offset_min);
    struct nik nik;
    const char *type = text_of(r, EX_ID_TYPE, 100);
    g->id_number = digits_of(r->arena, text_of(r, EX_ID_NUMBER, 40));
    g->id_type = type_of(r->arena, type, g->id_number);
    if (cell->is_number && cell->days >= ROUNDED_MIN)
        say(r, (struct exchange_fault){
                   EX_ID_NUMBER, "number_rounded",
                   T("Excel menyimpan nomor ini sebagai angka; angka terakhirnya bisa "
                     "salah."),
                   true});
    else if (*g->id_number && str_eq(g->id_type, "ktp") &&
             nik_read(g->id_number, now.year, now.month, now.day, &nik) != NIK_OK)
        say(r, (struct exchange_fault){EX_ID_NUMBER, "nik_wrong",
                                       T("NIK tidak benar. Dicatat seperti tertulis."), true});
}

static void add_remark(struct buf *b, const char *label, const char *text)
{
    if (str_empty(text))
        return;
    if (b->n)
        buf_puts(b, "; ");
    buf_puts(b, label);
    buf_puts(b, text);
}

/* What has no field of its own is not lost: it stands in the remarks. */
static void take_remarks(struct reading *r, const char *phone)
{
    struct buf b = buf_new(r->arena, 128, 4096);
    add_remark(&b, "", text_of(r, EX_REMARKS, 500));
    add_remark(&b, "No. buku lama ", text_of(r, EX_NUMBER, 40));
    add_remark(&b, "HP tertulis ", phone);
    r->guest->remarks = b.p;
}

void exchange_read(struct arena *a, const struct exchange_cell cells[EX_FIELDS],
                   const struct exchange_rules *rules, struct exchange_guest *ret,
                   struct exchange_verdict *ret_verdict)
{
    struct exchange_guest g = {.name = NULL};
    struct exchange_verdict v = {.count = 0};
    struct reading r = {a, cells, rules, &g, &v};
    char *phone = NULL;
    g.name = text_of(&r, EX_NAME, 200);
    if (!*g.name)
        say(&r, (struct exchange_fault){EX_NAME, "name_missing", T("Nama kosong."), false});
    take_arrival(&r);
    take_identity(&r);
    const char *typed = text_of(&r, EX_PHONE, 60);
    if (*typed && phone_normalise(a, typed, &phone) != PHONE_OK)
        say(&r, (struct exchange_fault){EX_PHONE, "phone_wrong",
                                        T("Nomor HP tidak benar. Dicatat di keterangan."), true});
    g.phone = phone ? phone : "";
    g.address = text_of(&r, EX_ADDRESS, 300);
    g.organization = text_of(&r, EX_ORGANIZATION, 200);
    g.purpose = text_of(&r, EX_PURPOSE, 500);
    g.officer = text_of(&r, EX_OFFICER, 200);
    if (!*g.purpose)
        g.purpose = "Tidak tertulis di buku lama";
    take_remarks(&r, phone ? NULL : typed);
    *ret = g;
    *ret_verdict = v;
}

/* --- the import --------------------------------------------------------------------------------------------------- */

struct refusal exchange_may_run(const struct exchange_batch *b)
{
    if (str_eq(b->state, "uploaded") && *b->mapping == '\0')
        return (struct refusal){.err = ERR_CONFLICT,
                                .code = "not_mapped",
                                .msgid = T("Pilih dahulu kolom berkas ini, lalu periksa.")};
    if (str_eq(b->state, "uploaded") || str_eq(b->state, "running"))
        return (struct refusal){.err = ERR_OK};
    return (struct refusal){
        .err = ERR_CONFLICT,
        .code = "import_ended",
        .msgid = T("Impor ini sudah selesai. Unggah berkas lagi untuk impor baru.")};
}

struct refusal exchange_may_undo(const struct exchange_batch *b)
{
    if (str_eq(b->state, "uploaded"))
        return (struct refusal){.err = ERR_CONFLICT,
                                .code = "nothing_imported",
                                .msgid = T("Belum ada yang diimpor dari berkas ini.")};
    if (str_eq(b->state, "undone"))
        return (struct refusal){.err = ERR_CONFLICT,
                                .code = "already_undone",
                                .msgid = T("Impor ini sudah dibatalkan.")};
    return (struct refusal){.err = ERR_OK};
}
