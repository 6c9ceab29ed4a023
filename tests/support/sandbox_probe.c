/* Stands in for the decoder in tests: the same cage (sandbox.c), and then, instead of decoding, it
 * does what its "upload" says, as hostile code inside a decoder would. Whoever gets through answers
 * with a picture, which the test takes as an escape. With an argument it stays outside the cage, to
 * show that each act works there. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/media/decoder_frame.h"
#include "lib/media/sandbox.h"

#include "lib/base/banned.h"

static void answer(enum decode_status status, uint32_t claimed, const void *bytes, size_t n)
{
    struct decoder_frame frame = {DECODER_MAGIC, status, claimed};
    (void)!write(STDOUT_FILENO, &frame, sizeof(frame));
    (void)!write(STDOUT_FILENO, bytes, n);
}

static void answer_picture(void)
{
    uint8_t picture[256] = {0xFF, 0xD8, 0xFF, 0xE0};
    picture[254] = 0xFF;
    picture[255] = 0xD9;
    answer(DECODE_OK, sizeof(picture), picture, sizeof(picture));
}

static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static int try_create(void)
{
    return open("/tmp/bukutamu-probe-escaped", O_WRONLY | O_CREAT, 0600) >= 0;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int try_exec(void)
{
    static char name[] = "/bin/true";
    char *const arguments[] = {name, NULL};
    (void)execve(name, arguments, NULL);
    return 0;
}

static int try_fork(void)
{
    return fork() >= 0;
}

static int try_kill(void)
{
    return kill(getppid(), 0) == 0;
}

static int try_truncate(void)
{
    return truncate("/tmp/bukutamu-probe-escaped", 0) == 0;
}

static int try_write_stderr(void)
{
    return write(STDERR_FILENO, "x", 1) == 1;
}

static int try_exec_memory(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static int try_alloc(void)
{
    size_t n = (size_t)2 << 30;
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED;
}

static int try_loop(void)
{
    static volatile int for_ever = 1;
    while (for_ever)
        continue;
    return 1;
}

static int try_hang(void)
{
    static uint32_t word;
    while (word == 0)
        (void)syscall(SYS_futex, &word, 0, 0, NULL, NULL, 0);
    return 1;
}

static int try_flood(void)
{
    static uint8_t block[1 << 20];
    struct decoder_frame frame = {DECODER_MAGIC, DECODE_OK, 100u << 20};
    (void)!write(STDOUT_FILENO, &frame, sizeof(frame));
    for (int i = 0; i < 100; i++)
        if (write(STDOUT_FILENO, block, sizeof(block)) < 0)
            return 0;
    return 0;
}

static int try_lie(void)
{
    answer(DECODE_OK, 1u << 20, "pendek", 6);
    return 0;
}

static int try_html(void)
{
    static char html[256] = "<script>alert(1)</script>";
    answer(DECODE_OK, sizeof(html), html, sizeof(html));
    return 0;
}

static int try_crash(void)
{
    __builtin_trap();
}

static int try_nothing(void)
{
    return 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} tries[] = {
    {"open", try_open},
    {"create", try_create},
    {"socket", try_socket},
    {"exec", try_exec},
    {"fork", try_fork},
    {"kill", try_kill},
    {"truncate", try_truncate},
    {"stderr", try_write_stderr},
    {"exec-memory", try_exec_memory},
    {"alloc", try_alloc},
    {"loop", try_loop},
    {"hang", try_hang},
    {"flood", try_flood},
    {"lie", try_lie},
    {"html", try_html},
    {"crash", try_crash},
    {"fine", try_nothing},
};

int main(int argc, char **argv)
{
    char wish[32] = {0};
    (void)argv;
    if (argc < 2 && !sandbox_enter())
        return 1;
    if (read(STDIN_FILENO, wish, sizeof(wish) - 1) <= 0)
        return 1;
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        if (strcmp(tries[i].name, wish) != 0)
            continue;
        if (tries[i].run())
            answer_picture();
        _exit(0);
    }
    answer(DECODE_NOT_JPEG, 0, NULL, 0);
    return 0;
}
