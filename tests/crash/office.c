/* A demo office in a folder of its own, and the server over it. See crash.h. */
#include "crash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/banned.h"

#define START_MS 30000
#define STOP_MS  30000

/* A port that nobody listens on at this moment. */
static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

/* Runs a command of the program, its output into `out`. */
static bool run(char *const argv[], char *out, size_t room)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        int nothing = open("/dev/null", O_WRONLY);
        (void)dup2(nothing, STDERR_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    (void)close(ends[1]);
    size_t have = 0;
    ssize_t n;
    while (have < room - 1 && (n = read(ends[0], out + have, room - 1 - have)) > 0)
        have += (size_t)n;
    out[have] = '\0';
    (void)close(ends[0]);
    int status = 1;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool add_token(const struct office *o, const char *user, char ret[SECRET_BYTES])
{
    char out[512];
    char *argv[] = {strdup(o->binary), strdup("token"),  strdup("add"), strdup("--data"),
                    strdup(o->data),   strdup("--user"), strdup(user),  NULL};
    bool ok = run(argv, out, sizeof(out)) && copy_until(out, " \r\n", ret, SECRET_BYTES);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return ok;
}

bool office_audit_verify(const struct office *o)
{
    char out[1024];
    char *argv[] = {strdup(o->binary), strdup("audit"), strdup("verify"),
                    strdup("--data"),  strdup(o->data), NULL};
    bool ok = run(argv, out, sizeof(out));
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return ok;
}

static bool put_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

/* The notice channel is on, and its far end is dead: every visit queues a message that cannot leave. */
static bool write_settings(const struct office *o)
{
    char text[1024];
    (void)snprintf(text, sizeof(text),
                   "[limits]\nrate = off\n[log]\nlevel = warn\n[whatsapp]\n"
                   "graph_base = http://127.0.0.1:%d\nphone_number_id = 1\n"
                   "token_file = %s/wa-token\napp_secret_file = %s/wa-secret\nverify_token = v\n",
                   free_port(), o->data, o->data);
    return put_file(o->data, "wa-token", "token\n") && put_file(o->data, "wa-secret", "secret\n") &&
           put_file(o->data, "bukutamu.conf", text);
}

bool office_make(struct office *o, const char *binary, const char *folder)
{
    char out[4096];
    *o = (struct office){.binary = binary};
    (void)snprintf(o->data, sizeof(o->data), "%s/data", folder);
    (void)snprintf(o->log, sizeof(o->log), "%s/server.log", folder);
    char *argv[] = {strdup(binary), strdup("demo"), strdup("--data"), o->data, NULL};
    bool ok = run(argv, out, sizeof(out));
    free(argv[0]);
    free(argv[1]);
    free(argv[2]);
    static const char line[] = "front_desk\trina\t";
    const char *desk = strstr(out, line);
    return ok && desk &&
           copy_until(desk + strlen(line), "\r\n", o->desk_password, sizeof(o->desk_password)) &&
           write_settings(o) && add_token(o, "rina", o->desk_token) &&
           add_token(o, "arief", o->chief_token) && add_token(o, "hendra", o->head_token) &&
           (o->port = free_port()) != 0;
}

static void become_server(const struct office *o)
{
    char listen_on[32];
    (void)setpgid(0, 0);
    (void)snprintf(listen_on, sizeof(listen_on), "127.0.0.1:%d", o->port);
    int log = open(o->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(log, STDOUT_FILENO);
    (void)dup2(log, STDERR_FILENO);
    execl(o->binary, o->binary, "serve", "--data", o->data, "--listen", listen_on, (char *)NULL);
    _exit(127);
}

static bool healthy(const struct office *o)
{
    static struct answer a;
    struct line line = {.fd = -1, .port = o->port};
    const struct call call = {.method = "GET", .path = "/healthz"};
    bool ok = http_call(&line, &call, &a) == FATE_ANSWERED && a.status == 200;
    http_hang_up(&line);
    return ok;
}

int64_t office_start(struct office *o)
{
    int64_t begun = now_ms();
    o->pid = fork();
    if (o->pid == 0)
        become_server(o);
    (void)setpgid(o->pid, o->pid);
    while (now_ms() - begun < START_MS) {
        if (healthy(o))
            return now_ms() - begun;
        if (waitpid(o->pid, NULL, WNOHANG) == o->pid)
            break; /* it ended by itself */
        (void)usleep(2000);
    }
    return -1;
}

void office_kill(struct office *o)
{
    (void)kill(-o->pid, SIGKILL);
    (void)waitpid(o->pid, NULL, 0);
}

bool office_stop(struct office *o)
{
    int status = 1;
    (void)kill(o->pid, SIGTERM);
    for (int64_t until = now_ms() + STOP_MS; now_ms() < until; (void)usleep(5000))
        if (waitpid(o->pid, &status, WNOHANG) == o->pid)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    office_kill(o);
    return false;
}

bool office_login(const struct office *o, char ret_cookie[SECRET_BYTES])
{
    static struct answer a;
    char body[256];
    struct line line = {.fd = -1, .port = o->port};
    int n = snprintf(body, sizeof(body), "{\"username\":\"rina\",\"password\":\"%s\"}",
                     o->desk_password);
    const struct call call = {.method = "POST",
                              .path = "/masuk",
                              .type = "application/json",
                              .body = body,
                              .body_bytes = (size_t)n};
    bool ok = http_call(&line, &call, &a) == FATE_ANSWERED && a.status < 400;
    http_hang_up(&line);
    const char *cookie = ok ? strstr(a.head, "__Host-bukutamu=") : NULL;
    return cookie && copy_until(cookie, ";\r\n", ret_cookie, SECRET_BYTES);
}
