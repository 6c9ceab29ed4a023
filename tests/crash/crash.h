/* The crash test: many clients write to a real server that is killed again and again, and afterwards the
 * database is held against an outside ledger of everything that was acknowledged.
 *   crash.c    rounds, the full disk, the report
 *   office.c   a demo office of its own: made, started, killed, stopped
 *   http.c     a plain blocking client that tells an answer read in full from one in doubt
 *   desk.c     the clients: one guest after the other through the steps
 *   ledger.c   what was acknowledged, synced outside before the next request
 *   check.c    the database against the ledger, read without any code of the product */
#ifndef BT_CRASH_H
#define BT_CRASH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DESKS        8
#define ID_BYTES     40
#define SECRET_BYTES 80
#define ANSWER_BYTES (256u * 1024)
#define PHOTO_BYTES  (64u * 1024)

int64_t now_ms(void); /* monotonic */
/* The text up to one of `ends` (or the end), when it fits and is not empty. */
bool copy_until(const char *from, const char *ends, char *ret, size_t room);

/* --- http.c --------------------------------------------------------------------------------------------- */

struct call {
    const char *method, *path, *token, *cookie, *key, *type;
    const void *body;
    size_t body_bytes;
};

struct answer {
    int status;
    char *head; /* with its end */
    char *body; /* ended by NUL */
    size_t body_bytes;
    char bytes[ANSWER_BYTES];
};

enum fate {
    FATE_ANSWERED,
    FATE_NOT_SENT, /* nobody listens: certainly not done */
    FATE_IN_DOUBT, /* sent, or partly; no whole answer */
};

struct line {
    int fd; /* -1: not connected */
    int port;
};

enum fate http_call(struct line *line, const struct call *call, struct answer *ret);
void http_hang_up(struct line *line);

/* --- office.c ------------------------------------------------------------------------------------------- */

struct office {
    const char *binary;
    char data[256], log[256];
    int port;
    pid_t pid;
    char desk_token[SECRET_BYTES], chief_token[SECRET_BYTES], head_token[SECRET_BYTES];
    char desk_password[SECRET_BYTES];
};

bool office_make(struct office *o, const char *binary, const char *folder);
/* Milliseconds from the start of the program to its first 200; -1 when it never came. */
int64_t office_start(struct office *o);
void office_kill(struct office *o); /* -9, the whole process group */
bool office_stop(struct office *o); /* politely; false when it did not end well */
/* What `audit verify` says of a stopped server's data. */
bool office_audit_verify(const struct office *o);
/* A logged-in cookie of the desk. */
bool office_login(const struct office *o, char ret_cookie[SECRET_BYTES]);

/* --- ledger.c ------------------------------------------------------------------------------------------- */

enum {
    STEP_BADGE = 3,
    STEP_ROOM = 4,
    STEP_DECIDED = 6,
    STEP_RECEIVED = 7,
    STEP_RETURNED = 8,
    STEP_CLOSED = 9,
    STEP_REGISTERED = 2,
    STEP_COMPLAINT = 70
};

struct entry {
    int step;
    int64_t number;
    bool photo;
    char id[ID_BYTES], key[ID_BYTES];
};

struct ledger {
    int fd;
    struct entry *entries;
    size_t count, room;
};

bool ledger_open(struct ledger *l, const char *path);
/* On the disk when it returns. Ends the program when it cannot be written. */
void ledger_add(struct ledger *l, const struct entry *e);
void ledger_close(struct ledger *l);

/* --- desk.c --------------------------------------------------------------------------------------------- */

struct crowd {
    struct office *office;
    const void *photo;
    size_t photo_bytes;
    atomic_bool stop;
    atomic_long acked, in_doubt, not_sent, busy, full, full_silent;
    atomic_long wrong; /* answers that should not be */
    char wrong_text[512];
    pthread_mutex_t wrong_lock;
};

struct desk {
    struct crowd *crowd;
    int number;
    pthread_t thread;
    struct ledger ledger;
    struct line line;
    uint64_t run; /* random: keys and documents of one run never meet those of another */
    long serial;
    struct answer answer;
};

void *desk_main(void *desk);

/* --- check.c -------------------------------------------------------------------------------------------- */

struct figures {
    int64_t visits, complaints, photos, photo_files, audit_entries;
};

/* Prints "ok NAME" or "not ok NAME: why". */
bool report(bool good, const char *name, const char *why);
/* Every photo comes back as the first one does: opened, whole. Needs the running server. */
bool check_photos(const struct office *o, struct figures *f);
/* All else, on the files of a stopped server. */
bool check_database(const struct office *o, const struct desk *desks, struct figures *f);

#endif
