/* The lines of letters, reports and telaahan: every column as one text, in the language of the paper. What is
 * sealed is never here; the line says where it lies. */
#include "features/complaint/complaint.h"
#include "features/letter/letter.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define CELL_MAX (16u * 1024)

struct source {
    struct cx *cx;
    const struct register_book *book;
    const struct register_row *row;
    const struct register_words *words;
};

static struct buf text_new(const struct source *s)
{
    return buf_new(s->cx->arena, 128, CELL_MAX);
}

/* "05-10-2026", as books are written. */
static const char *day(const struct source *s, int64_t ms)
{
    struct civil c = time_civil(ms, s->cx->offset_min);
    return ms ? arena_printf(s->cx->arena, "%02d-%02d-%04d", c.day, c.month, c.year) : "";
}

/* The same of a typed day. */
static const char *typed_day(const struct source *s, const char *text)
{
    int year = 0, month = 0, d = 0;
    if (str_empty(text) || !time_parse_date(text, &year, &month, &d))
        return "";
    return arena_printf(s->cx->arena, "%02d-%02d-%04d", d, month, year);
}

static void add_late(const struct source *s, struct buf *text)
{
    if (str_empty(s->row->suffix))
        return;
    bool closed = s->row->counts_at != s->row->at;
    register_add_text(
        text, NULL,
        closed ? arena_printf(s->cx->arena, "Entri susulan, dicatat %s", day(s, s->row->made_at))
               : "Entri susulan");
}

/* Is there a complaint behind the line? A letter book that many read does not say which. */
static bool of_complaint(const struct register_row *r)
{
    return r->complaint_number != 0;
}

static const char *where_sealed(const struct source *s)
{
    if (!s->book->confidential)
        return "Isi tersegel";
    return arena_printf(
        s->cx->arena, "Isi tersegel, lihat berkas %s",
        complaint_number_text(s->cx->arena, s->row->complaint_number, s->row->complaint_year));
}

static const char *cell_number(const struct source *s)
{
    return arena_printf(s->cx->arena, "%lld%s", (long long)s->row->number,
                        str_or(s->row->suffix, ""));
}

static const char *cell_day(const struct source *s)
{
    return day(s, s->row->at);
}

static const char *cell_time(const struct source *s)
{
    return s->row->has_time ? time_hm(s->cx->arena, s->row->at, s->cx->offset_min) : "-";
}

static const char *cell_received(const struct source *s)
{
    struct arena *a = s->cx->arena;
    int offset = s->cx->offset_min;
    return s->row->has_time ? time_moment(a, s->row->at, offset, false)
                            : time_long_date(a, s->row->at, offset, false);
}

static const char *cell_letter_number(const struct source *s)
{
    if (s->row->letter_number)
        return s->row->letter_number;
    return str_or(s->words->letter_number, "-");
}

static const char *cell_letter_date(const struct source *s)
{
    return str_or(typed_day(s, s->words->letter_date), "-");
}

static const char *cell_sender(const struct source *s)
{
    struct buf text = text_new(s);
    register_add_text(&text, NULL, s->words->sender);
    if (!of_complaint(s->row))
        return text.p;
    if (s->book->source == REGISTER_REPORTS)
        register_add_text(&text, NULL,
                          arena_printf(s->cx->arena, "Pengaduan: %s",
                                       complaint_label(complaint_ways, s->row->way)));
    register_add_text(&text, NULL,
                      str_eq(s->row->reporter_mode, "anonymous") ? "Pelapor tanpa nama"
                                                                 : "Identitas pelapor tersegel");
    return text.p;
}

static const char *cell_addressee(const struct source *s)
{
    if (!str_empty(s->words->addressee))
        return s->words->addressee;
    return of_complaint(s->row) ? "Tersegel" : str_or(s->row->addressee, "-");
}

/* What the thing is, then the officer's own line, then where the content lies. */
static const char *cell_subject(const struct source *s)
{
    const struct register_row *r = s->row;
    struct buf text = text_new(s);
    const struct letter_kind *kind = r->kind ? letter_kind_of(r->kind) : NULL;
    if (kind && s->book->source == REGISTER_LETTERS)
        register_add_text(&text, NULL, kind->label);
    if (of_complaint(r) && s->book->source == REGISTER_MAIL)
        register_add_text(&text, NULL, "Pengaduan tertulis");
    if (of_complaint(r) && s->book->source == REGISTER_REPORTS)
        register_add_text(&text, NULL, complaint_label(complaint_classes, r->class));
    register_add_text(&text, NULL, r->about);
    register_add_text(&text, NULL, s->words->subject);
    if (of_complaint(r))
        register_add_text(&text, NULL, where_sealed(s));
    return text.p;
}

static const char *cell_value(const struct source *s)
{
    const struct register_row *r = s->row;
    if (!str_empty(r->value_source) && !str_empty(r->value_content))
        return arena_printf(s->cx->arena, "%s-%s", r->value_source, r->value_content);
    return str_or(s->words->value, of_complaint(r) ? "Belum dinilai" : "-");
}

static const char *cell_attachments(const struct source *s)
{
    if (!str_empty(s->words->attachments))
        return s->words->attachments;
    return of_complaint(s->row) ? "Tersegel" : str_or(s->row->attachment, "-");
}

static const char *cell_notes(const struct source *s)
{
    struct buf text = text_new(s);
    if (s->row->cancelled_at)
        register_add_text(&text, "Dibatalkan", str_or(s->row->cancel_reason, "-"));
    add_late(s, &text);
    if (!str_empty(s->row->side))
        register_add_text(&text, NULL, complaint_label(complaint_sides, s->row->side));
    register_add_text(&text, NULL, s->words->notes);
    return text.p;
}

static const char *cell_disposition_date(const struct source *s)
{
    if (!str_empty(s->words->disposition_date))
        return typed_day(s, s->words->disposition_date);
    return day(s, s->row->disposition_at);
}

static const char *cell_disposition(const struct source *s)
{
    struct buf text = text_new(s);
    bool dated = s->book->source == REGISTER_REPORTS && s->row->disposition_at;
    register_add_text(&text, NULL, s->words->disposition);
    register_add_text(&text, NULL, s->row->disposition_number);
    if (dated)
        register_add_text(&text, NULL, day(s, s->row->disposition_at));
    return text.p;
}

static const char *cell_follow_up(const struct source *s)
{
    struct buf text = text_new(s);
    register_add_text(&text, NULL, s->words->follow_up);
    register_add_text(&text, NULL, typed_day(s, s->words->follow_date));
    if (!of_complaint(s->row))
        return text.p;
    register_add_text(&text, NULL, complaint_label(complaint_states, s->row->state));
    if (s->row->ended_at)
        register_add_text(&text, NULL, day(s, s->row->ended_at));
    return text.p;
}

static const char *cell_advice(const struct source *s)
{
    return str_or(s->words->advice, of_complaint(s->row) ? "Tersegel" : "-");
}

static const char *cell_remarks(const struct source *s)
{
    struct buf text = text_new(s);
    if (s->row->cancelled_at)
        register_add_text(&text, "Dibatalkan", str_or(s->row->cancel_reason, "-"));
    add_late(s, &text);
    if (s->book->source == REGISTER_MAIL)
        register_add_text(&text, "Lampiran", s->words->attachments);
    register_add_text(&text, NULL, s->words->remarks);
    return text.p;
}

static const char *cell_officer(const struct source *s)
{
    return staff_name(s->cx->read, s->cx->actor.office_id, s->row->made_by);
}

static const char *cell_review(const struct source *s)
{
    return arena_printf(s->cx->arena, "%s\n%s",
                        time_long_date(s->cx->arena, s->row->at, s->cx->offset_min, false),
                        str_or(s->row->letter_number, ""));
}

static const char *cell_author(const struct source *s)
{
    struct staff who = {.name = ""};
    struct buf text = text_new(s);
    if (staff_get(s->cx->read, s->cx->actor.office_id, s->row->made_by, &who) != ERR_OK)
        return "";
    register_add_text(&text, NULL, who.name);
    register_add_text(&text, NULL, who.rank);
    register_add_text(&text, NULL, who.title);
    return text.p;
}

static const char *cell_field(const struct source *s)
{
    return str_or(s->book->field, "");
}

static const char *cell_of(const struct source *s, const char *key)
{
    static const struct {
        const char *key;
        const char *(*fn)(const struct source *s);
    } cells[] = {{"seq_no", cell_number},
                 {"received_date", cell_day},
                 {"received_time", cell_time},
                 {"received", cell_received},
                 {"dated", cell_day},
                 {"letter_number", cell_letter_number},
                 {"letter_date", cell_letter_date},
                 {"sender", cell_sender},
                 {"addressee", cell_addressee},
                 {"subject", cell_subject},
                 {"value", cell_value},
                 {"attachments", cell_attachments},
                 {"notes", cell_notes},
                 {"disposition_date", cell_disposition_date},
                 {"disposition", cell_disposition},
                 {"follow_up", cell_follow_up},
                 {"advice", cell_advice},
                 {"remarks", cell_remarks},
                 {"officer", cell_officer},
                 {"review", cell_review},
                 {"author", cell_author},
                 {"field", cell_field}};
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        if (str_eq(cells[i].key, key))
            return str_or(cells[i].fn(s), "");
    }
    return "";
}

void register_cells(struct cx *cx, const struct register_book *b, const struct register_row *row,
                    const struct register_words *words, struct register_line *ret)
{
    const struct source s = {cx, b, row, words};
    for (size_t i = 0; i < b->column_count; i++)
        ret->cells[i] = cell_of(&s, b->columns[i].key);
    ret->cancelled = row->cancelled_at != 0;
}
