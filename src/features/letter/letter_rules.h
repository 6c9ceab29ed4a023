/* Rules of letters that the pages share: which fields a kind asks for, which placeholders it knows. Pure. */
#ifndef BT_LETTER_RULES_H
#define BT_LETTER_RULES_H

#include "features/letter/letter.h"

/* What is typed for a letter, as bits: shown for a kind, needed by a kind. */
enum letter_field {
    LETTER_ADDRESSEE = 1 << 0,
    LETTER_SUBJECT = 1 << 1,
    LETTER_NATURE = 1 << 2,
    LETTER_ATTACHMENT = 1 << 3,
    LETTER_BASIS = 1 << 4,
    LETTER_TEAM = 1 << 5,
    LETTER_BODY = 1 << 6,
    LETTER_ANALYSIS = 1 << 7,
    LETTER_CONCLUSION = 1 << 8,
    LETTER_ADVICE = 1 << 9,
    LETTER_TASK = 1 << 10,
    LETTER_PERIOD = 1 << 11,
    LETTER_NOTE = 1 << 12,
    LETTER_COPIES = 1 << 13,
    LETTER_VALUE = 1 << 14,
};
unsigned letter_fields_shown(const char *kind);
unsigned letter_fields_needed(const char *kind);
/* Is it written to the reporter? Then his name and address fill an empty addressee, for whoever may know him. */
bool letter_to_reporter(const char *kind);

/* "R", "Print", "R-LAPHASTUG": letters, digits, - and ., at most 20, beginning with a letter. */
bool letter_type_ok(const char *type);
/* "Dek.3", "Cr.5", or nothing. */
bool letter_subject_ok(const char *code);

/* Placeholders are columns (name, label) of the template list on the page. */
struct letter_placeholder {
    const char *name, *label; /* label: msgid */
    int section; /* 0: a value, 1: a list or condition, 2: a column of the list above, 3: picture */
    const char *example; /* in a sample, where nothing else makes one; of a column one a row: "a|b" */
};
/* Those of a kind, ended by name NULL: the office's own, then what the kind is of (letter_names.c). */
const struct letter_placeholder *letter_placeholders(struct arena *a, const struct letter_kind *k);

#endif
