/* The launcher: forked before any thread, so that fork is safe here for good. It holds no file but its
 * socket, starts one fresh decoder a job, at most two at once, and ends those that take too long. */
#include "lib/media/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/media/decoder_frame.h"
#include "lib/media/sandbox.h"

#include "lib/base/banned.h"

enum { SOCKET_FD = 3 };

struct job {
    pid_t pid; /* 0: free */
    int64_t deadline_ms;
};

struct launcher {
    const char *decoder_path;
    int socket;
    int child_signal; /* signalfd */
    pid_t self;
    struct job jobs[LAUNCHER_JOBS_MAX];
};

static int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void signals_handle(void (*how)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        (void)signal(signals[i], how);
}

static struct job *job_free(struct launcher *l)
{
    for (int i = 0; i < LAUNCHER_JOBS_MAX; i++)
        if (l->jobs[i].pid == 0)
            return &l->jobs[i];
    return NULL;
}

/* In the child: everything closed but the two descriptors, limits set, the decoder in our place. */
static _Noreturn void decoder_exec(const struct launcher *l, char kind, const int fds[JOB_FDS])
{
    static char name[] = "bukutamu-decoder", evidence[] = DECODE_EVIDENCE_ARGUMENT;
    char *const arguments[] = {name, kind == JOB_EVIDENCE ? evidence : NULL, NULL};
    char *const environment[] = {NULL};
    sigset_t none;
    (void)sigemptyset(&none);
    signals_handle(SIG_DFL); /* what is ignored stays so across exec */
    /* Both came from the kernel as 4 or above: 0 to 3 are taken, so neither dup2 hits the other. */
    bool good = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == l->self &&
                dup2(fds[JOB_FD_UPLOAD], STDIN_FILENO) == STDIN_FILENO &&
                dup2(fds[JOB_FD_ANSWER], STDOUT_FILENO) == STDOUT_FILENO &&
                close_range(3, ~0U, 0) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
                sandbox_limit();
    if (good)
        (void)execve(l->decoder_path, arguments, environment);
    const struct decoder_frame frame = {DECODER_MAGIC, DECODE_UNAVAILABLE, 0};
    (void)!write(STDOUT_FILENO, &frame, sizeof(frame));
    _exit(127);
}

static void job_start(struct launcher *l, char kind, const int fds[JOB_FDS])
{
    struct job *job = job_free(l);
    pid_t pid = fork();
    if (pid == 0)
        decoder_exec(l, kind, fds);
    if (pid < 0) {
        const struct decoder_frame frame = {DECODER_MAGIC, DECODE_UNAVAILABLE, 0};
        (void)!write(fds[JOB_FD_ANSWER], &frame, sizeof(frame));
        return;
    }
    job->pid = pid;
    job->deadline_ms = clock_ms() + LAUNCHER_DEADLINE_MS;
}

/* False when the server is gone. */
static bool job_receive(struct launcher *l)
{
    char byte;
    struct iovec iov = {&byte, 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * JOB_FDS)];
    } control;
    struct msghdr message = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t n = recvmsg(l->socket, &message, MSG_CMSG_CLOEXEC);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    int fds[JOB_FDS] = {-1, -1};
    if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fds)))
        return false;
    memcpy(fds, CMSG_DATA(c), sizeof(fds));
    job_start(l, byte, fds);
    (void)close(fds[JOB_FD_UPLOAD]);
    (void)close(fds[JOB_FD_ANSWER]);
    return true;
}

static void jobs_reap(struct launcher *l)
{
    struct signalfd_siginfo info;
    (void)!read(l->child_signal, &info, sizeof(info));
    for (;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid <= 0)
            return;
        for (int i = 0; i < LAUNCHER_JOBS_MAX; i++)
            if (l->jobs[i].pid == pid)
                l->jobs[i].pid = 0;
    }
}

/* Ends what is overdue; gives the time until the next deadline, -1 for none. */
static int jobs_expire(const struct launcher *l)
{
    int64_t now = clock_ms(), next = -1;
    for (int i = 0; i < LAUNCHER_JOBS_MAX; i++) {
        if (l->jobs[i].pid == 0)
            continue;
        int64_t left = l->jobs[i].deadline_ms - now;
        if (left <= 0) {
            (void)kill(l->jobs[i].pid, SIGKILL);
            left = 100; /* until its end is reported */
        }
        if (next < 0 || left < next)
            next = left;
    }
    return (int)next;
}

static void serve(struct launcher *l)
{
    for (;;) {
        int timeout = jobs_expire(l);
        struct pollfd polls[2] = {
            {.fd = l->child_signal, .events = POLLIN},
            /* Full: only the server's end is of interest (POLLHUP is always reported). */
            {.fd = l->socket, .events = job_free(l) ? POLLIN : 0},
        };
        if (poll(polls, 2, timeout) < 0 && errno != EINTR)
            return;
        if (polls[0].revents)
            jobs_reap(l);
        bool readable = polls[1].revents & POLLIN;
        if (!readable && (polls[1].revents & (POLLHUP | POLLERR)))
            return;
        if (readable && job_free(l) && !job_receive(l))
            return;
    }
}

/* Standard input and output on /dev/null, the socket on 3, standard error as it is, nothing else. */
static bool descriptors_keep(int socket)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return false;
    if (socket != SOCKET_FD && dup2(socket, SOCKET_FD) < 0)
        return false;
    return fcntl(SOCKET_FD, F_SETFD, FD_CLOEXEC) == 0 && close_range(SOCKET_FD + 1, ~0U, 0) == 0;
}

/* A Ctrl-C in the terminal and a stop of the service are for the server, which then closes the
 * socket. */
static bool signals_set(struct launcher *l)
{
    sigset_t child;
    signals_handle(SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &child, NULL) != 0)
        return false;
    l->child_signal = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    return l->child_signal >= 0;
}

_Noreturn void launcher_run(int socket, pid_t parent, const char *decoder_path)
{
    struct launcher l = {.decoder_path = decoder_path, .socket = SOCKET_FD, .self = getpid()};
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_NAME, "bukutamu-launch");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && descriptors_keep(socket) &&
        signals_set(&l))
        serve(&l);
    for (int i = 0; i < LAUNCHER_JOBS_MAX; i++)
        if (l.jobs[i].pid)
            (void)kill(l.jobs[i].pid, SIGKILL);
    _exit(0);
}
