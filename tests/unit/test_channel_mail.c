/* The mail channel: against a tiny SMTP server that answers by script, and against npm's smtp-server
 * (login, STARTTLS) when node and the package are there. */
#include "support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/tls_make.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "support/fakes.h"
#include "lib/base/banned.h"

enum { MAIL_MAX = 65536 };

/* --- a server that answers by script ---------------------------------------------------------- */

/* What it says to each command; NULL: as a friendly server. "" hangs up. */
struct manners {
    const char *greeting, *mail, *rcpt, *data, *end;
    bool hang_at_end; /* takes the message and says nothing */
};

struct server {
    int listener, stop_pipe[2], port;
    pthread_t thread;
    struct manners manners;
    char commands[4096]; /* each line, until DATA */
    char text[MAIL_MAX]; /* the message as it came */
    int sessions;
};

static bool line_read(FILE *in, char *line, size_t bytes)
{
    return fgets(line, (int)bytes, in) != NULL;
}

static bool say(int fd, const char *answer)
{
    char line[256];
    if (!*answer)
        return false;
    int n = snprintf(line, sizeof(line), "%s\r\n", answer);
    return send(fd, line, (size_t)n, MSG_NOSIGNAL) == n;
}

static bool take_text(struct server *s, FILE *in, int fd)
{
    char line[2048];
    s->text[0] = '\0';
    size_t n = 0;
    while (line_read(in, line, sizeof(line)) && strcmp(line, ".\r\n") != 0) {
        size_t length = strlen(line);
        assert_true(n + length < sizeof(s->text));
        memcpy(s->text + n, line, length + 1);
        n += length;
    }
    if (s->manners.hang_at_end)
        (void)line_read(in, line, sizeof(line));
    return !s->manners.hang_at_end && say(fd, s->manners.end ? s->manners.end : "250 taken");
}

static void session(struct server *s, int fd)
{
    FILE *in = fdopen(dup(fd), "r");
    assert_non_null(in);
    char line[2048];
    bool going = say(fd, s->manners.greeting ? s->manners.greeting : "220 here");
    while (going && line_read(in, line, sizeof(line))) {
        size_t n = strlen(s->commands);
        (void)snprintf(s->commands + n, sizeof(s->commands) - n, "%s", line);
        const struct manners *m = &s->manners;
        if (str_starts(line, "MAIL"))
            going = say(fd, m->mail ? m->mail : "250 ok");
        else if (str_starts(line, "RCPT"))
            going = say(fd, m->rcpt ? m->rcpt : "250 ok");
        else if (str_starts(line, "DATA"))
            going = say(fd, m->data ? m->data : "354 go on") && (m->data || take_text(s, in, fd));
        else
            going = say(fd, "250 ok");
    }
    (void)fclose(in);
}

static void *server_run(void *arg)
{
    struct server *s = arg;
    for (;;) {
        struct pollfd wait[2] = {{.fd = s->listener, .events = POLLIN},
                                 {.fd = s->stop_pipe[0], .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents)
            return NULL;
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        s->sessions++;
        session(s, fd);
        (void)close(fd);
    }
}

static struct {
    struct arena *arena;
    struct cx cx;
    struct server *server;
    char password_file[64];
} f;

static void server_start(struct manners manners)
{
    struct server *s = f.server;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(address);
    memset(s, 0, sizeof(*s));
    s->manners = manners;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (const struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &n), 0);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pipe(s->stop_pipe), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

/* After this its commands and text may be read. */
static void server_stop(void)
{
    struct server *s = f.server;
    assert_int_equal(write(s->stop_pipe[1], "x", 1), 1);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listener);
    (void)close(s->stop_pipe[0]);
    (void)close(s->stop_pipe[1]);
}

/* --- fixture ---------------------------------------------------------------------------------- */

static void password_write(const char *password)
{
    int fd = open(f.password_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, password, strlen(password)), strlen(password));
    (void)close(fd);
}

static int set_up(void **state)
{
    (void)state;
    memset(&f, 0, sizeof(f));
    f.arena = arena_new(65536);
    /* 2026-01-01 00:00:00 UTC */
    f.cx = (struct cx){.arena = f.arena, .now_ms = 1767225600000, .offset_min = 420};
    f.server = ARENA_NEW(f.arena, struct server);
    (void)snprintf(f.password_file, sizeof(f.password_file), "/tmp/bukutamu-mail-XXXXXX");
    (void)close(mkstemp(f.password_file));
    password_write("K3y-surel\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(f.password_file);
    arena_free(f.arena);
    return 0;
}

static struct channel_mail_options options_of(int port)
{
    return (struct channel_mail_options){
        .server = arena_printf(f.arena, "smtp://127.0.0.1:%d", port),
        .from = "bukutamu@kantor.example",
        .from_name = "Buku Tamu Kapuas",
        .total_timeout_ms = 1500};
}

static struct channel *channel_of(const struct channel_mail_options *o)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    if (channel_mail_new(f.arena, o, &channel, &message) != ERR_OK)
        fail_msg("%s", message);
    return channel;
}

static const struct outbox_message notice = {
    .to = "kasi@kantor.example",
    .subject = "Ada tamu nomor 12",
    .text = "Ada tamu nomor 12.\n.\nMenunggu sejak 09.41.",
    .link = "https://tamu.example/jawab/a1",
    .opaque_id = "0192-a",
};
static const char notice_text[] =
    "Ada tamu nomor 12.\r\n.\r\nMenunggu sejak 09.41.\r\n\r\nJawab lewat "
    "halaman ini, sekali pakai:\r\nhttps://tamu.example/jawab/a1\r\n";

static struct outbox_result send_by(const struct channel_mail_options *o,
                                    const struct outbox_message *m)
{
    struct channel *channel = channel_of(o);
    struct outbox_result r = {0};
    channel->send(channel, &f.cx, m, &r);
    channel->free(channel);
    if (r.outcome != SEND_OK) {
        assert_non_null(r.code);
        assert_non_null(r.reason);
        assert_null(strstr(r.reason, "!"));
        assert_null(strstr(r.reason, "K3y"));
    }
    return r;
}

/* Sends over a fresh scripted server, which has ended when this returns. */
static struct outbox_result send_with(struct manners manners, const struct outbox_message *m)
{
    server_start(manners);
    struct channel_mail_options o = options_of(f.server->port);
    struct outbox_result r = send_by(&o, m);
    server_stop();
    return r;
}

/* --- reading a mail --------------------------------------------------------------------------- */

/* The value of a header, unfolded; NULL when it is not there, a failure when it is there twice. */
static const char *header(const char *mail, const char *name)
{
    const char *end = strstr(mail, "\r\n\r\n");
    const char *found = NULL;
    assert_non_null(end);
    for (const char *p = mail; p < end; p = strstr(p, "\r\n") + 2) {
        if (strncasecmp(p, name, strlen(name)) != 0 || p[strlen(name)] != ':')
            continue;
        assert_null(found);
        struct buf value = buf_new(f.arena, 128, 4096);
        for (const char *c = p + strlen(name) + 2; c[0] != '\r' || c[2] == ' '; c++)
            if (*c != '\r' && *c != '\n')
                buf_putc(&value, *c);
        found = value.p;
    }
    return found;
}

static char *base64_read(const char *text, size_t n)
{
    char *out = arena_alloc(f.arena, n + 1);
    size_t got = 0;
    assert_int_equal(sodium_base642bin((unsigned char *)out, n, text, n, "\r\n", &got, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    return out;
}

/* Decodes "=?UTF-8?B?…?= =?UTF-8?B?…?=". */
static const char *words(const char *value)
{
    struct buf out = buf_new(f.arena, 128, 4096);
    static const char start[] = "=?UTF-8?B?";
    while (*value) {
        assert_true(str_starts(value, start));
        const char *end = strstr(value, "?=");
        assert_non_null(end);
        assert_true(end + 2 - value <= 75);
        value += sizeof(start) - 1;
        const char *part = base64_read(value, (size_t)(end - value));
        buf_puts(&out, part);
        value = end + 2;
        while (*value == ' ')
            value++;
    }
    return out.p;
}

static const char *body_of(const char *mail)
{
    const char *body = strstr(mail, "\r\n\r\n");
    assert_non_null(body);
    body += 4;
    return base64_read(body, strlen(body));
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t n = strcspn(text, "\r\n");
        longest = n > longest ? n : longest;
        text += n + strspn(text + n, "\r\n");
    }
    return longest;
}

/* --- what is sent ----------------------------------------------------------------------------- */

static void a_mail_is_whole(void **state)
{
    (void)state;
    struct outbox_result r = send_with((struct manners){0}, &notice);
    assert_int_equal(r.outcome, SEND_OK);
    const char *mail = f.server->text;
    assert_non_null(strstr(f.server->commands, "MAIL FROM:<bukutamu@kantor.example>"));
    assert_non_null(strstr(f.server->commands, "RCPT TO:<kasi@kantor.example>\r\n"));
    assert_string_equal(header(mail, "To"), "<kasi@kantor.example>");
    assert_string_equal(header(mail, "Date"), "Thu, 1 Jan 2026 07:00:00 +0700");
    assert_string_equal(header(mail, "Message-ID"), "<0192-a@kantor.example>");
    assert_string_equal(header(mail, "Auto-Submitted"), "auto-generated");
    assert_string_equal(header(mail, "MIME-Version"), "1.0");
    assert_string_equal(header(mail, "Content-Type"), "text/plain; charset=utf-8");
    assert_string_equal(header(mail, "Content-Transfer-Encoding"), "base64");
    assert_string_equal(words(header(mail, "Subject")), "Ada tamu nomor 12");
    const char *from = header(mail, "From");
    const char *bracket = strstr(from, " <");
    assert_string_equal(bracket, " <bukutamu@kantor.example>");
    assert_string_equal(words(arena_strndup(f.arena, from, (size_t)(bracket - from))),
                        "Buku Tamu Kapuas");
    assert_string_equal(body_of(mail), notice_text);
}

static void hostile_text_makes_no_header(void **state)
{
    (void)state;
    struct outbox_message m = notice;
    m.subject =
        "Budi\r\nBcc: evil@example.com\r\n\r\nisi \"palsu\" — ruang tunggu ékstra panjang sekali "
        "supaya dilipat menjadi beberapa kata bersandi, ya";
    m.text = "x\r\n.\r\nRCPT TO:<evil@example.com>\r\n";
    m.opaque_id = "a>\r\nX-Evil: 1";
    assert_int_equal(send_with((struct manners){0}, &m).outcome, SEND_OK);
    const char *mail = f.server->text;
    assert_null(header(mail, "Bcc"));
    assert_null(header(mail, "X-Evil"));
    assert_null(strstr(f.server->commands, "evil"));
    assert_null(strstr(mail, "evil"));
    const char *subject = words(header(mail, "Subject"));
    assert_true(str_starts(subject, "Budi  Bcc: evil@example.com    isi \"palsu\" — ruang"));
    assert_true(longest_line(mail) <= 78);
    const char *id = header(mail, "Message-ID");
    assert_int_equal(strlen(id), 1 + 32 + strlen("@kantor.example>"));
    assert_non_null(strstr(body_of(mail), "x\r\n.\r\nRCPT TO:<evil@example.com>\r\n"));
}

static void what_is_no_message_is_not_sent(void **state)
{
    (void)state;
    static const char *const addresses[] = {NULL,        "",
                                            "a",         "@b",
                                            "a@",        "a@b@c",
                                            "a b@c.d",   "a@b.c\r\nRCPT TO:<e@f.g>",
                                            "<a@b.c>",   "a@b.c,d@e.f",
                                            "\"a\"@b.c", "-a@b.c",
                                            "a@b.c>",    "é@b.c"};
    struct outbox_message m = notice;
    server_start((struct manners){0});
    struct channel_mail_options o = options_of(f.server->port);
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        m.to = addresses[i];
        struct outbox_result r = send_by(&o, &m);
        assert_int_equal(r.outcome, SEND_FAILED);
        assert_string_equal(r.code, "recipient");
        assert_true(r.recipient_fault);
    }
    m = notice;
    m.text = "";
    assert_string_equal(send_by(&o, &m).code, "text");
    m.text = "\xff";
    assert_string_equal(send_by(&o, &m).code, "text");
    server_stop();
    assert_int_equal(f.server->sessions, 0);
}

/* The parts between the boundary: text, file. */
static const char *part_of(const char *mail, size_t nth)
{
    static const char line[] = "\r\n--=_bagian";
    const char *part = strstr(mail, line);
    for (size_t i = 0; i < nth && part; i++)
        part = strstr(part + 1, line);
    assert_non_null(part);
    part += sizeof(line) + 1; /* its own line break too */
    const char *end = strstr(part, line);
    return arena_strndup(f.arena, part, end ? (size_t)(end - part) : strlen(part));
}

static struct bytes file_of(const char *part)
{
    const char *body = strstr(part, "\r\n\r\n");
    assert_non_null(body);
    uint8_t *out = arena_alloc(f.arena, strlen(body));
    size_t n = 0;
    assert_int_equal(sodium_base642bin(out, strlen(body), body + 4, strlen(body + 4), "\r\n", &n,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    return (struct bytes){out, n};
}

static void a_file_goes_along_byte_by_byte(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 56, 57, 58, 114, 20000};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        uint8_t *data = arena_alloc(f.arena, sizes[i]);
        randombytes_buf(data, sizes[i]);
        const struct outbox_file file = {.name = "Laporan pelayanan 2026-10.pdf",
                                         .type = "application/pdf",
                                         .data = {data, sizes[i]}};
        struct outbox_message m = notice;
        m.file = &file;
        assert_int_equal(send_with((struct manners){0}, &m).outcome, SEND_OK);
        const char *mail = f.server->text;
        assert_string_equal(header(mail, "Content-Type"), "multipart/mixed; boundary=\"=_bagian\"");
        assert_null(header(mail, "Content-Transfer-Encoding"));
        assert_true(longest_line(mail) <= 78);
        assert_string_equal(header(part_of(mail, 0), "Content-Type"), "text/plain; charset=utf-8");
        assert_string_equal(body_of(part_of(mail, 0)), notice_text);
        const char *part = part_of(mail, 1);
        assert_string_equal(header(part, "Content-Type"), "application/pdf");
        assert_string_equal(header(part, "Content-Transfer-Encoding"), "base64");
        assert_string_equal(header(part, "Content-Disposition"),
                            "attachment; filename=\"Laporan pelayanan 2026-10.pdf\"");
        struct bytes got = file_of(part);
        assert_int_equal(got.n, sizes[i]);
        assert_memory_equal(got.p, data, got.n);
        assert_non_null(strstr(mail, "\r\n--=_bagian--\r\n"));
    }
}

/* What RFC 2231 makes of the name, put together again. */
static const char *name_of(const char *disposition)
{
    struct buf out = buf_new(f.arena, 128, 4096);
    for (const char *at = strstr(disposition, "filename*"); at; at = strstr(at + 1, "filename*")) {
        const char *value = strchr(at, '=') + 1;
        if (str_starts(value, "UTF-8''"))
            value += 7;
        for (; *value && *value != ';'; value++) {
            uint8_t byte = (uint8_t)*value;
            if (*value == '%') {
                char *end = NULL;
                char hex[3] = {value[1], value[2], '\0'};
                byte = (uint8_t)strtoul(hex, &end, 16);
                assert_true(*end == '\0' && value[1] && value[2]);
                value += 2;
            }
            buf_putc(&out, (char)byte);
        }
    }
    return out.p;
}

static void any_name_of_a_file_is_fine(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"Laporan “Kapuas” é.pdf", "Laporan “Kapuas” é.pdf"},
        {"a\"; x=\"b.pdf", "a\"; x=\"b.pdf"},
        {"a\r\nX-Evil: 1\r\n\r\nb", "a  X-Evil: 1    b"},
        {"../../etc/passwd", ".. .. etc passwd"},
        {"Laporan pelayanan tamu yang sangat panjang dari Kejaksaan Negeri Kapuas tahun 2026.docx",
         "Laporan pelayanan tamu yang sangat panjang dari Kejaksaan Negeri Kapuas tahun 2026.docx"},
        {"ééééééééééééééééééééééééééééééééééééééééé.pdf",
         "ééééééééééééééééééééééééééééééééééééééééé.pdf"}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct outbox_file file = {
            .name = names[i][0], .type = "application/pdf", .data = {(const uint8_t *)"x", 1}};
        struct outbox_message m = notice;
        m.file = &file;
        assert_int_equal(send_with((struct manners){0}, &m).outcome, SEND_OK);
        const char *part = part_of(f.server->text, 1);
        assert_null(header(part, "X-Evil"));
        assert_true(longest_line(part) <= 78);
        const char *said = header(part, "Content-Disposition");
        if (strstr(said, "filename=\""))
            assert_string_equal(said,
                                arena_printf(f.arena, "attachment; filename=\"%s\"", names[i][1]));
        else
            assert_string_equal(name_of(said), names[i][1]);
    }
}

static void a_file_that_cannot_go_is_said(void **state)
{
    (void)state;
    static uint8_t much[OUTBOX_FILE_MAX_BYTES + 1];
    const struct outbox_file files[] = {{"a.pdf", "application/pdf", {much, 0}},
                                        {"a.pdf", "application/pdf", {much, sizeof(much)}},
                                        {"a.pdf", "application/pdf\r\nX-Evil: 1", {much, 1}},
                                        {"", "application/pdf", {much, 1}},
                                        {"\xff", "application/pdf", {much, 1}}};
    server_start((struct manners){0});
    struct channel_mail_options o = options_of(f.server->port);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct outbox_message m = notice;
        m.file = &files[i];
        struct outbox_result r = send_by(&o, &m);
        assert_int_equal(r.outcome, SEND_FAILED);
        assert_string_equal(r.code, "file");
        assert_false(r.recipient_fault);
    }
    server_stop();
    assert_int_equal(f.server->sessions, 0);
}

/* --- what comes back -------------------------------------------------------------------------- */

static void answers_are_judged(void **state)
{
    (void)state;
    static const struct {
        struct manners manners;
        int outcome;
        const char *code;
    } cases[] = {
        {{.rcpt = "450 later"}, SEND_RETRY, "smtp_450"},
        {{.rcpt = "550 nobody"}, SEND_FAILED, "smtp_550"},
        {{.mail = "451 later"}, SEND_RETRY, "smtp_451"},
        {{.mail = "552 full"}, SEND_FAILED, "smtp_552"},
        {{.mail = "530 log in"}, SEND_STOP_CHANNEL, "smtp_530"},
        {{.data = "452 full"}, SEND_RETRY, "smtp_452"},
        {{.data = "554 no"}, SEND_FAILED, "smtp_554"},
        {{.end = "451 later"}, SEND_RETRY, "smtp_451"},
        {{.end = "554 spam"}, SEND_FAILED, "smtp_554"},
        {{.greeting = "421 busy"}, SEND_RETRY, "smtp_421"},
        {{.greeting = ""}, SEND_RETRY, "connect"},
        {{.rcpt = ""}, SEND_RETRY, "connect"},
        {{.end = ""}, SEND_UNKNOWN, "no_answer"},
        {{.hang_at_end = true}, SEND_UNKNOWN, "timeout"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct outbox_result r = send_with(cases[i].manners, &notice);
        if ((int)r.outcome != cases[i].outcome || !str_eq(r.code, cases[i].code))
            fail_msg("case %zu: %d %s", i, (int)r.outcome, str_or(r.code, "-"));
        assert_int_equal(f.server->sessions, 1);
    }
    struct channel_mail_options o = options_of(1);
    struct outbox_result r = send_by(&o, &notice);
    assert_int_equal(r.outcome, SEND_RETRY);
    assert_string_equal(r.code, "connect");
}

static void a_server_without_tls_gets_no_mail(void **state)
{
    (void)state;
    server_start((struct manners){0});
    struct channel_mail_options o = options_of(f.server->port);
    o.tls_on_loopback = true;
    o.username = "kantor";
    o.password_file = f.password_file;
    struct outbox_result r = send_by(&o, &notice);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "tls");
    server_stop();
    assert_null(strstr(f.server->commands, "AUTH"));
    assert_null(strstr(f.server->commands, "MAIL"));
}

static void options_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const char *const servers[] = {NULL,
                                          "",
                                          "http://x",
                                          "mail.example:25",
                                          "smtp://",
                                          "smtp://u:p@mail.example",
                                          "smtp://mail.example/x",
                                          "smtp://mail.example?x"};
    struct channel *channel = NULL;
    const char *message = NULL;
    struct channel_mail_options o = options_of(25);
    for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
        o.server = servers[i];
        assert_int_equal(channel_mail_new(f.arena, &o, &channel, &message), ERR_INVALID);
        assert_non_null(message);
    }
    o = options_of(25);
    o.from = "a@b\r\nX: 1";
    assert_int_equal(channel_mail_new(f.arena, &o, &channel, &message), ERR_INVALID);
    o = options_of(25);
    o.username = "x";
    assert_int_equal(channel_mail_new(f.arena, &o, &channel, &message), ERR_INVALID);
    o = options_of(25);
    o.server = "smtps://mail.example:465";
    o.loopback_only = true;
    assert_string_equal(send_by(&o, &notice).code, "demo");
}

/* --- npm's smtp-server ------------------------------------------------------------------------ */

static const json_t *arrived(const struct fake *fake, size_t count)
{
    const char *text = fake_ask(f.arena, fake->control_port, "/", NULL);
    json_t *list = json_keep(f.arena, json_loads(text, 0, NULL));
    assert_int_equal(json_array_size(list), count);
    return count ? json_array_get(list, count - 1) : NULL;
}

static void a_login_and_a_refusal(void **state)
{
    (void)state;
    static const char *const arguments[] = {"mail", NULL};
    struct fake fake;
    if (!fake_start(&fake, arguments))
        skip();
    struct channel_mail_options o = options_of(fake.port);
    o.total_timeout_ms = 5000;
    o.username = "kantor";
    o.password_file = f.password_file;
    assert_int_equal(send_by(&o, &notice).outcome, SEND_OK);
    const json_t *mail = arrived(&fake, 1);
    assert_string_equal(json_string_value(json_object_get(mail, "user")), "kantor");
    const char *text = json_string_value(json_object_get(mail, "text"));
    assert_string_equal(body_of(text), notice_text);
    struct outbox_message m = notice;
    m.to = "code451@kantor.example";
    assert_int_equal(send_by(&o, &m).outcome, SEND_RETRY);
    m.to = "code550@kantor.example";
    assert_int_equal(send_by(&o, &m).outcome, SEND_FAILED);
    password_write("salah-Qx\n");
    struct outbox_result r = send_by(&o, &notice);
    assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
    assert_string_equal(r.code, "smtp_535");
    password_write("");
    assert_string_equal(send_by(&o, &notice).code, "password_file");
    (void)arrived(&fake, 1);
    fake_stop(&fake);
}

static void starttls_is_verified(void **state)
{
    (void)state;
    char dir[] = "/tmp/bukutamu-mailtls-XXXXXX";
    static const char *const names[] = {"localhost", "127.0.0.1"};
    const char *message = NULL;
    assert_non_null(mkdtemp(dir));
    const struct tls_request request = {
        .folder = dir, .names = names, .name_count = 2, .title = "Surel", .now_ms = time_now_ms()};
    assert_int_equal(tls_make(f.arena, &request, &message), ERR_OK);
    const char *const arguments[] = {"mail",
                                     "--cert",
                                     arena_printf(f.arena, "%s/server.crt", dir),
                                     "--key",
                                     arena_printf(f.arena, "%s/server.key", dir),
                                     NULL};
    struct fake fake;
    bool there = fake_start(&fake, arguments);
    if (there) {
        struct channel_mail_options o = options_of(fake.port);
        o.total_timeout_ms = 5000;
        o.tls_on_loopback = true;
        struct outbox_result r = send_by(&o, &notice); /* an authority nobody knows */
        assert_int_equal(r.outcome, SEND_STOP_CHANNEL);
        assert_string_equal(r.code, "tls");
        (void)arrived(&fake, 0);
        o.ca_file = arena_printf(f.arena, "%s/ca.crt", dir);
        assert_int_equal(send_by(&o, &notice).outcome, SEND_OK);
        assert_true(json_is_true(json_object_get(arrived(&fake, 1), "secure")));
        fake_stop(&fake);
    }
    static const char *const files[] = {"ca.crt", "ca.key", "server.crt", "server.key"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        (void)unlink(arena_printf(f.arena, "%s/%s", dir, files[i]));
    assert_int_equal(rmdir(dir), 0);
    if (!there)
        skip();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    json_init();
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        CASE(a_mail_is_whole),
        CASE(hostile_text_makes_no_header),
        CASE(what_is_no_message_is_not_sent),
        CASE(a_file_goes_along_byte_by_byte),
        CASE(any_name_of_a_file_is_fine),
        CASE(a_file_that_cannot_go_is_said),
        CASE(answers_are_judged),
        CASE(a_server_without_tls_gets_no_mail),
        CASE(options_that_cannot_work_are_refused),
        CASE(a_login_and_a_refusal),
        CASE(starttls_is_verified),
    };
    return cmocka_run_group_tests_name("channel_mail", tests, NULL, NULL);
}
