/* The two levels as pure rules: what one answer does to one visit. */
#ifndef BT_DECISION_RULES_H
#define BT_DECISION_RULES_H

#include "features/decision/decision.h"

enum decision_effect {
    DECISION_REFUSED,  /* not an answer at all: see refusal */
    DECISION_FINAL,    /* decides who receives the guest, or that nobody does */
    DECISION_PROPOSED, /* goes to the Kajari, who is asked */
    DECISION_LATER,    /* asked again after some minutes */
    DECISION_TOO_LATE, /* kept, without effect */
};

struct decision_plan {
    enum decision_effect effect;
    const char *outcome; /* of the visit from now on */
    struct refusal refusal;
};

/* `ask_head_always`: the office's policy. `as_role`: ROLE_INTEL_CHIEF, ROLE_OFFICE_HEAD or
 * ROLE_SECTION_CHIEF. */
struct decision_plan decision_plan_of(const struct visit *v, uint32_t as_role, const char *outcome,
                                      bool ask_head_always);
/* What becomes of a proposal when the Kajari stays silent: the proposal; "as the Kajari wishes" means
 * that the Kasi Intel receives the guest. */
const char *decision_on_silence(const char *proposal);
/* "final", "proposed", "later", "too_late": the effect as it is kept with the answer. */
const char *decision_effect_name(enum decision_effect effect);

#endif
