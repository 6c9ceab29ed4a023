/* What comes in from an office's old guest book, and what goes out: the 13 fields of the national application.
 * An import reads .xlsx or .csv by a mapping of its columns, says of every row what is wrong with it, and can be
 * undone (docs/adr/0022). */
#ifndef BT_EXCHANGE_H
#define BT_EXCHANGE_H

#include <stdbool.h>

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

enum exchange_field {
    EX_NAME,
    EX_ARRIVED,
    EX_TIME, /* of day, where it has a column of its own */
    EX_ID_TYPE,
    EX_ID_NUMBER,
    EX_PHONE,
    EX_ADDRESS,
    EX_ORGANIZATION,
    EX_PURPOSE,
    EX_OFFICER,
    EX_REMARKS,
    EX_NUMBER, /* in the old book */
    EX_FIELDS
};

struct exchange_target {
    const char *name;  /* of the form's field and in the stored mapping */
    const char *label; /* msgid */
    bool required;
    const char *words; /* heads it is known by, lower case, with | around each */
};
extern const struct exchange_target exchange_targets[EX_FIELDS];

/* Which column holds what: from 1, 0 none. */
struct exchange_mapping {
    int64_t columns[EX_FIELDS];
    int64_t head; /* number of the row with the heads, 0: there is none */
    bool month_first;
};

/* A cell as the file has it. */
struct exchange_cell {
    const char *text;
    double days; /* is_number: the number, which may be a time */
    bool is_number;
};

struct exchange_guest {
    const char *name, *id_type, *id_number, *phone, *address, *organization, *purpose, *officer,
        *remarks;
    int64_t arrived_at;
    bool time_unknown;
};

struct exchange_fault {
    enum exchange_field field;
    const char *code, *msgid;
    bool warning; /* the row is taken all the same */
};
#define EXCHANGE_FAULTS_MAX (EX_FIELDS + 2)
struct exchange_verdict {
    struct exchange_fault faults[EXCHANGE_FAULTS_MAX];
    size_t count;
    bool refused;
};

/* Against what a row is read. */
struct exchange_rules {
    int64_t now_ms;
    int offset_min;
    bool month_first; /* 12/31/2024 */
};

#define EXCHANGE_ROWS_MAX   20000 /* of an import */
#define EXCHANGE_CHUNK      200   /* rows of a transaction */
#define EXCHANGE_LOOK_ROWS  10    /* shown on the mapping page */
#define EXCHANGE_FOLDER     "imports"
#define EXCHANGE_KEEP_MS    (24LL * 3600 * 1000)
#define EXCHANGE_SUFFIX     "-L" /* behind the numbers of old books: 17-L/2024 */
#define EXCHANGE_EXPORT_MAX 20000

/* An import. */
struct exchange_batch {
    const char *id, *state, *format, *created_by, *mapping;
    struct bytes head_index;
    int64_t created_at, row_next, accepted, refused, warned, from_ms, until_ms, ended_at, undone_at;
};

/* --- rules (exchange*.c, pure) ----------------------------------------------------------------------------- */
/* Which field a head names; EX_FIELDS: none. */
enum exchange_field exchange_guess(struct arena *a, const char *head);
/* One line, without controls, spaces at most one at a time. */
char *exchange_clean(struct arena *a, const char *text);
/* Reads a row. Every fault is in *ret_verdict; the guest is whole when it is not refused. */
void exchange_read(struct arena *a, const struct exchange_cell cells[EX_FIELDS],
                   const struct exchange_rules *rules, struct exchange_guest *ret,
                   struct exchange_verdict *ret_verdict);
/* "Senin, 3 Maret 2024 pukul 09.30", "03/03/2024", "2024-03-03 09:30": civil time with hour -1 when none is
 * written. False when it is not readable. */
struct civil;
bool exchange_day(struct arena *a, const char *text, bool month_first, struct civil *ret);
/* "09.30", "9:30 WIB", "pukul 09.30" */
bool exchange_clock(struct arena *a, const char *text, int *ret_hour, int *ret_minute);
/* May this import run, be undone? */
struct refusal exchange_may_run(const struct exchange_batch *b);
struct refusal exchange_may_undo(const struct exchange_batch *b);

extern const struct db_sql *const exchange_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *exchange_routes(void);
/* Removes uploaded books after a day. For the clock. */
enum err exchange_sweep(struct cx *cx) MUST_USE;

#endif
