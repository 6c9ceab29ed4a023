/* What a person writes back in his own words: "terima", "ok pak", "2.", "nanti 15". */
#ifndef BT_NOTICE_TEXT_H
#define BT_NOTICE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

struct notice_text {
    const char *outcome; /* office_head intel_chief ask_head later refused */
    int64_t minutes;     /* of "nanti 15"; 0: not said */
    int64_t guest;       /* "terima 12", "tamu 12 terima": the number of the guest; 0: not said */
    bool numbered;       /* by the number of the answer alone ("1") */
};

/* False for anything that is not clearly one answer: every word must be known, so that "belum bisa terima",
 * "jangan terima", "terima atau tolak" and every question are none. `head`: the question is the Kajari's.
 * Pure. */
bool notice_text_parse(const char *text, bool head, struct notice_text *ret);

#endif
