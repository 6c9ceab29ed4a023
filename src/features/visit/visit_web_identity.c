/* The guest's identity: sealing it, reading it, and what is wrong or doubtful about a document. */
#include <string.h>

#include "features/visit/nik.h"
#include "features/visit/visit_view.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define ADULT_YEARS 17 /* a KTP is issued from 17 on */

char *identity_normalise(struct arena *a, const char *typed)
{
    char *out = arena_alloc(a, strlen(typed) + 1);
    size_t n = 0;
    for (const char *c = typed; *c; c++) {
        if (strchr(" .-", *c))
            continue;
        out[n++] = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    return out;
}

struct bytes identity_index(const struct cx *cx, const char *id_type, const char *number)
{
    return seal_index(
        cx->seal, cx->arena, "visitor",
        arena_printf(cx->arena, "%s:%s", id_type, identity_normalise(cx->arena, number)));
}

static void put(json_t *object, const char *key, const char *value)
{
    if (!str_empty(value))
        json_object_set_new_nocheck(object, key, json_string_nocheck(value));
}

struct bytes identity_seal(const struct cx *cx, const char *table, const char *row_id,
                           const struct identity *i)
{
    json_t *object = json_keep(cx->arena, json_object());
    put(object, "id_number", i->id_number);
    put(object, "phone", i->phone);
    put(object, "email", i->email);
    put(object, "address", i->address);
    put(object, "gender", i->gender);
    put(object, "birth_date", i->birth_date);
    struct buf text = buf_new(cx->arena, 512, 64 * 1024);
    json_write(&text, object);
    return seal_field(cx->seal, cx->arena, table, "identity_sealed", row_id, text.p);
}

static const char *take(struct arena *a, const json_t *object, const char *key)
{
    return arena_strdup(a, json_string_value(json_object_get(object, key)));
}

enum err identity_open(const struct cx *cx, const char *table, const char *row_id,
                       struct bytes sealed, struct identity *ret)
{
    char *text = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, table, "identity_sealed", row_id, sealed, &text));
    json_t *object = json_keep(cx->arena, json_loads(str_or(text, "{}"), 0, NULL));
    if (!object)
        return ERR_INTERNAL;
    *ret = (struct identity){
        .id_number = str_or(take(cx->arena, object, "id_number"), ""),
        .phone = take(cx->arena, object, "phone"),
        .email = take(cx->arena, object, "email"),
        .address = take(cx->arena, object, "address"),
        .gender = take(cx->arena, object, "gender"),
        .birth_date = take(cx->arena, object, "birth_date"),
    };
    return ERR_OK;
}

enum err visit_identity(const struct cx *cx, const struct visit *v, struct identity *ret)
{
    return identity_open(cx, "visit", v->id, v->identity_sealed, ret);
}

static struct civil today(const struct cx *cx)
{
    return time_civil(cx->now_ms, cx->offset_min);
}

static bool all_digits(const char *s)
{
    return s[strspn(s, "0123456789")] == '\0';
}

void visit_check_document(struct cx *cx, const char *id_type, const char *number)
{
    const char *n = identity_normalise(cx->arena, number);
    if (!*n) {
        cx_field(cx, "id_number", "missing", T("Nomor identitas belum diisi."));
        return;
    }
    if (!str_eq(id_type, "ktp"))
        return;
    if (!all_digits(n)) {
        cx_field(cx, "id_number", "nik_digits",
                 T("NIK hanya berisi angka. Periksa lagi pada kartu."));
        return;
    }
    struct civil c = today(cx);
    struct nik nik;
    switch (nik_read(n, c.year, c.month, c.day, &nik)) {
    case NIK_OK:
        return;
    case NIK_LENGTH:
        cx_field(cx, "id_number", "nik_length",
                 T("NIK terdiri atas 16 angka. Yang ditulis %zu angka."), strlen(n));
        return;
    case NIK_DAY:
        cx_field(cx, "id_number", "nik_day",
                 T("Tanggal lahir di dalam NIK (angka ke-7 dan ke-8) tidak ada di kalender. "
                   "Periksa lagi pada kartu."));
        return;
    case NIK_MONTH:
        cx_field(cx, "id_number", "nik_month",
                 T("Bulan lahir di dalam NIK (angka ke-9 dan ke-10) harus 01 sampai 12. Periksa "
                   "lagi pada kartu."));
        return;
    case NIK_SERIAL:
        cx_field(cx, "id_number", "nik_serial",
                 T("Empat angka terakhir NIK tidak boleh 0000. Periksa lagi pada kartu."));
        return;
    }
}

struct doubts {
    struct cx *cx;
    const struct visit_form *form;
    struct visit_doubt *ret;
    size_t count;
};

static void doubt(struct doubts *d, const char *code, const char *field, const char *message)
{
    for (size_t i = 0; i < d->form->accept_warnings.count; i++) {
        if (str_eq(d->form->accept_warnings.items[i], code))
            return;
    }
    d->ret[d->count++] = (struct visit_doubt){code, field, message};
}

static void doubt_nik(struct doubts *d, const struct nik *nik)
{
    struct arena *a = d->cx->arena;
    const struct visit_form *f = d->form;
    if (!nik_district_known(nik->district))
        doubt(d, "region_unknown", "id_number",
              cx_printf(d->cx,
                        T("Kode kecamatan %02d.%02d.%02d di dalam NIK tidak dikenal. Periksa lagi "
                          "pada kartu."),
                        nik->district / 10000, nik->district / 100 % 100, nik->district % 100));
    if (f->birth_date) {
        const char *in_nik = arena_printf(a, "%04d-%02d-%02d", nik->year, nik->month, nik->day);
        if (strcmp(in_nik + 2, f->birth_date + 2) != 0)
            doubt(d, "birth_date_differs", "birth_date",
                  cx_printf(
                      d->cx,
                      T("Tanggal lahir menurut NIK %02d-%02d-%04d, berbeda dengan yang ditulis."),
                      nik->day, nik->month, nik->year));
    }
    if (f->gender && str_eq(f->gender, "P") != nik->female)
        doubt(d, "gender_differs", "gender",
              nik->female
                  ? cx_t(d->cx,
                         T("Menurut NIK pemegang kartu perempuan, berbeda dengan yang ditulis."))
                  : cx_t(d->cx,
                         T("Menurut NIK pemegang kartu laki-laki, berbeda dengan yang ditulis.")));
}

size_t visit_doubts(struct cx *cx, const struct visit_form *f, struct visit_doubt ret[4])
{
    struct doubts d = {.cx = cx, .form = f, .ret = ret};
    struct civil c = today(cx);
    int year = 0, month = 0, day = 0;
    bool born = f->birth_date && time_parse_date(f->birth_date, &year, &month, &day);
    if (str_eq(f->id_type, "ktp")) {
        struct nik nik;
        const char *n = identity_normalise(cx->arena, f->id_number);
        if (nik_read(n, c.year, c.month, c.day, &nik) == NIK_OK) {
            doubt_nik(&d, &nik);
            if (!born) {
                year = nik.year;
                month = nik.month;
                day = nik.day;
                born = true;
            }
        }
    }
    if (born && nik_age(year, month, day, c.year, c.month, c.day) < ADULT_YEARS)
        doubt(&d, "under_age", born && f->birth_date ? "birth_date" : "id_number",
              cx_t(cx, T("Tamu berumur di bawah 17 tahun. Catat nama pendamping dewasanya.")));
    return d.count;
}
