/* One typed text → one value of a field, or the sentence that says what to do. Used by form.c. */
#include "lib/http/form_internal.h"

#include <string.h>

#include "lib/base/phone.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define SECRET_MAX 1024

static const char *label_of(struct cx *cx, const struct field *f)
{
    return f->label ? cx_t(cx, f->label) : f->name;
}

void value_missing(struct cx *cx, const struct field *f, const char *name)
{
    if (f->missing)
        cx_field(cx, name, "missing", "%s", cx_t(cx, f->missing));
    else
        cx_field(cx, name, "missing", T("%s belum diisi."), label_of(cx, f));
}

void value_type(struct cx *cx, const struct field *f, const char *name)
{
    cx_field(cx, name, "type", T("%s dikirim dengan jenis yang keliru. Periksa dokumentasi API."),
             label_of(cx, f));
}

void value_too_many(struct cx *cx, const struct field *f, const char *name, size_t max)
{
    cx_field(cx, name, "too_many", T("%s terlalu banyak. Isi paling banyak %d."), label_of(cx, f),
             (int)max);
}

void value_unknown(struct cx *cx, const char *name)
{
    bool plain = utf8_length(name) <= 64 && !utf8_has_control(name, false);
    cx_field(cx, plain ? name : "?", "unknown_field",
             T("Isian ini tidak dikenal. Hapus isian itu atau periksa penulisan namanya."));
}

static bool text_fits(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    int64_t fallback = f->type == FIELD_LINES ? 4000 : f->type == FIELD_SECRET ? SECRET_MAX : 200;
    int64_t max = f->max ? f->max : fallback;
    int64_t length = (int64_t)utf8_length(text);
    bool digits = f->flags & FIELD_DIGITS;
    if (length < f->min && digits)
        cx_field(cx, name, "too_short", T("%s kurang angka. Tulis %d angka atau lebih."),
                 label_of(cx, f), (int)f->min);
    else if (length < f->min)
        cx_field(cx, name, "too_short", T("%s paling pendek %d huruf."), label_of(cx, f),
                 (int)f->min);
    else if (length > max)
        cx_field(cx, name, "too_long", T("%s paling panjang %d huruf."), label_of(cx, f), (int)max);
    return length >= f->min && length <= max;
}

static bool text_clean(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    if (!utf8_has_control(text, f->type == FIELD_LINES))
        return true;
    cx_field(cx, name, "control_character",
             T("%s memuat karakter tak terlihat. Ketik ulang isian ini, jangan disalin."),
             label_of(cx, f));
    return false;
}

/* CRLF and CR → LF. */
static char *lines_of(struct arena *a, const char *text)
{
    char *copy = arena_strdup(a, text);
    char *to = copy;
    for (const char *from = text; *from; from++) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\r' ? '\n' : *from;
    }
    *to = '\0';
    return str_trim(a, copy);
}

const char *value_tidy(struct cx *cx, const struct field *f, const char *typed)
{
    if (f->type == FIELD_SECRET)
        return typed;
    return f->type == FIELD_LINES ? lines_of(cx->arena, typed) : str_trim(cx->arena, typed);
}

bool value_choice(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    for (const char *const *c = f->choices; c && *c; c++) {
        if (strcmp(*c, text) == 0)
            return true;
    }
    cx_field(cx, name, "not_a_choice", T("%s: pilih salah satu yang tersedia."), label_of(cx, f));
    return false;
}

bool value_uuid(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    bool ok = rand_uuid_ok(text);
    if (!ok)
        cx_field(cx, name, "type", T("%s tidak dikenali. Muat ulang halaman, lalu pilih lagi."),
                 label_of(cx, f));
    return ok;
}

static bool phone_value(struct cx *cx, const struct field *f, const char *name, const char *text,
                        const char **ret)
{
    char *number = NULL;
    switch (phone_normalise(cx->arena, text, &number)) {
    case PHONE_OK:
        *ret = number;
        return true;
    case PHONE_SHORT:
        cx_field(cx, name, "phone_short", T("%s kurang angka. Tulis 10–13 angka."), label_of(cx, f));
        break;
    case PHONE_LONG:
        cx_field(cx, name, "phone_long", T("%s kelebihan angka. Tulis 10–13 angka."),
                 label_of(cx, f));
        break;
    case PHONE_CHARACTERS:
        cx_field(cx, name, "phone_characters",
                 T("%s hanya berisi angka, spasi, atau tanda hubung. Hapus yang lain."),
                 label_of(cx, f));
        break;
    }
    return false;
}

static bool email_ok(const char *text)
{
    const char *at = strchr(text, '@');
    size_t n = strlen(text);
    if (!at || at == text || at - text > 64 || n > 254 || strchr(at + 1, '@'))
        return false;
    if (strpbrk(text, " \t\r\n<>()[],;:\\\""))
        return false;
    const char *dot = strrchr(at, '.');
    return dot && dot > at + 1 && dot[1] && at[1] != '.' && !strstr(at, "..");
}

static bool email_value(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    if (email_ok(text))
        return true;
    cx_field(cx, name, "email", T("%s belum lengkap. Tulis seperti nama@contoh.id."),
             label_of(cx, f));
    return false;
}

static bool date_value(struct cx *cx, const struct field *f, const char *name, const char *text)
{
    int year, month, day;
    if (strlen(text) == 10 && time_parse_date(text, &year, &month, &day))
        return true;
    cx_field(cx, name, "date", T("%s belum berupa tanggal. Tulis seperti 1990-12-31."),
             label_of(cx, f));
    return false;
}

/* The text kinds: *ret is what goes into the struct. */
bool value_text(struct cx *cx, const struct field *f, const char *name, const char *text,
                const char **ret)
{
    *ret = text;
    if (f->type != FIELD_SECRET && !text_clean(cx, f, name, text))
        return false;
    switch (f->type) {
    case FIELD_TEXT:
    case FIELD_LINES:
    case FIELD_SECRET:
        return text_fits(cx, f, name, text);
    case FIELD_CODE:
        return value_choice(cx, f, name, text);
    case FIELD_ID:
        return value_uuid(cx, f, name, text);
    case FIELD_PHONE:
        return phone_value(cx, f, name, text, ret);
    case FIELD_EMAIL:
        return email_value(cx, f, name, text);
    case FIELD_DATE:
        return date_value(cx, f, name, text);
    case FIELD_CODES:
    case FIELD_IDS:
    case FIELD_INT:
    case FIELD_BOOL:
    case FIELD_TIME:
    case FIELD_FILE:
    case FIELD_OBJECTS:
        break;
    }
    return false;
}

bool value_range(struct cx *cx, const struct field *f, const char *name, int64_t value)
{
    if ((f->min == 0 && f->max == 0) || (value >= f->min && value <= f->max))
        return true;
    cx_field(cx, name, "range", T("%s di luar batas. Isi dari %lld sampai %lld."), label_of(cx, f),
             (long long)f->min, (long long)f->max);
    return false;
}

bool value_int(struct cx *cx, const struct field *f, const char *name, const char *text,
               int64_t *ret)
{
    int64_t value = 0;
    if (!str_to_i64(text, INT64_MIN, INT64_MAX, &value)) {
        cx_field(cx, name, "type", T("%s harus berupa angka bulat."), label_of(cx, f));
        return false;
    }
    *ret = value;
    return value_range(cx, f, name, value);
}

bool value_time(struct cx *cx, const struct field *f, const char *name, const char *text,
                int64_t *ret)
{
    if (time_parse(text, cx->offset_min, ret))
        return true;
    cx_field(cx, name, "time",
             T("%s belum berupa tanggal dan jam. Tulis seperti 2026-07-23T09:41."), label_of(cx, f));
    return false;
}

bool value_bool(struct cx *cx, const struct field *f, const char *name, const char *text, bool *ret)
{
    static const char *const yes[] = {"1", "true", "on", "ya"};
    static const char *const no[] = {"0", "false", "off", "tidak"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *ret = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    cx_field(cx, name, "type", T("%s: pilih ya atau tidak."), label_of(cx, f));
    return false;
}

bool value_file(struct cx *cx, const struct field *f, const char *name, uint64_t bytes)
{
    if (f->max == 0 || bytes <= (uint64_t)f->max)
        return true;
    cx_field(cx, name, "too_long", T("%s terlalu besar. Pilih berkas yang lebih kecil."),
             label_of(cx, f));
    return false;
}
