/* What becomes of a row after an attempt, and what the attempt says of its channel: rules alone. The threads
 * that ask are in worker.c. */
#include "lib/outbox/outbox_rows.h"

#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/outbox/channel.h"

#include "lib/base/banned.h"

enum { PAIR_STEPS_MAX = 4 };

static int64_t power(int64_t first, int64_t factor, int64_t exponent, int64_t max)
{
    int64_t value = first;
    for (int64_t i = 0; i < exponent && value < max; i++)
        value *= factor;
    return value < max ? value : max;
}

/* Up to a quarter longer or shorter, so that rows that failed together do not come back together. */
static int64_t jitter(int64_t ms)
{
    uint32_t random_bits = 0;
    rand_bytes(&random_bits, sizeof(random_bits));
    return ms - ms / 4 + (int64_t)(random_bits % (uint64_t)(ms / 2 + 1));
}

static int64_t retry_delay(const struct outbox_timing *t, const struct outbox_row *row,
                           const struct outbox_result *result)
{
    int64_t earlier = row->attempts > 1 ? row->attempts - 1 : 0;
    if (result->retry_after_ms > 0)
        return result->retry_after_ms;
    if (!result->per_recipient)
        return jitter(power(t->backoff_first_ms, 2, earlier, t->backoff_max_ms));
    return power(t->pair_first_ms, 4, earlier < PAIR_STEPS_MAX ? earlier : PAIR_STEPS_MAX,
                 INT64_MAX / 8);
}

static int64_t unknown_delay(const struct outbox_timing *t, const struct outbox_row *row)
{
    int64_t most = t->backoff_max_ms > t->unknown_wait_ms ? t->backoff_max_ms : t->unknown_wait_ms;
    bool first = !str_eq(row->code, OUTBOX_CODE_UNKNOWN);
    int64_t doublings = row->attempts < PAIR_STEPS_MAX ? row->attempts - 1 : PAIR_STEPS_MAX;
    return power(t->unknown_wait_ms, 2, first ? 0 : doublings, most);
}

struct outbox_fate outbox_fate_of(const struct outbox_timing *t, const struct outbox_row *row,
                                  const struct outbox_result *result)
{
    struct outbox_fate f = {.row = row,
                            .state = "failed",
                            .provider_id = result->provider_id,
                            .code = result->code,
                            .reason = result->reason,
                            .attempts = row->attempts,
                            .now_ms = time_now_ms(),
                            .hold_recipient = result->per_recipient};
    switch (result->outcome) {
    case SEND_OK:
        f.state = "sent";
        break;
    case SEND_RETRY:
        f.state = row->attempts < t->max_attempts ? "queued" : "failed";
        f.next_at = f.now_ms + retry_delay(t, row, result);
        break;
    case SEND_UNKNOWN:
        /* Wait for a status event, then once more; while the doubt lasts again and again, ever later: a
         * second message does less harm than none. The question ends it, or the last attempt. */
        if (row->attempts < t->max_attempts)
            f.state = "sending";
        if (str_eq(row->code, OUTBOX_CODE_UNKNOWN))
            f.reason = T("Penyedia pesan berulang kali tidak menjawab; pesan mungkin sudah sampai. "
                         "Hubungi penerima langsung bila mendesak.");
        f.next_at = f.now_ms + unknown_delay(t, row);
        f.code = OUTBOX_CODE_UNKNOWN;
        break;
    case SEND_STOP_CHANNEL:
        f.state = "queued";
        f.next_at = f.now_ms;           /* the channel waits, and all its rows with it */
        f.attempts = row->attempts - 1; /* not this message's fault */
        break;
    case SEND_FAILED:
        break;
    }
    return f;
}

struct health_note outbox_health_of(const struct outbox_row *row,
                                    const struct outbox_result *result, int64_t now_ms)
{
    bool his = result->per_recipient || result->recipient_fault ||
               str_eq(result->code, OUTBOX_CODE_GONE);
    bool ours = str_eq(result->code, OUTBOX_CODE_RENDER) ||
                str_eq(result->code, OUTBOX_CODE_ADDRESS);
    return (struct health_note){.office_id = row->office_id,
                                .channel = row->channel,
                                .accepted = result->outcome == SEND_OK,
                                .failing = result->outcome != SEND_OK && !his && !ours,
                                .paused = result->outcome == SEND_STOP_CHANNEL,
                                .code = result->code,
                                .reason = result->reason,
                                .now_ms = now_ms};
}
