/* One desk: guest after guest, each step with a key of its own, repeated with the same key until it is
 * answered; the ledger has it before the next request leaves. See crash.h. */
#include "crash.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/banned.h"

#define PHOTO_EVERY 10 /* guests */
#define STEPS_EVERY 3
#define PAUSE_US    20000
#define BOUNDARY    "bukutamu-crash-test"

/* One request of a desk, known by its key. */
struct act {
    int step;
    const char *path, *token;
    const char *type;
    const void *body;
    size_t body_bytes;
    bool photo;
    char key[ID_BYTES];
};

static void note_wrong(struct desk *d, const struct act *a)
{
    struct crowd *c = d->crowd;
    (void)pthread_mutex_lock(&c->wrong_lock);
    if (atomic_fetch_add(&c->wrong, 1) == 0)
        (void)snprintf(c->wrong_text, sizeof(c->wrong_text), "%s: %d %.380s", a->path,
                       d->answer.status, d->answer.body);
    (void)pthread_mutex_unlock(&c->wrong_lock);
}

/* A full disk says so, in a sentence for people. */
static void note_refused(struct desk *d)
{
    struct crowd *c = d->crowd;
    bool full = strstr(d->answer.body, "\"disk_full\"") != NULL;
    if (full && !strstr(d->answer.body, "Penyimpanan penuh."))
        atomic_fetch_add(&c->full_silent, 1);
    atomic_fetch_add(full ? &c->full : &c->busy, 1);
}

/* Until it is answered. False: refused for good, which no act here should be. */
static bool act_run(struct desk *d, const struct act *a)
{
    struct crowd *c = d->crowd;
    const struct call call = {.method = "POST",
                              .path = a->path,
                              .token = a->token,
                              .key = a->key,
                              .type = a->type,
                              .body = a->body,
                              .body_bytes = a->body_bytes};
    for (;;) {
        enum fate fate = http_call(&d->line, &call, &d->answer);
        if (fate == FATE_ANSWERED && d->answer.status / 100 == 2)
            return true;
        if (fate == FATE_ANSWERED && (d->answer.status == 503 || d->answer.status == 507)) {
            note_refused(d);
        } else if (fate == FATE_ANSWERED) {
            note_wrong(d, a);
            return false;
        } else {
            atomic_fetch_add(fate == FATE_IN_DOUBT ? &c->in_doubt : &c->not_sent, 1);
        }
        (void)usleep(PAUSE_US);
    }
}

/* Runs it and writes it down. `id`: of the guest's visit; filled by the first step. */
static bool act_done(struct desk *d, struct act *a, char id[ID_BYTES])
{
    struct entry e = {.step = a->step, .photo = a->photo};
    (void)snprintf(a->key, sizeof(a->key), "%016llx-%d-%ld", (unsigned long long)d->run, a->step,
                   d->serial);
    if (!act_run(d, a))
        return false;
    if (a->step == STEP_REGISTERED) {
        json_t *visit = json_loads(d->answer.body, 0, NULL);
        const char *given = json_string_value(json_object_get(visit, "id"));
        e.number = json_integer_value(json_object_get(visit, "number"));
        bool ok = given && copy_until(given, "", id, ID_BYTES);
        json_decref(visit);
        if (!ok) {
            note_wrong(d, a);
            return false;
        }
    }
    (void)snprintf(e.id, sizeof(e.id), "%s", id);
    (void)snprintf(e.key, sizeof(e.key), "%s", a->key);
    ledger_add(&d->ledger, &e);
    atomic_fetch_add(&d->crowd->acked, 1);
    return true;
}

static bool step(struct desk *d, int step, const char *name, const char *token, const char *body,
                 char id[ID_BYTES])
{
    char path[96];
    (void)snprintf(path, sizeof(path), "/tamu/%s/%s", id, name);
    struct act a = {.step = step,
                    .path = path,
                    .token = token,
                    .type = "application/json",
                    .body = body,
                    .body_bytes = strlen(body)};
    return act_done(d, &a, id);
}

/* Steps 1 and 2 as JSON. */
static bool register_plain(struct desk *d, char id[ID_BYTES])
{
    char body[640];
    int n = snprintf(
        body, sizeof(body),
        "{\"name\":\"Tamu %d/%ld\",\"id_type\":\"other\",\"id_number\":\"D%016llX%d%08lX\","
        "\"phone\":\"08120000%04ld\",\"address\":\"Jl. Pemuda No. %ld\","
        "\"purpose\":\"Menanyakan perkembangan laporan\",\"category\":\"information\"}",
        d->number, d->serial, (unsigned long long)d->run, d->number, (unsigned long)d->serial,
        d->serial % 10000, d->serial);
    struct act a = {.step = STEP_REGISTERED,
                    .path = "/tamu",
                    .token = d->crowd->office->desk_token,
                    .type = "application/json",
                    .body = body,
                    .body_bytes = (size_t)n};
    return act_done(d, &a, id);
}

static size_t put_part(char *out, size_t room, const char *name, const char *value)
{
    return (size_t)snprintf(
        out, room, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
        name, value);
}

/* The same with a photo, as the browser sends it. */
static bool register_with_photo(struct desk *d, char id[ID_BYTES])
{
    const struct crowd *c = d->crowd;
    size_t room = PHOTO_BYTES + 4096, n = 0;
    char *body = malloc(room), number[ID_BYTES];
    if (!body)
        return false;
    (void)snprintf(number, sizeof(number), "D%016llX%d%08lX", (unsigned long long)d->run, d->number,
                   (unsigned long)d->serial);
    n += put_part(body + n, room - n, "name", "Tamu Berfoto");
    n += put_part(body + n, room - n, "id_type", "other");
    n += put_part(body + n, room - n, "id_number", number);
    n += put_part(body + n, room - n, "purpose", "Mengantar surat");
    n += (size_t)snprintf(body + n, room - n,
                          "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"photo\"; "
                          "filename=\"foto.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
    memcpy(body + n, c->photo, c->photo_bytes);
    n += c->photo_bytes;
    n += (size_t)snprintf(body + n, room - n, "\r\n--" BOUNDARY "--\r\n");
    struct act a = {.step = STEP_REGISTERED,
                    .path = "/tamu",
                    .token = c->office->desk_token,
                    .type = "multipart/form-data; boundary=" BOUNDARY,
                    .body = body,
                    .body_bytes = n,
                    .photo = true};
    bool ok = act_done(d, &a, id);
    free(body);
    return ok;
}

/* Steps 3 to 9. Each desk gives its own badge, so that it is always free again. */
static bool all_steps(struct desk *d, char id[ID_BYTES])
{
    const struct office *o = d->crowd->office;
    char deposit[192], back[64];
    (void)snprintf(deposit, sizeof(deposit),
                   "{\"badge\":\"A-%02d\",\"items\":[{\"kind\":\"id_card\"},{\"kind\":\"phone\","
                   "\"label\":\"Hitam\"}]}",
                   d->number + 1);
    (void)snprintf(back, sizeof(back), "{\"badge\":\"A-%02d\"}", d->number + 1);
    return step(d, STEP_BADGE, "titipan", o->desk_token, deposit, id) &&
           step(d, STEP_ROOM, "ruang-tunggu", o->desk_token, "{}", id) &&
           step(d, STEP_DECIDED, "keputusan", o->head_token, "{\"outcome\":\"intel_chief\"}", id) &&
           step(d, STEP_RECEIVED, "diterima", o->desk_token, "{}", id) &&
           step(d, STEP_COMPLAINT, "pengaduan", o->chief_token,
                "{\"text\":\"Pungutan pada pengurusan surat.\",\"reported_party\":\"Petugas "
                "loket\"}",
                id) &&
           step(d, STEP_RETURNED, "pengembalian", o->desk_token, "{\"all\":true}", id) &&
           step(d, STEP_CLOSED, "selesai", o->desk_token, back, id);
}

void *desk_main(void *pointer)
{
    struct desk *d = pointer;
    bool ok = true;
    while (ok && !atomic_load(&d->crowd->stop)) {
        char id[ID_BYTES] = "";
        d->serial++;
        ok = d->serial % PHOTO_EVERY == 0 ? register_with_photo(d, id) : register_plain(d, id);
        if (ok && d->serial % STEPS_EVERY == 0)
            ok = all_steps(d, id);
    }
    http_hang_up(&d->line);
    return NULL;
}
