/* The cage of the decoder and the life of the launcher: nothing that runs in the decoder's place gets
 * out, nothing runs for ever, nothing is left behind. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/media/media.h"
#include "lib/media/sandbox.h"
#include "support/jpeg_make.h"
#include "support/media_desk.h"
#include "support/test.h"

#include "lib/base/banned.h"

#define ESCAPED "/tmp/bukutamu-probe-escaped" /* what the probe tries to make */

/* --- the cage ------------------------------------------------------------------------------------------ */

static char *proc_read(struct arena *a, pid_t pid, const char *name)
{
    char *text = arena_alloc(a, 8192);
    FILE *f = fopen(arena_printf(a, "/proc/%d/%s", (int)pid, name), "re");
    if (f) {
        (void)!fread(text, 1, 8191, f);
        (void)fclose(f);
    }
    return text;
}

static void assert_limit(const char *limits, const char *name, const char *value)
{
    const char *line = strstr(limits, name);
    assert_non_null(line);
    line += strlen(name);
    line += strspn(line, " ");
    assert_memory_equal(line, value, strlen(value));
}

/* The real decoder, waiting for its upload on a pipe: what the kernel says of it. */
static void decoder_is_in_its_cage(void **state)
{
    struct desk *d = *state;
    const char *path = desk_decoder(d->process);
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char name[] = "bukutamu-decoder";
        char *const arguments[] = {name, NULL};
        char *const environment[] = {NULL};
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)close_range(3, ~0U, 0);
        if (sandbox_limit())
            (void)execve(path, arguments, environment);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    const char *status = "";
    for (int i = 0; i < 200 && !strstr(status, "Seccomp:\t2"); i++) {
        (void)usleep(10000);
        status = proc_read(d->request, pid, "status");
    }
    assert_non_null(strstr(status, "NoNewPrivs:\t1"));
    assert_non_null(strstr(status, "Seccomp:\t2"));
    const char *limits = proc_read(d->request, pid, "limits");
    assert_limit(limits, "Max address space", "536870912 ");
    assert_limit(limits, "Max cpu time", "5 ");
    assert_limit(limits, "Max file size", "0 ");
    assert_limit(limits, "Max core file size", "0 ");
    assert_limit(limits, "Max processes", "1 ");
    assert_limit(limits, "Max open files", "8 ");

    struct bytes photo = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    assert_int_equal(write(in[1], photo.p, photo.n), photo.n);
    (void)close(in[1]);
    uint8_t answer[64];
    assert_true(read(out[0], answer, sizeof(answer)) > 0);
    (void)close(out[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void assert_caught(struct desk *d, const char *wish, double *ret_ms)
{
    double from = desk_now_ms();
    desk_refuses(d, (struct bytes){(const uint8_t *)wish, strlen(wish)}, "broken");
    *ret_ms = desk_now_ms() - from;
}

/* The probe without its cage, answering into a pipe: the bytes it answers with. */
static ssize_t probe_outside(const char *path, const char *wish)
{
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)dup2(null, 2);
        (void)execl(path, path, "outside", (char *)NULL);
        _exit(127);
    }
    assert_int_equal(write(in[1], wish, strlen(wish)), strlen(wish));
    (void)close(in[0]);
    (void)close(in[1]);
    (void)close(out[1]);
    uint8_t answer[1024];
    ssize_t n = read(out[0], answer, sizeof(answer));
    (void)close(out[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return n;
}

/* Each act works outside, so that its failure inside is the cage's doing. */
static void acts_work_outside(void **state)
{
    struct arena *a = arena_new(4096);
    (void)state;
    const char *path = desk_probe(a);
    static const char *const wishes[] = {"open", "create",   "socket", "fork",
                                         "kill", "truncate", "stderr", "exec-memory"};
    for (size_t i = 0; i < ARRAY_LEN(wishes); i++)
        assert_true(probe_outside(path, wishes[i]) > 0);
    assert_int_equal(unlink(ESCAPED), 0);
    assert_true(probe_outside(path, "crash") <= 0);
    arena_free(a);
}

static void nothing_gets_out(void **state)
{
    struct desk *d = *state;
    static const char *const wishes[] = {
        "open",   "create",      "socket", "exec",  "fork", "kill", "truncate",
        "stderr", "exec-memory", "alloc",  "flood", "lie",  "html", "crash",
    };
    double ms;
    struct bytes out = desk_photo(d, (struct bytes){(const uint8_t *)"fine", 4});
    assert_int_equal(out.n, 256); /* the probe can answer: a refusal below is the cage's work */
    for (size_t i = 0; i < ARRAY_LEN(wishes); i++) {
        assert_caught(d, wishes[i], &ms);
        assert_true(ms < 2000);
    }
    assert_int_equal(access(ESCAPED, F_OK), -1);
    (void)desk_photo(d, (struct bytes){(const uint8_t *)"fine", 4});
}

struct slow {
    pthread_t thread;
    struct desk desk;
    const char *wish;
    enum err result;
    const char *code;
    double ms;
};

static void *slow_run(void *arg)
{
    struct slow *s = arg;
    struct bytes out = {NULL, 0};
    double from = desk_now_ms();
    s->result = media_photo(&s->desk.cx, (struct bytes){(const uint8_t *)s->wish, strlen(s->wish)},
                            &out);
    s->ms = desk_now_ms() - from;
    s->code = s->desk.cx.diag.code;
    return NULL;
}

/* Two that never end fill both places: each is ended within 7 s, a third person is told at once that it
 * must wait, and afterwards all is well. */
static void endless_work_is_ended(void **state)
{
    struct desk *d = *state;
    struct slow slow[3] = {{.wish = "loop"}, {.wish = "hang"}, {.wish = "fine"}};
    for (int i = 0; i < 3; i++) {
        slow[i].desk.cx.media = d->cx.media;
        slow[i].desk.cx.arena = arena_new(4096);
        if (i == 2)
            (void)usleep(300000);
        assert_int_equal(pthread_create(&slow[i].thread, NULL, slow_run, &slow[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(slow[i].thread, NULL), 0);
        print_message("[          ] %s: %s after %.0f ms\n", slow[i].wish, slow[i].code, slow[i].ms);
        assert_true(slow[i].ms <= 7000);
        assert_int_equal(slow[i].result, i == 2 ? ERR_BUSY : ERR_INVALID);
        assert_string_equal(slow[i].code, i == 2 ? "photo_unavailable" : "broken");
        arena_free(slow[i].desk.cx.arena);
    }
    assert_true(slow[2].ms < 3000);
    (void)desk_photo(d, (struct bytes){(const uint8_t *)"fine", 4});
    (void)desk_photo(d, (struct bytes){(const uint8_t *)"fine", 4});
}

/* --- the launcher ------------------------------------------------------------------------------------------ */

/* The only child of this process. */
static pid_t launcher_pid(struct arena *a)
{
    const char *children = proc_read(a, getpid(),
                                     arena_printf(a, "task/%d/children", (int)getpid()));
    char *end = NULL;
    long pid = strtol(children, &end, 10);
    assert_true(pid > 0);
    return (pid_t)pid;
}

static int open_files(struct arena *a, pid_t pid)
{
    DIR *dir = opendir(arena_printf(a, "/proc/%d/fd", (int)pid));
    assert_non_null(dir);
    int n = 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        n += e->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

static void launcher_keeps_nothing(void **state)
{
    struct desk *d = *state;
    struct bytes photo = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    for (int i = 0; i < 20; i++)
        (void)desk_photo(d, photo);
    (void)usleep(100000);
    pid_t launcher = launcher_pid(d->request);
    /* 0, 1, 2, the socket, the signals: no upload, no pipe, nothing of the server's. */
    assert_int_equal(open_files(d->request, launcher), 5);
    const char *zombies = proc_read(d->request, launcher,
                                    arena_printf(d->request, "task/%d/children", (int)launcher));
    assert_string_equal(zombies, "");
    (void)kill(launcher, SIGTERM);
    (void)kill(launcher, SIGINT);
    (void)desk_photo(d, photo);
}

static void dead_launcher_is_noticed(void **state)
{
    struct desk *d = *state;
    struct bytes photo = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    (void)desk_photo(d, photo);
    (void)kill(launcher_pid(d->request), SIGKILL);
    (void)usleep(100000);
    struct bytes out = {NULL, 0};
    double from = desk_now_ms();
    assert_int_equal(media_photo(&d->cx, photo, &out), ERR_BUSY);
    assert_true(desk_now_ms() - from < 1000);
    assert_string_equal(d->cx.diag.code, "photo_unavailable");
    assert_null(out.p);
}

/* A server killed with -9: launcher and working decoder are gone too. */
static void launcher_dies_with_the_server(void **state)
{
    struct arena *a = arena_new(65536);
    (void)state;
    int tell[2];
    assert_int_equal(pipe(tell), 0);
    const char *path = desk_probe(a);
    pid_t server = fork();
    if (server == 0) {
        struct cx cx = {.arena = a};
        const char *message = NULL;
        if (media_start(a, path, &cx.media, &message) != ERR_OK)
            _exit(1);
        pid_t launcher = launcher_pid(a);
        (void)!write(tell[1], &launcher, sizeof(launcher));
        struct bytes out;
        (void)!media_photo(&cx, (struct bytes){(const uint8_t *)"hang", 4}, &out);
        _exit(0);
    }
    (void)close(tell[1]);
    pid_t launcher = 0, decoder = 0;
    assert_int_equal(read(tell[0], &launcher, sizeof(launcher)), sizeof(launcher));
    (void)close(tell[0]);
    for (int i = 0; i < 100 && decoder == 0; i++) {
        (void)usleep(20000);
        decoder = (pid_t)strtol(
            proc_read(a, launcher, arena_printf(a, "task/%d/children", (int)launcher)), NULL, 10);
    }
    assert_true(decoder > 0);
    (void)kill(server, SIGKILL);
    assert_int_equal(waitpid(server, NULL, 0), server);
    bool gone = false;
    for (int i = 0; i < 100 && !gone; i++) {
        (void)usleep(20000);
        const char *one = proc_read(a, launcher, "status"), *two = proc_read(a, decoder, "status");
        gone = (*one == '\0' || strstr(one, "State:\tZ")) &&
               (*two == '\0' || strstr(two, "State:\tZ"));
    }
    assert_true(gone);
    arena_free(a);
}

static void missing_decoder_is_said(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    struct media *m = NULL;
    const char *message = NULL;
    assert_int_equal(media_start(a, "/nonexistent/bukutamu-decoder", &m, &message), ERR_MISSING);
    assert_null(m);
    assert_non_null(strstr(message, "/nonexistent/bukutamu-decoder"));
    /* Beside this test there is none. */
    assert_int_equal(media_start(a, NULL, &m, &message), ERR_MISSING);
    /* A file that cannot be executed as a desk_program: BUSY, not a broken picture. */
    char script[] = "/tmp/bukutamu-not-a-desk_program-XXXXXX";
    int fd = mkstemp(script);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0700), 0);
    (void)close(fd);
    assert_int_equal(media_start(a, script, &m, &message), ERR_INTERNAL);
    assert_null(m);
    assert_non_null(strstr(message, script));
    /* Without a decoder a photo is refused for now, and the server lives. */
    struct cx cx = {.arena = a};
    struct bytes out;
    assert_int_equal(media_photo(&cx, (struct bytes){(const uint8_t *)"x", 1}, &out), ERR_BUSY);
    assert_string_equal(cx.diag.code, "photo_unavailable");
    (void)unlink(script);
    arena_free(a);
}

int main(void)
{
#define DESK(fn)  cmocka_unit_test_setup_teardown(fn, desk_open, desk_close)
#define PROBE(fn) cmocka_unit_test_setup_teardown(fn, desk_open_probe, desk_close)
    const struct CMUnitTest tests[] = {
        DESK(decoder_is_in_its_cage),
        cmocka_unit_test(acts_work_outside),
        PROBE(nothing_gets_out),
        PROBE(endless_work_is_ended),
        DESK(launcher_keeps_nothing),
        DESK(dead_launcher_is_noticed),
        cmocka_unit_test(launcher_dies_with_the_server),
        cmocka_unit_test(missing_decoder_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
