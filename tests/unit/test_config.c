/* Settings from their three places, and the command table as far as it goes without an office. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/config.h"
#include "lib/base/str.h"

extern char **environ;

struct room {
    struct arena *arena;
    char folder[64];
    const char *conf;
};

static void no_environment(void)
{
    for (size_t i = 0; environ && environ[i];) {
        if (!str_starts(environ[i], "BUKUTAMU_")) {
            i++;
            continue;
        }
        char name[128];
        (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(environ[i], "="), environ[i]);
        (void)unsetenv(name);
    }
}

static int begin(void **state)
{
    struct room *r = calloc(1, sizeof(*r));
    assert_non_null(r);
    no_environment();
    r->arena = arena_new(4096);
    (void)snprintf(r->folder, sizeof(r->folder), "/tmp/bukutamu-config-XXXXXX");
    assert_non_null(mkdtemp(r->folder));
    r->conf = arena_printf(r->arena, "%s/bukutamu.conf", r->folder);
    *state = r;
    return 0;
}

static int end(void **state)
{
    struct room *r = *state;
    static const char *const files[] = {
        "/bukutamu.conf",   "/keys/master.key", "/keys", "/bukutamu.db",
        "/bukutamu.db-wal", "/bukutamu.db-shm", ""};
    no_environment();
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        (void)remove(arena_printf(r->arena, "%s%s", r->folder, files[i]));
    arena_free(r->arena);
    free(r);
    return 0;
}

static void write_conf(struct room *r, const char *text)
{
    FILE *f = fopen(r->conf, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Arguments by words; what is left over is counted. */
static enum err read_words(struct room *r, const char *words, struct settings *ret, int *ret_left,
                           const char **ret_message)
{
    char *argv[16] = {NULL};
    int argc = 0;
    char *text = arena_strdup(r->arena, words);
    for (char *word = text; *word && argc < 15;) {
        size_t n = strcspn(word, " ");
        argv[argc++] = arena_strndup(r->arena, word, n);
        word += n + strspn(word + n, " ");
    }
    *ret_message = NULL;
    enum err e = config_read(r->arena, &argc, argv, ret, ret_message);
    *ret_left = argc;
    return e;
}

static struct settings good(struct room *r, const char *words)
{
    struct settings s = {0};
    int left = 0;
    const char *message = NULL;
    enum err e = read_words(r, words, &s, &left, &message);
    if (e != ERR_OK)
        print_error("%s\n", str_or(message, "?"));
    assert_int_equal(e, ERR_OK);
    assert_int_equal(left, 0);
    return s;
}

/* The sentence that says what is wrong; nothing else was changed. */
static const char *bad(struct room *r, const char *words)
{
    struct settings s = {.workers = -7};
    int left = 0;
    const char *message = NULL;
    assert_int_equal(read_words(r, words, &s, &left, &message), ERR_INVALID);
    assert_int_equal(s.workers, -7);
    assert_non_null(message);
    return message;
}

static const char *in_folder(struct room *r, const char *more)
{
    return arena_printf(r->arena, "--data %s %s", r->folder, more);
}

static void what_nobody_sets(void **state)
{
    struct settings s = good(*state, "--data /nowhere/at/all");
    assert_string_equal(s.data_dir, "/nowhere/at/all");
    assert_string_equal(s.database_url, "sqlite:/nowhere/at/all/bukutamu.db");
    assert_string_equal(s.listen, "127.0.0.1:8080");
    assert_string_equal(s.graph_base, "https://graph.facebook.com");
    assert_string_equal(s.language, "id");
    assert_string_equal(s.log_level, "info");
    assert_true(s.rate);
    assert_int_equal(s.workers, 0);
    assert_null(s.tls_cert);
    assert_null(s.public_url);
    assert_false(settings_whatsapp_ready(&s));
}

static void the_file(void **state)
{
    struct room *r = *state;
    write_conf(r, "; a comment\n[server]\nlisten = 0.0.0.0:80\nworkers = 3\ntls_cert = c.pem\n"
                  "tls_key=k.pem\npublic_url = https://tamu.example\n"
                  "[whatsapp]\nphone_number_id = 1000\ntoken_file = /t\napp_secret_file = /s\n"
                  "verify_token = sandi\ntemplate_visit = tamu\n[limits]\nrate = off\n"
                  "[log]\nlevel = warn\n");
    struct settings s = good(r, in_folder(r, ""));
    assert_string_equal(s.listen, "0.0.0.0:80");
    assert_int_equal(s.workers, 3);
    assert_string_equal(s.tls_cert, "c.pem");
    assert_string_equal(s.tls_key, "k.pem");
    assert_string_equal(s.public_url, "https://tamu.example");
    assert_string_equal(s.template_visit, "tamu");
    assert_string_equal(s.template_head, "tanya_kajari");
    assert_string_equal(s.log_level, "warn");
    assert_false(s.rate);
    assert_true(settings_whatsapp_ready(&s));
}

static void the_strongest_comes_first(void **state)
{
    struct room *r = *state;
    write_conf(r,
               "[server]\nlisten = 1.1.1.1:1\npublic_url = https://file\n[log]\nlevel = debug\n");
    assert_int_equal(setenv("BUKUTAMU_LISTEN", "2.2.2.2:2", 1), 0);
    assert_int_equal(setenv("BUKUTAMU_LOG_LEVEL", "error", 1), 0);
    assert_int_equal(setenv("BUKUTAMU_LIMITS_RATE", "off", 1), 0);
    struct settings s = good(r, in_folder(r, "--listen 3.3.3.3:3"));
    assert_string_equal(s.listen, "3.3.3.3:3");
    assert_string_equal(s.log_level, "error");
    assert_string_equal(s.public_url, "https://file");
    assert_false(s.rate);
    assert_string_equal(good(r, in_folder(r, "")).listen, "2.2.2.2:2");
    no_environment();
    assert_string_equal(good(r, in_folder(r, "")).listen, "1.1.1.1:1");
    assert_int_equal(setenv("BUKUTAMU_DATA", r->folder, 1), 0);
    assert_string_equal(good(r, "").listen, "1.1.1.1:1");
}

static void options_are_taken_out(void **state)
{
    struct room *r = *state;
    struct settings s = {0};
    int left = 0;
    const char *message = NULL;
    assert_int_equal(
        read_words(r, "FILE --data /x --label kantor --database sqlite:/y", &s, &left, &message),
        ERR_OK);
    assert_int_equal(left, 3);
    assert_string_equal(s.data_dir, "/x");
    assert_string_equal(s.database_url, "sqlite:/y");
}

static void what_is_wrong_is_named(void **state)
{
    struct room *r = *state;
    assert_non_null(strstr(bad(r, "--listen"), "--listen"));
    assert_non_null(strstr(bad(r, "--config /nowhere/x.conf"), "/nowhere/x.conf"));

    static const struct {
        const char *text, *line, *word;
    } files[] = {
        {"[server]\nlisten = a\nlissten = b\n", "baris 3", "lissten"},
        {"[server]\nworkers = banyak\n", "baris 2", "banyak"},
        {"[server]\nworkers = -1\n", "baris 2", "-1"},
        {"[server]\nworkers = 513\n", "baris 2", "513"},
        {"[server]\nworkers = 1.5\n", "baris 2", "1.5"},
        {"[limits]\nrate = mungkin\n", "baris 2", "mungkin"},
        {"[surat]\nlisten = a\n", "baris 2", "surat"},
        {"listen = a\n", "baris 1", "listen"},
        {"[server]\nlisten\n", "baris 2", "tidak dapat dibaca"},
        {"[server]\nsatu = 1\ndua = 2\n", "baris 2", "satu"}, /* the first fault, not the last */
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        write_conf(r, files[i].text);
        const char *message = bad(r, in_folder(r, ""));
        if (!strstr(message, files[i].line) || !strstr(message, files[i].word))
            print_error("%s\n", message);
        assert_non_null(strstr(message, files[i].line));
        assert_non_null(strstr(message, files[i].word));
        assert_non_null(strstr(message, r->conf));
    }
    assert_int_equal(setenv("BUKUTAMU_WORKERS", "x", 1), 0);
    assert_non_null(strstr(bad(r, "--data /nowhere"), "workers"));
}

static void switches(void **state)
{
    struct room *r = *state;
    static const char *const on[] = {"on", "true", "1", "yes"};
    static const char *const off[] = {"off", "false", "0", "no"};
    for (size_t i = 0; i < ARRAY_LEN(on); i++) {
        assert_int_equal(setenv("BUKUTAMU_LIMITS_RATE", on[i], 1), 0);
        assert_true(good(r, "--data /x").rate);
        assert_int_equal(setenv("BUKUTAMU_LIMITS_RATE", off[i], 1), 0);
        assert_false(good(r, "--data /x").rate);
    }
}

/* --- commands ----------------------------------------------------------------------------------------- */

/* The exit status; what the command says on stderr does not disturb the test's own output. */
static int run(struct room *r, const char *words)
{
    char *argv[24] = {arena_strdup(r->arena, "bukutamu")};
    int argc = 1;
    char *text = arena_strdup(r->arena, words);
    for (char *word = text; *word && argc < 23;) {
        size_t n = strcspn(word, " ");
        argv[argc++] = arena_strndup(r->arena, word, n);
        word += n + strspn(word + n, " ");
    }
    (void)fflush(stdout);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)dup2(nowhere, STDERR_FILENO);
    int status = commands_run(argc, argv);
    (void)fflush(stdout);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(err, STDERR_FILENO);
    (void)close(out);
    (void)close(err);
    (void)close(nowhere);
    return status;
}

static void wrong_usage_is_status_2(void **state)
{
    struct room *r = *state;
    assert_int_equal(run(r, ""), 2);
    assert_int_equal(run(r, "sarapan"), 2);
    assert_int_equal(run(r, "user"), 2);
    assert_int_equal(run(r, "user remove"), 2);
    assert_int_equal(run(r, "--help"), 2);
    assert_int_equal(run(r, "serve --listen"), 2);
    write_conf(r, "[server]\nlissten = a\n");
    assert_int_equal(run(r, arena_printf(r->arena, "migrate --data %s", r->folder)), 2);
}

static void an_office_is_made_once(void **state)
{
    struct room *r = *state;
    const char *data = arena_printf(r->arena, "--data %s", r->folder);
    assert_int_equal(run(r, arena_printf(r->arena, "init %s", data)), 1);
    assert_int_equal(
        run(r, arena_printf(r->arena, "init %s --name K --code O.2.12 --zone utc", data)), 1);
    assert_int_equal(
        run(r, arena_printf(r->arena, "init %s --name K --code O.2.12 --zon wib", data)), 1);
    assert_int_not_equal(access(arena_printf(r->arena, "%s/bukutamu.db", r->folder), F_OK), 0);

    assert_int_equal(
        run(r, arena_printf(r->arena, "init %s --name K --code O.2.12 --zone wita", data)), 0);
    struct stat key;
    assert_int_equal(stat(arena_printf(r->arena, "%s/keys/master.key", r->folder), &key), 0);
    assert_int_equal(key.st_mode & 0777, 0400);
    assert_int_equal(run(r, arena_printf(r->arena, "init %s --name K --code O.2.12", data)), 1);
    assert_int_equal(run(r, arena_printf(r->arena, "demo %s", data)), 1); /* there is an office */
    assert_int_equal(run(r, arena_printf(r->arena, "migrate %s", data)), 0);
    assert_int_equal(run(r, arena_printf(r->arena, "migrate %s lagi", data)), 1);
    assert_int_equal(run(r, arena_printf(r->arena, "token add %s", data)), 1);
    assert_int_equal(run(r, arena_printf(r->arena, "token add %s --user siapa", data)), 1);
    assert_int_equal(run(r, arena_printf(r->arena, "user add %s --username x", data)), 1);
}

static void an_option_is_found_anywhere(void **state)
{
    struct room *r = *state;
    char *argv[] = {arena_strdup(r->arena, "a"), arena_strdup(r->arena, "--user"),
                    arena_strdup(r->arena, "rina"), arena_strdup(r->arena, "b"),
                    arena_strdup(r->arena, "--label")};
    int argc = 5;
    assert_string_equal(command_option(&argc, argv, "--user"), "rina");
    assert_int_equal(argc, 3);
    assert_string_equal(argv[0], "a");
    assert_string_equal(argv[1], "b");
    assert_null(command_option(&argc, argv, "--label")); /* its value is missing */
    assert_null(command_option(&argc, argv, "--user"));
    assert_int_equal(argc, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_nobody_sets, begin, end),
        cmocka_unit_test_setup_teardown(the_file, begin, end),
        cmocka_unit_test_setup_teardown(the_strongest_comes_first, begin, end),
        cmocka_unit_test_setup_teardown(options_are_taken_out, begin, end),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, begin, end),
        cmocka_unit_test_setup_teardown(switches, begin, end),
        cmocka_unit_test_setup_teardown(wrong_usage_is_status_2, begin, end),
        cmocka_unit_test_setup_teardown(an_office_is_made_once, begin, end),
        cmocka_unit_test_setup_teardown(an_option_is_found_anywhere, begin, end),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
