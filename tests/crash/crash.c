/* Usage: crash BUKUTAMU PHOTO FOLDER ROUNDS | crash BUKUTAMU PHOTO FOLDER full BALLAST
 * FOLDER is empty and ours; in the second form it is a small file system of its own, which BALLAST (a file
 * on it) fills up so that the disk is full under load and empty again when it is removed. See crash.h. */
#include "crash.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/banned.h"

#define START_LIMIT_MS 3000
#define HEAL_LIMIT_MS  5000
#define KILL_FROM_MS   300u
#define KILL_TO_MS     2000u

/* --- the crowd ------------------------------------------------------------------------------------------ */

static bool crowd_start(struct crowd *c, struct desk *desks, const char *ledgers)
{
    (void)pthread_mutex_init(&c->wrong_lock, NULL);
    for (int i = 0; i < DESKS; i++) {
        char path[512];
        struct desk *d = &desks[i];
        d->crowd = c;
        d->number = i;
        d->line = (struct line){.fd = -1, .port = c->office->port};
        randombytes_buf(&d->run, sizeof(d->run));
        (void)snprintf(path, sizeof(path), "%s/ledger-%d", ledgers, i);
        if (!ledger_open(&d->ledger, path) || pthread_create(&d->thread, NULL, desk_main, d) != 0)
            return false;
    }
    return true;
}

/* Every request that is in doubt is repeated until it is answered, so the server must be up. */
static void crowd_stop(struct crowd *c, struct desk *desks)
{
    atomic_store(&c->stop, true);
    for (int i = 0; i < DESKS; i++)
        (void)pthread_join(desks[i].thread, NULL);
}

static bool read_photo(struct crowd *c, const char *path)
{
    static char photo[PHOTO_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, photo, sizeof(photo)) : -1;
    if (fd >= 0)
        (void)close(fd);
    c->photo = photo;
    c->photo_bytes = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static bool report_crowd(const struct crowd *c)
{
    return report(atomic_load(&c->wrong) == 0, "no request was answered wrongly", c->wrong_text);
}

/* --- after the load: photos from the running server, the rest from its files ---------------------------------- */

static bool check_all(struct office *o, struct desk *desks, struct figures *f)
{
    bool good = check_photos(o, f);
    good = report(office_stop(o), "the server ends in order", "it did not") && good;
    good = check_database(o, desks, f) && good;
    return report(office_audit_verify(o), "audit verify says the same", "it does not") && good;
}

/* --- kill -9 ------------------------------------------------------------------------------------------------------ */

static bool run_rounds(struct crowd *c, struct desk *desks, int rounds, const char *folder)
{
    struct office *o = c->office;
    struct figures f = {0};
    int64_t slowest = 0, sum = 0;
    bool up = crowd_start(c, desks, folder);
    for (int i = 0; up && i < rounds; i++) {
        (void)usleep(1000 * (KILL_FROM_MS + randombytes_uniform(KILL_TO_MS - KILL_FROM_MS)));
        office_kill(o);
        int64_t ms = office_start(o);
        up = ms >= 0;
        slowest = ms > slowest ? ms : slowest;
        sum += ms;
    }
    if (!report(up, "the server comes up after every kill", "see the server's log"))
        exit(1); /* the desks would wait for ever */
    crowd_stop(c, desks);
    char why[64];
    (void)snprintf(why, sizeof(why), "%lld ms", (long long)slowest);
    bool good = report(slowest < START_LIMIT_MS, "every start takes less than 3 s", why);
    good = report_crowd(c) && good;
    good = check_all(o, desks, &f) && good;
    (void)printf(
        "# %d kills; %ld acknowledged, %ld in doubt and repeated, %ld refused for a moment\n",
        rounds, atomic_load(&c->acked), atomic_load(&c->in_doubt), atomic_load(&c->busy));
    (void)printf("# %lld visits, %lld complaints, %lld audit entries, %lld photos (%lld files)\n",
                 (long long)f.visits, (long long)f.complaints, (long long)f.audit_entries,
                 (long long)f.photos, (long long)f.photo_files);
    (void)printf("# start to first 200: slowest %lld ms, mean %lld ms\n", (long long)slowest,
                 (long long)(rounds ? sum / rounds : 0));
    return good;
}

/* --- full disk ----------------------------------------------------------------------------------------------------- */

static bool wait_for(const atomic_long *counter, long at_least, int64_t limit_ms)
{
    int64_t until = now_ms() + limit_ms;
    while (atomic_load(counter) < at_least && now_ms() < until)
        (void)usleep(2000);
    return atomic_load(counter) >= at_least;
}

static bool page_comes(const struct office *o, const char *cookie)
{
    static struct answer a;
    struct line line = {.fd = -1, .port = o->port};
    const struct call call = {.method = "GET", .path = "/tamu?limit=1", .cookie = cookie};
    bool ok = http_call(&line, &call, &a) == FATE_ANSWERED && a.status == 200;
    http_hang_up(&line);
    return ok;
}

static bool run_full(struct crowd *c, struct desk *desks, const char *ballast, const char *ledgers)
{
    struct office *o = c->office;
    struct figures f = {0};
    char cookie[SECRET_BYTES] = "", why[96];
    bool good = report(office_login(o, cookie), "log in before", "refused");
    if (!crowd_start(c, desks, ledgers))
        return report(false, "start", "threads");
    good = report(wait_for(&c->full, 100, 60000), "a full disk refuses with 503 or 507",
                  "never full") &&
           good;
    long before = atomic_load(&c->full);
    bool said = atomic_load(&c->full_silent) == 0 && atomic_load(&c->busy) == 0;
    good = report(said, "each refusal says so in a sentence", "some do not") && good;
    good = report(page_comes(o, cookie), "reading goes on while the disk is full", "refused") &&
           good;
    long acked = atomic_load(&c->acked);
    int64_t begun = now_ms();
    (void)unlink(ballast);
    bool healed = wait_for(&c->acked, acked + 20, HEAL_LIMIT_MS);
    int64_t took = now_ms() - begun;
    (void)snprintf(why, sizeof(why), "%ld more in %lld ms", atomic_load(&c->acked) - acked,
                   (long long)took);
    good = report(healed, "writing goes on within 5 s of space, without a restart", why) && good;
    if (!healed)
        exit(1); /* the desks would wait for ever */
    (void)wait_for(&c->acked, acked + 400, HEAL_LIMIT_MS);
    crowd_stop(c, desks);
    good = report_crowd(c) && good;
    good = check_all(o, desks, &f) && good;
    (void)printf(
        "# full disk: %ld acknowledged, %ld refused (%ld when it had healed), healed in %lld ms\n",
        atomic_load(&c->acked), before, atomic_load(&c->full) - before, (long long)took);
    return good;
}

int main(int argc, char **argv)
{
    static struct office office;
    static struct crowd crowd = {.office = &office};
    static struct desk desks[DESKS];
    bool full = argc == 6 && strcmp(argv[4], "full") == 0;
    if ((argc != 5 && !full) || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: crash BUKUTAMU PHOTO FOLDER ROUNDS|full [BALLAST]\n");
        return 2;
    }
    bool ready = read_photo(&crowd, argv[2]) && office_make(&office, argv[1], argv[3]) &&
                 office_start(&office) >= 0;
    if (!report(ready, "the demo office is made and served", "see the server's log"))
        return 1;
    char *ledgers = full ? getenv("TMPDIR") : argv[3];
    bool good = full ? run_full(&crowd, desks, argv[5], ledgers ? ledgers : "/tmp")
                     : run_rounds(&crowd, desks, (int)strtol(argv[4], NULL, 10), argv[3]);
    for (int i = 0; i < DESKS; i++)
        ledger_close(&desks[i].ledger);
    return good ? 0 : 1;
}
