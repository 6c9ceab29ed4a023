/* The server's side of the decoder: hands over an upload, takes back an answer, trusts neither. */
#include "lib/media/media.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/media/decoder_frame.h"
#include "lib/media/launcher.h"

#include "lib/base/banned.h"

#define MEDIA_PART        ((size_t)64 << 10)
#define PHOTO_DEADLINE_MS 6900
#define START_DEADLINE_MS 6900
#define QUEUE_DEADLINE_MS 2000 /* for a place; what is left is enough for the slowest good photo */

/* At most LAUNCHER_JOBS_MAX jobs are out; the others wait here for a place. */
struct media {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    int running;
    int socket;
    pid_t launcher;
};

/* --- start and stop ------------------------------------------------------------------------------ */

static const char *decoder_beside(struct arena *a)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    return arena_printf(a, "%s/bukutamu-decoder", self);
}

static bool media_init(struct media *m)
{
    pthread_condattr_t attributes;
    bool good = pthread_condattr_init(&attributes) == 0 &&
                pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&m->freed, &attributes) == 0 &&
                pthread_mutex_init(&m->lock, NULL) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return good;
}

static bool launcher_fork(struct media *m, const char *decoder_path)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return false;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        launcher_run(sockets[1], parent, decoder_path);
    (void)close(sockets[1]);
    if (pid < 0) {
        (void)close(sockets[0]);
        return false;
    }
    m->socket = sockets[0];
    m->launcher = pid;
    return true;
}

/* --- one photo -------------------------------------------------------------------------------------- */

static int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool place_take(struct media *m, int64_t deadline_ms)
{
    struct timespec until = {.tv_sec = deadline_ms / 1000, .tv_nsec = deadline_ms % 1000 * 1000000};
    (void)pthread_mutex_lock(&m->lock);
    int late = 0;
    while (m->running >= LAUNCHER_JOBS_MAX && !late)
        late = pthread_cond_timedwait(&m->freed, &m->lock, &until);
    bool taken = m->running < LAUNCHER_JOBS_MAX;
    m->running += taken;
    (void)pthread_mutex_unlock(&m->lock);
    return taken;
}

static void place_give(struct media *m)
{
    (void)pthread_mutex_lock(&m->lock);
    m->running--;
    (void)pthread_cond_signal(&m->freed);
    (void)pthread_mutex_unlock(&m->lock);
}

static bool memory_add(int fd, const uint8_t *p, size_t n, uint64_t at)
{
    while (n) {
        ssize_t done = pwrite(fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return true;
}

/* The upload in memory that has no name and can no longer change; -1 with errno. It is carried over in small
 * parts: not even a large picture is ever whole in this process. */
static int upload_memory(const struct media_source *from)
{
    uint8_t part[MEDIA_PART];
    int fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (uint64_t at = 0; fd >= 0 && at < from->bytes;) {
        size_t n = from->bytes - at < sizeof(part) ? (size_t)(from->bytes - at) : sizeof(part);
        if (from->read(from->arg, at, part, n) != ERR_OK || !memory_add(fd, part, n, at)) {
            (void)close(fd);
            fd = -1;
        }
        at += n;
    }
    explicit_bzero(part, sizeof(part));
    if (fd >= 0)
        (void)fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    return fd;
}

static bool job_send(const struct media *m, char byte, int upload, int answer)
{
    const int fds[JOB_FDS] = {[JOB_FD_UPLOAD] = upload, [JOB_FD_ANSWER] = answer};
    struct iovec iov = {&byte, 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(fds))];
    } control = {.room = {0}};
    struct msghdr message = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(fds));
    memcpy(CMSG_DATA(c), fds, sizeof(fds));
    return sendmsg(m->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

/* Bytes until the end of the pipe, the ceiling, or the deadline. */
static size_t answer_read(int fd, uint8_t *p, size_t room, int64_t deadline_ms)
{
    size_t n = 0;
    while (n < room) {
        int64_t left = deadline_ms - clock_ms();
        struct pollfd poll_in = {.fd = fd, .events = POLLIN};
        if (left <= 0)
            break;
        int ready = poll(&poll_in, 1, (int)left);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        ssize_t got = read(fd, p + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    return n;
}

static bool launcher_gone(const struct media *m)
{
    struct pollfd hup = {.fd = m->socket, .events = 0};
    return poll(&hup, 1, 0) == 1 && (hup.revents & (POLLHUP | POLLERR));
}

/* What the answer means; anything that is not exactly an answer is a broken picture. */
static enum decode_status answer_judge(const struct media *m, size_t most, struct bytes answer,
                                       struct bytes *ret)
{
    const uint8_t *p = answer.p;
    size_t n = answer.n;
    struct decoder_frame frame;
    if (n == 0 && launcher_gone(m))
        return DECODE_UNAVAILABLE;
    if (n < sizeof(frame))
        return DECODE_BROKEN;
    memcpy(&frame, p, sizeof(frame));
    p += sizeof(frame);
    n -= sizeof(frame);
    if (frame.magic != DECODER_MAGIC || frame.bytes != n || frame.status > DECODE_UNAVAILABLE)
        return DECODE_BROKEN;
    if (frame.status != DECODE_OK)
        return n == 0 ? (enum decode_status)frame.status : DECODE_BROKEN;
    static const uint8_t start[3] = {0xFF, 0xD8, 0xFF}, end[2] = {0xFF, 0xD9};
    if (n < 128 || n > most || memcmp(p, start, 3) != 0 || memcmp(p + n - 2, end, 2) != 0)
        return DECODE_BROKEN;
    *ret = (struct bytes){p, n};
    return DECODE_OK;
}

/* What kind of job, and until when. */
struct job {
    char kind;
    size_t most; /* bytes of the result */
    int64_t deadline_ms;
};

static enum decode_status job_run(const struct media *m, struct arena *a, const struct job *job,
                                  const struct media_source *upload, struct bytes *ret)
{
    int pipes[2];
    CLEAN_FD int memory = upload_memory(upload);
    if (memory < 0 || pipe2(pipes, O_CLOEXEC) < 0) {
        log_errno(LOG_ERROR, "photo: hand over", errno);
        return DECODE_UNAVAILABLE;
    }
    CLEAN_FD int in = pipes[0];
    bool sent = job_send(m, job->kind, memory, pipes[1]);
    int error = errno;
    (void)close(pipes[1]); /* now the decoder's end is the pipe's end */
    if (!sent) {
        log_errno(LOG_ERROR, "photo launcher does not answer", error);
        return DECODE_UNAVAILABLE;
    }
    size_t room = sizeof(struct decoder_frame) + job->most + 1;
    uint8_t *answer = arena_alloc(a, room);
    size_t n = answer_read(in, answer, room, job->deadline_ms);
    return answer_judge(m, job->most, (struct bytes){answer, n}, ret);
}

static enum err bytes_read(void *arg, uint64_t at, uint8_t *to, size_t n)
{
    const struct bytes *bytes = arg;
    memcpy(to, bytes->p + at, n);
    return ERR_OK;
}

static enum decode_status photo_run(const struct media *m, struct arena *a, struct bytes upload,
                                    int64_t deadline_ms, struct bytes *ret)
{
    const struct job job = {JOB_PHOTO, DECODE_RESULT_MAX_BYTES, deadline_ms};
    const struct media_source from = {.bytes = upload.n, .read = bytes_read, .arg = &upload};
    return job_run(m, a, &job, &from, ret);
}

/* --- the public side ------------------------------------------------------------------------------ */

/* One upload that is no picture must come back as just that: the decoder is there, its libraries load
 * and its cage shuts. */
static bool decoder_answers(const struct media *m)
{
    static const uint8_t question[] = "?";
    struct bytes none, upload = {question, 1};
    struct arena *a = arena_new(4096);
    enum decode_status status = photo_run(m, a, upload, clock_ms() + START_DEADLINE_MS, &none);
    arena_free(a);
    return status == DECODE_NOT_JPEG;
}

void media_stop(struct media *m)
{
    if (!m)
        return;
    (void)close(m->socket);
    (void)kill(m->launcher, SIGKILL); /* its decoders die with it */
    while (waitpid(m->launcher, NULL, 0) < 0 && errno == EINTR)
        ;
    (void)pthread_cond_destroy(&m->freed);
    (void)pthread_mutex_destroy(&m->lock);
}

enum err media_start(struct arena *a, const char *decoder_path, struct media **ret,
                     const char **ret_message)
{
    const char *path = decoder_path ? decoder_path : decoder_beside(a);
    if (!path || access(path, X_OK) < 0) {
        *ret_message = arena_printf(
            a,
            "Pengolah foto %s tidak ada atau tidak dapat dijalankan. Pasang "
            "bukutamu-decoder di samping bukutamu.",
            str_or(path, "bukutamu-decoder"));
        return ERR_MISSING;
    }
    struct media *m = ARENA_NEW(a, struct media);
    if (!media_init(m) || !launcher_fork(m, path)) {
        log_errno(LOG_ERROR, "photo launcher: start", errno);
        *ret_message = "Proses pengolah foto tidak dapat dimulai. Periksa batas proses dan memori.";
        return ERR_INTERNAL;
    }
    if (!decoder_answers(m)) {
        media_stop(m);
        *ret_message = arena_printf(a,
                                    "Pengolah foto %s tidak bekerja di mesin ini. Periksa pustaka "
                                    "libturbojpeg dan libseccomp, dan apakah kernel mengizinkan "
                                    "seccomp atau Landlock.",
                                    path);
        return ERR_INTERNAL;
    }
    *ret = m;
    return ERR_OK;
}

static enum err photo_refuse(struct cx *cx, enum decode_status status)
{
    switch (status) {
    case DECODE_NOT_JPEG:
        return cx_fail(cx, ERR_INVALID, "not_jpeg",
                       T("Berkas ini bukan foto JPEG biasa. Ambil foto dengan kamera atau pilih "
                         "berkas JPEG."));
    case DECODE_TOO_LARGE_PX:
        return cx_fail(cx, ERR_INVALID, "too_large_px",
                       T("Ukuran foto lebih dari 12 megapiksel. Perkecil foto atau ambil ulang "
                         "dengan kamera di loket."));
    case DECODE_TOO_LARGE_BYTES:
        return cx_fail(
            cx, ERR_INVALID, "too_large_bytes",
            T("Berkas foto lebih dari 5 MB. Perkecil foto atau ambil ulang dengan kamera "
              "di loket."));
    case DECODE_UNAVAILABLE:
        return cx_fail(cx, ERR_BUSY, "photo_unavailable",
                       T("Foto belum dapat diolah. Coba lagi sebentar lagi, atau simpan tanpa foto "
                         "dengan alasannya."));
    case DECODE_OK:
    case DECODE_BROKEN:
        break;
    }
    return cx_fail(cx, ERR_INVALID, "broken", T("Foto rusak atau terpotong. Ambil ulang fotonya."));
}

enum err media_photo(struct cx *cx, struct bytes upload, struct bytes *ret_jpeg)
{
    int64_t start = clock_ms();
    if (upload.n == 0)
        return photo_refuse(cx, DECODE_NOT_JPEG);
    if (upload.n > DECODE_UPLOAD_MAX_BYTES)
        return photo_refuse(cx, DECODE_TOO_LARGE_BYTES);
    if (!cx->media || !place_take(cx->media, start + QUEUE_DEADLINE_MS))
        return photo_refuse(cx, DECODE_UNAVAILABLE);
    enum decode_status status = photo_run(cx->media, cx->arena, upload, start + PHOTO_DEADLINE_MS,
                                          ret_jpeg);
    place_give(cx->media);
    return status == DECODE_OK ? ERR_OK : photo_refuse(cx, status);
}

enum err media_copy(struct cx *cx, const struct media_source *upload, struct bytes *ret_jpeg)
{
    const struct job job = {JOB_EVIDENCE, DECODE_COPY_MAX_BYTES, clock_ms() + PHOTO_DEADLINE_MS};
    if (upload->bytes == 0 || upload->bytes > DECODE_EVIDENCE_MAX_BYTES)
        return ERR_INVALID;
    if (!cx->media || !place_take(cx->media, clock_ms() + QUEUE_DEADLINE_MS))
        return ERR_BUSY;
    cx_wait(cx, true);
    enum decode_status status = job_run(cx->media, cx->arena, &job, upload, ret_jpeg);
    cx_wait(cx, false);
    place_give(cx->media);
    if (status == DECODE_OK)
        return ERR_OK;
    return status == DECODE_UNAVAILABLE ? ERR_BUSY : ERR_INVALID;
}
