/* Rules of step 6. Pure. See decision_rules.h and docs/adr/0003-kajari-silence.md. */
#include "features/decision/decision_rules.h"

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

const char *decision_outcome_label(const char *outcome)
{
    static const struct {
        const char *outcome, *label;
    } labels[] = {
        {"office_head", T("Diterima Kajari")},
        {"intel_chief", T("Diterima Kasi Intelijen")},
        {"section_chief", T("Diterima Kasi lain")},
        {"ask_head", T("Tanya Kajari")},
        {"later", T("Nanti")},
        {"refused", T("Tidak dapat diterima")},
    };
    for (size_t i = 0; outcome && i < ARRAY_LEN(labels); i++) {
        if (str_eq(labels[i].outcome, outcome))
            return labels[i].label;
    }
    return outcome ? outcome : "";
}

const char *decision_effect_name(enum decision_effect effect)
{
    switch (effect) {
    case DECISION_FINAL:
        return "final";
    case DECISION_PROPOSED:
        return "proposed";
    case DECISION_LATER:
        return "later";
    case DECISION_TOO_LATE:
        return "too_late";
    case DECISION_REFUSED:
        break;
    }
    return "refused";
}

const char *decision_on_silence(const char *proposal)
{
    return str_eq(proposal, "ask_head") ? "intel_chief" : proposal;
}

static struct decision_plan refuse(const char *code, const char *msgid)
{
    return (struct decision_plan){.effect = DECISION_REFUSED,
                                  .refusal = {.err = ERR_CONFLICT, .code = code, .msgid = msgid}};
}

static struct decision_plan plan(enum decision_effect effect, const char *outcome)
{
    return (struct decision_plan){.effect = effect, .outcome = outcome};
}

static bool decidable(const struct visit *v)
{
    return v->open && (visit_state_is(v, "registered") || visit_state_is(v, "checked_in") ||
                       visit_state_is(v, "waiting"));
}

struct decision_plan decision_plan_of(const struct visit *v, uint32_t as_role, const char *outcome,
                                      bool ask_head_always)
{
    if (str_eq(v->decision_state, "final"))
        return plan(DECISION_TOO_LATE, v->decision_outcome);
    if (!decidable(v))
        return refuse("state", T("Kunjungan ini sudah lewat dari langkah keputusan."));
    if (as_role == ROLE_OFFICE_HEAD) {
        if (str_eq(outcome, "ask_head"))
            return refuse("ask_head_self",
                          T("Pilih siapa yang menerima tamu: Kajari atau Kasi Intelijen."));
        return plan(str_eq(outcome, "later") ? DECISION_LATER : DECISION_FINAL, outcome);
    }
    if (str_eq(v->decision_state, "proposed"))
        return refuse("already_proposed",
                      T("Sudah diteruskan kepada Kajari. Jawaban Kajari yang menentukan."));
    if (str_eq(outcome, "later"))
        return plan(DECISION_LATER, v->decision_outcome);
    if (ask_head_always || str_eq(outcome, "ask_head"))
        return plan(DECISION_PROPOSED, outcome);
    return plan(DECISION_FINAL, outcome);
}
