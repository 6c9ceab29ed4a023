/* Starts, asks and ends the WhatsApp stand-in. */
#include "support/stand_in.h"

#include "support/test.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

static void run_node(const struct stand_in_options *o)
{
    char script[] = "tests/support/whatsapp-stand-in.mjs";
    if (o->webhook)
        (void)execlp("node", "node", script, "--control", "--secret-file", o->secret_file,
                     "--token", o->token, "--webhook", o->webhook, (char *)NULL);
    else
        (void)execlp("node", "node", script, "--control", "--secret-file", o->secret_file,
                     "--token", o->token, (char *)NULL);
    _exit(127);
}

bool stand_in_start(struct stand_in *s, const struct stand_in_options *o)
{
    int out[2];
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        run_node(o);
    }
    (void)close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    assert_non_null(lines);
    char line[64] = "";
    bool ready = fgets(line, sizeof(line), lines) && str_starts(line, "listening ");
    (void)fclose(lines);
    *s = (struct stand_in){.pid = pid, .port = ready ? (int)strtol(line + 10, NULL, 10) : 0};
    if (ready)
        return true;
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 127); /* no node; anything else is a broken stand-in */
    return false;
}

void stand_in_stop(struct stand_in *s)
{
    (void)kill(s->pid, SIGTERM);
    (void)waitpid(s->pid, NULL, 0);
}

static size_t take(char *from, size_t size, size_t count, void *user)
{
    buf_add(user, from, size * count);
    return size * count;
}

char *stand_in_control(struct arena *a, const struct stand_in *s, const char *path, const char *body)
{
    struct buf answer = buf_new(a, 1024, (size_t)16 * 1024 * 1024);
    CURL *c = curl_easy_init();
    assert_non_null(c);
    curl_easy_setopt(c, CURLOPT_URL,
                     arena_printf(a, "http://127.0.0.1:%d/_control%s", s->port, path));
    if (body)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    assert_int_equal(curl_easy_perform(c), CURLE_OK);
    curl_easy_cleanup(c);
    assert_false(answer.full);
    return answer.p;
}
