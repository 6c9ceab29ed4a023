/* Starts, asks and ends one of the services in channel-fakes.mjs. */
#include "support/fakes.h"

#include "support/test.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

enum { ARGUMENTS_MAX = 8, EXIT_NO_NODE = 127, EXIT_NO_PACKAGE = 77 };

static void run_node(const char *const *arguments)
{
    static char node[] = "node", script[] = "tests/support/channel-fakes.mjs";
    char *argv[ARGUMENTS_MAX + 3] = {node, script};
    for (size_t i = 0; arguments[i] && i < ARGUMENTS_MAX; i++)
        argv[i + 2] = (char *)(uintptr_t)arguments[i];
    (void)execvp("node", argv);
    _exit(EXIT_NO_NODE);
}

bool fake_start(struct fake *fake, const char *const *arguments)
{
    int out[2];
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        run_node(arguments);
    }
    (void)close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    assert_non_null(lines);
    char line[64] = "";
    bool ready = fgets(line, sizeof(line), lines) && str_starts(line, "listening ");
    (void)fclose(lines);
    *fake = (struct fake){.pid = pid};
    if (ready) {
        char *rest = NULL;
        fake->port = (int)strtol(line + strlen("listening "), &rest, 10);
        fake->control_port = (int)strtol(rest, NULL, 10);
        return true;
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == EXIT_NO_NODE || WEXITSTATUS(status) == EXIT_NO_PACKAGE);
    return false;
}

void fake_stop(struct fake *fake)
{
    (void)kill(fake->pid, SIGTERM);
    (void)waitpid(fake->pid, NULL, 0);
}

static size_t take(char *from, size_t size, size_t count, void *user)
{
    buf_add(user, from, size * count);
    return size * count;
}

char *fake_ask(struct arena *a, int port, const char *path, const char *body)
{
    struct buf answer = buf_new(a, 1024, (size_t)1024 * 1024);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURL *c = curl_easy_init();
    assert_non_null(c);
    curl_easy_setopt(c, CURLOPT_URL, arena_printf(a, "http://127.0.0.1:%d%s", port, path));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    if (body)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    assert_int_equal(curl_easy_perform(c), CURLE_OK);
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    assert_false(answer.full);
    return answer.p;
}
