/* The counters of the office's books. See counter.h. */
#include "lib/counter/counter.h"

#include <stdio.h>

#include "lib/base/banned.h"

DB_SQL(counter_take, "INSERT INTO counter (office_id, book, period, value) VALUES ($1, $2, $3, 1) "
                     "ON CONFLICT (office_id, book, period) "
                     "DO UPDATE SET value = counter.value + 1 RETURNING value");

const struct db_sql *const counter_statements[] = {&counter_take, NULL};

enum err counter_next(struct db_conn *tx, const char *office_id, const char *book,
                      const char *period, int64_t *ret)
{
    return db_number(tx, &counter_take, DB_ARGS(db_text(office_id), db_text(book), db_text(period)),
                     ret);
}

enum err counter_next_of_year(struct db_conn *tx, const char *office_id, const char *book,
                              int64_t year, int64_t *ret)
{
    char period[24];
    (void)snprintf(period, sizeof(period), "%lld", (long long)year);
    return counter_next(tx, office_id, book, period, ret);
}

const char *counter_suffix(struct arena *a, int64_t used)
{
    char reversed[16];
    size_t n = 0;
    for (int64_t k = used + 1; k > 0 && n < sizeof(reversed); k = (k - 1) / 26)
        reversed[n++] = (char)('A' + (k - 1) % 26);
    char *text = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    return text;
}
