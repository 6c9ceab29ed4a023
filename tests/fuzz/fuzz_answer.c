/* Answers in words: whatever is written, what is taken is one of the answers that there are. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "features/notice/notice_text.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define PROMISE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

enum { TEXT_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_outcome(const char *outcome, bool head)
{
    bool both = str_eq(outcome, "intel_chief") || str_eq(outcome, "later") ||
                str_eq(outcome, "refused");
    return both || str_eq(outcome, head ? "office_head" : "ask_head");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX + 1];
    size_t n = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(text, data, n);
    text[n] = '\0';
    for (int head = 0; head < 2; head++) {
        struct notice_text t = {.outcome = "untouched", .minutes = -1};
        if (notice_text_parse(text, head != 0, &t)) {
            PROMISE(is_outcome(t.outcome, head != 0));
            PROMISE(t.minutes >= 0 && t.minutes <= 240 && t.guest >= 0);
            PROMISE(t.minutes == 0 || str_eq(t.outcome, "later"));
            PROMISE(!strchr(text, '?'));
        } else {
            PROMISE(str_eq(t.outcome, "untouched") && t.minutes == -1);
        }
    }
    return 0;
}
