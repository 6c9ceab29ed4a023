/* The rules of following a complaint, over what the store has read. Pure. */
#ifndef BT_CASEWORK_RULES_H
#define BT_CASEWORK_RULES_H

#include "features/casework/casework.h"

/* --- who ------------------------------------------------------------------------------------------------ */
enum case_who {
    CASE_LEADER = 1 << 0,  /* Kasi Intelijen or Kajari, or who acts for one */
    CASE_HEAD = 1 << 1,    /* Kajari, or who acts for him */
    CASE_OFFICER = 1 << 2, /* with a share of the content */
};

/* --- letters that a step may need: kinds of features/letter, as bits in this order ------------------------ */
enum case_letter {
    CASE_REVIEW = 1 << 0,      /* telaahan */
    CASE_DISPOSITION = 1 << 1, /* lembar disposisi */
    CASE_ORDER = 1 << 2,       /* surat perintah tugas */
    CASE_REPORT = 1 << 3,      /* laporan hasil */
    CASE_NOTICE = 1 << 4,      /* pemberitahuan kepada pelapor */
};
#define CASE_LETTERS 5
extern const char *const case_letter_kinds[CASE_LETTERS + 1]; /* "review", …, NULL */

/* --- moves ----------------------------------------------------------------------------------------------- */
enum case_move_flag {
    CASE_BACK = 1 << 0,      /* a stage back */
    CASE_REOPEN = 1 << 1,    /* out of an outcome */
    CASE_REASON = 1 << 2,    /* only with a reason */
    CASE_HANDOVER = 1 << 3,  /* names to whom: a transfer is kept */
    CASE_VALUED = 1 << 4,    /* valuation and class must be recorded */
    CASE_FOREIGN = 1 << 5,   /* only while the side state is not_competent */
    CASE_TELLS = 1 << 6,     /* the reporter must have been told, when he can be reached */
    CASE_ANY_SIDE = 1 << 7,  /* even while the clock stands still */
    CASE_COMPETENT = 1 << 8, /* not while the side state is not_competent */
};
struct case_move {
    const char *from, *to;
    unsigned who, letters, flags;
    const char *label; /* msgid of the button */
};
/* All moves from a state, the usual one first; ended by from NULL. */
extern const struct case_move case_moves[];
const struct case_move *case_move_find(const char *from, const char *to);

struct case_facts {
    const char *state, *side, *mode, *class;
    unsigned who, letters;
    bool valued;   /* source and content valuation */
    bool reason;   /* was one given? */
    bool receiver; /* is it said to whom? */
};
/* May this be done now? 403 "not_yours"; 409 "waiting", "letter_missing", "not_valued", "not_sorted",
 * "not_competent"; 422 of "note" and "to_name". */
struct refusal case_may_move(const struct case_facts *f, const struct case_move *m);
/* The same without what a form gives: whether the button makes sense now. */
struct refusal case_could_move(const struct case_facts *f, const struct case_move *m);
/* Is the reporter told by letter? Not an anonymous one: nobody knows where he lives. */
bool case_reporter_reachable(const char *mode);

/* --- side states ------------------------------------------------------------------------------------------- */
/* The clock of stage and case stands still. */
bool case_side_stops(const char *side);
/* May this side state be set (NULL: ended)? 409 "side_there", "side_none", "ended"; needs_completion with
 * nothing missing is 409 "nothing_missing". */
struct refusal case_may_side(const struct case_facts *f, const char *side, bool missing);

/* --- what must be there -------------------------------------------------------------------------------------- */
struct case_part {
    const char *code, *label;
};
#define CASE_PARTS_MAX 8u
/* The list for a class and a kind of reporter; ends with code NULL. Returns how many. */
size_t case_parts(const char *class, const char *mode, struct case_part ret[CASE_PARTS_MAX + 1]);
/* Is this code among those ("a b c")? */
bool case_has_part(const char *codes, const char *code);

/* --- deadlines ----------------------------------------------------------------------------------------------- */
struct stage_limit {
    const char *stage; /* a state, or intake examination completion overall */
    int64_t length;    /* 0: none */
    const char *unit;  /* minute working calendar */
    const char *basis;
    int64_t verified;
};
#define STAGE_LIMITS_MAX 20u
const char *stage_limit_label(const char *stage); /* msgid */
const struct stage_limit *stage_limit_find(const struct stage_limit *limits, size_t count,
                                           const char *stage);

struct case_clock {
    const struct calendar *calendar;
    const struct stage_limit *limits;
    size_t limit_count;
    const char *state, *side, *class;
    bool ended;
    int64_t stage_day, overall_day, side_day; /* CALENDAR_NO_DAY: none */
    const struct calendar_pause *pauses;
    size_t pause_count;
};
/* CALENDAR_NO_DAY: none. `sort` CALENDAR_NO_DAY: nothing runs. */
struct case_due {
    int64_t stage, overall, examination, side, sort;
};
struct case_due case_due_of(const struct case_clock *c);

/* --- the board ------------------------------------------------------------------------------------------------ */
enum case_group { CASE_LATE, CASE_TODAY, CASE_WEEK, CASE_LATER, CASE_WAITING, CASE_ENDED };
#define CASE_GROUPS 6
extern const struct complaint_code case_groups[CASE_GROUPS + 1]; /* "late", msgid */

/* --- valuation ------------------------------------------------------------------------------------------------- */
extern const struct complaint_code case_sources[7];  /* A–F */
extern const struct complaint_code case_contents[7]; /* 1–6 */

#endif
