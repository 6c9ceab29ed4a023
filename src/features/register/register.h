/* The books that the office must keep (R.IN.…): filled by what happened, shown by month, printed in their
 * official columns, closed and signed at the end of each month (domain.md 1.4; KEP-135/A/JA/05/2019). */
#ifndef BT_REGISTER_H
#define BT_REGISTER_H

#include <stdbool.h>

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

#define REGISTER_COLUMNS_MAX 12
#define REGISTER_ROWS_MAX    20000 /* of a month */

struct register_column {
    const char *key;   /* what stands in it: "identity" */
    const char *label; /* as printed: "Identitas lengkap tamu" */
    int share;         /* of the paper's width */
};

/* What fills a book. */
enum register_source {
    REGISTER_VISITS, /* R.IN.21 */
    REGISTER_MAIL,   /* R.IN.1: letters that come in, one by one, and complaints that came as one */
    REGISTER_REPORTS, /* R.IN.3: complaints of a field, and an officer's own reports */
    REGISTER_LETTERS, /* R.IN.2: numbers of the letter book */
    REGISTER_REVIEWS, /* R.IN.19: the telaahan among them */
};

/* A book as the office keeps it. */
struct register_book {
    const char *book; /* in paths: "tamu" */
    enum register_source source;
    bool confidential;         /* kept by those who may know that every complaint is there */
    uint32_t readers, writers; /* roles; writers may write a line without reading the book */
    const char *name;          /* msgid: "Surat masuk, rahasia" */
    const char *field;         /* of R.IN.3: "Ekokeu" */
    const char *keeper, *acknowledged; /* whose posts sign: intel_chief office_head; "" nobody */
    const char *code, *title, *organiser, *place;
    struct register_column columns[REGISTER_COLUMNS_MAX];
    size_t column_count;
    int64_t changed_at; /* 0: as shipped */
};
/* The shipped books, ended by book NULL. */
extern const struct register_book register_books[];

struct register_month {
    int year, month;
    int64_t from_ms, until_ms; /* in the office's zone; until_ms is the first moment after it */
    const char *text;          /* "2026-07" */
};

/* monthly_recap: what the closing counts. remaining = carried + received - settled. */
struct register_recap {
    int64_t carried, received, settled, individuals, organisations;
};

struct register_closing {
    const char *book, *month, *id, *closed_by, *signer, *acknowledged, *proof_code;
    int64_t closed_at, carried, received, settled, individuals, organisations, pages;
    struct bytes file_hash;
};

/* --- words of a line --------------------------------------------------------------------------------------- */
/* What an officer writes into a line, as bits in the order of the form. */
enum register_word {
    WORD_LETTER_NUMBER = 1 << 0,
    WORD_LETTER_DATE = 1 << 1,
    WORD_SENDER = 1 << 2,
    WORD_ADDRESSEE = 1 << 3,
    WORD_VALUE = 1 << 4,
    WORD_SUBJECT = 1 << 5,
    WORD_ATTACHMENTS = 1 << 6,
    WORD_ADVICE = 1 << 7,
    WORD_NOTES = 1 << 8,
    WORD_DISPOSITION_DATE = 1 << 9,
    WORD_DISPOSITION = 1 << 10,
    WORD_FOLLOW_DATE = 1 << 11,
    WORD_FOLLOW_UP = 1 << 12,
    WORD_REMARKS = 1 << 13,
};
#define REGISTER_WORDS 14
struct register_words {
    const char *letter_number, *letter_date, *sender, *addressee, *value, *subject, *attachments;
    const char *advice, *notes, *disposition_date, *disposition, *follow_date, *follow_up, *remarks;
};
/* Keys, in the order of the bits: "letter_number", … */
extern const char *const register_word_keys[REGISTER_WORDS];
/* The member of a word. */
const char **register_word(struct register_words *w, size_t i);
/* Its name on the form of this book, a msgid. */
const char *register_word_label(enum register_source source, size_t i);
/* Which words a line has. `hand`: written by an officer; else it only adds to what fills the line. */
unsigned register_words_shown(enum register_source source, bool hand);
unsigned register_words_needed(enum register_source source, bool hand);
/* "B-2": source A to F, content 1 to 6 (domain.md 1.4). */
bool register_value_ok(const char *text);

/* --- rules (register.c, pure) ---------------------------------------------------------------------------- */
const struct register_book *register_shipped(const char *book); /* NULL: no such book */
/* Is it filled by numbered letters, and not by lines of its own? */
bool register_of_letters(const struct register_book *b);
/* "2026-07" */
bool register_month_read(struct arena *a, const char *text, int offset_min,
                         struct register_month *ret);
struct register_month register_month_of(struct arena *a, int64_t ms, int offset_min);
struct register_month register_month_before(struct arena *a, const struct register_month *m,
                                            int offset_min);
struct register_month register_month_after(struct arena *a, const struct register_month *m,
                                           int offset_min);
/* "Juli 2026" */
char *register_month_label(struct arena *a, const struct register_month *m, bool english);
/* May the month be closed now? `last`: the last closed month ("YYYY-MM") or NULL; `first`: the month of the
 * first entry. Refusals (409): "month_runs", "already_closed", "earlier_month_open". */
struct refusal register_may_close(struct arena *a, const struct register_month *m, int64_t now_ms,
                                  const char *first, const char *last);
/* Where the letters are signed, from an office's name: "Kejaksaan Negeri Kapuas" → "Kapuas". */
const char *register_place(const char *office_name);

/* The number of a line, as people say it: "12A/2026", "R-TELAAHAN-3/2026". */
char *register_number_text(struct arena *a, const char *series, int64_t number, const char *suffix,
                           int64_t year);

extern const struct db_sql *const register_statements[];
extern const struct db_sql *const register_entry_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *register_routes(void);
/* Days that are over: writes into R.IN.1 what guests handed over and which complaints came as a letter. For
 * the clock; never on the same day, because the entry would tell when an anonymous complaint came. */
enum err register_take_days(struct cx *cx, const char *office_id) MUST_USE;
/* Removes files of closings that were never stored. For the clock. */
enum err register_sweep(struct cx *cx, const char *office_id) MUST_USE;

#endif
