/* The load client of script/bench: N kept connections, one request at a time on each, for some seconds.
 *   load PORT SECONDS CLIENTS post TOKEN     steps 1 and 2, as JSON without a photo, each guest another
 *   load PORT SECONDS CLIENTS complaint TOKEN  a complaint without a visit, its text 5 KB
 *   load PORT SECONDS CLIENTS get PATH [COOKIE]
 * Prints one line: requests a second, median and 99th percentile in microseconds, answers, errors. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/banned.h"

#define CLIENTS_MAX  1024
#define HEAD_BYTES   4096u
#define OUT_BYTES    8192u
#define TEXT_BYTES   5120
#define WARM_UP_PART 8 /* the first eighth of the time is not counted */

struct client {
    int fd;
    int64_t sent_ns;
    char out[OUT_BYTES];
    size_t out_bytes;
    char head[HEAD_BYTES + 1];
    size_t head_bytes; /* until the head is whole */
    size_t left;       /* bytes of the body still to come */
    bool in_body;
    int status;
};

struct load {
    int port, clients;
    double seconds;
    const char *token, *path, *cookie;
    bool complains;
    uint64_t serial, run;
    int epoll_fd;
    int64_t counted_from_ns, until_ns;
    uint32_t *latency_us;
    size_t count, room;
    uint64_t errors;
    struct client *client;
    char waste[1u << 18];
};

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- requests ------------------------------------------------------------------------------------------ */

/* A guest nobody has seen: Kapuas, born 1960–1999, the serial number counts. */
static int write_guest(struct load *l, char *out, size_t room)
{
    uint64_t n = l->serial++;
    unsigned serial = (unsigned)(1 + n % 9999), rest = (unsigned)(n / 9999 + l->run % 100000);
    return snprintf(
        out, room,
        "{\"name\":\"Siti Rahmawati %llu\",\"id_type\":\"ktp\","
        "\"id_number\":\"620301%02u%02u%02u%04u\",\"phone\":\"0812%08llu\","
        "\"address\":\"Jl. Pemuda No. %u, Selat, Kuala Kapuas\",\"visitor_kind\":\"individual\","
        "\"purpose\":\"Menanyakan perkembangan laporan dana desa\","
        "\"category\":\"information\",\"host\":\"intel_chief\"}",
        (unsigned long long)n, 1 + rest % 28, 1 + rest / 28 % 12, 60 + rest / 336 % 40, serial,
        (unsigned long long)(n % 100000000), serial);
}

/* As typed at the counter: everything is sealed, the reporter in a compartment of its own. */
static int write_complaint(struct load *l, char *out, size_t room)
{
    static const char sentence[] = "Bantuan untuk warga dipotong di kantor desa tanpa kuitansi. ";
    char text[TEXT_BYTES + 1];
    for (size_t i = 0; i < TEXT_BYTES; i++)
        text[i] = sentence[i % (sizeof(sentence) - 1)];
    text[TEXT_BYTES] = '\0';
    return snprintf(out, room,
                    "{\"text\":\"%s\",\"way\":\"letter\",\"reporter_mode\":\"confidential\","
                    "\"parties\":[{\"name\":\"Kepala Desa %llu\",\"position\":\"Kepala Desa\"}],"
                    "\"reporter_name\":\"Siti Rahmawati\",\"reporter_address\":\"Kuala Kapuas\","
                    "\"documents\":[{\"kind\":\"Fotokopi APBDes\",\"count\":1}]}",
                    text, (unsigned long long)l->serial++);
}

static void write_post(struct load *l, struct client *c)
{
    char body[OUT_BYTES - 1024];
    int n = l->complains ? write_complaint(l, body, sizeof(body))
                         : write_guest(l, body, sizeof(body));
    int m = snprintf(c->out, sizeof(c->out),
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
                     "Authorization: Bearer %s\r\nIdempotency-Key: %016llx-%llu\r\n"
                     "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                     l->complains ? "/pengaduan/baru" : "/tamu", l->token,
                     (unsigned long long)l->run, (unsigned long long)l->serial, n, body);
    c->out_bytes = (size_t)m;
}

static void write_get(const struct load *l, struct client *c)
{
    int m = snprintf(c->out, sizeof(c->out), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s\r\n",
                     l->path, l->cookie ? "Cookie: " : "", l->cookie ? l->cookie : "",
                     l->cookie ? "\r\n" : "");
    c->out_bytes = (size_t)m;
}

/* Small enough for any socket buffer: sent whole, or the connection is of no use. */
static bool request(struct load *l, struct client *c)
{
    if (l->token)
        write_post(l, c);
    else
        write_get(l, c);
    c->head_bytes = 0;
    c->in_body = false;
    c->sent_ns = now_ns();
    return send(c->fd, c->out, c->out_bytes, MSG_NOSIGNAL) == (ssize_t)c->out_bytes;
}

static bool dial(struct load *l, struct client *c)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)l->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event e = {.events = EPOLLIN, .data = {.ptr = c}};
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        return false;
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0 && request(l, c);
}

/* --- answers ------------------------------------------------------------------------------------------- */

static void answered(struct load *l, struct client *c)
{
    int64_t now = now_ns();
    if (c->status / 100 != 2)
        l->errors++;
    if (now < l->counted_from_ns || now > l->until_ns || c->status / 100 != 2)
        return;
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 1u << 16;
        l->latency_us = reallocarray(l->latency_us, l->room, sizeof(*l->latency_us));
        if (!l->latency_us)
            abort();
    }
    l->latency_us[l->count++] = (uint32_t)((now - c->sent_ns) / 1000);
}

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? strtoul(at + 17, NULL, 10) : 0;
}

/* 1: the answer is whole; 0: more to come; -1: broken. */
static int receive(struct load *l, struct client *c)
{
    for (;;) {
        bool head = !c->in_body;
        char *to = head ? c->head + c->head_bytes : l->waste;
        size_t room = head ? HEAD_BYTES - c->head_bytes : sizeof(l->waste);
        ssize_t n = recv(c->fd, to, room, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        if (n <= 0)
            return -1;
        if (head) {
            c->head_bytes += (size_t)n;
            c->head[c->head_bytes] = '\0';
            char *end = strstr(c->head, "\r\n\r\n");
            if (!end)
                continue;
            c->status = (int)strtol(c->head + 9, NULL, 10);
            c->left = content_length(c->head);
            c->in_body = true;
            n = (ssize_t)(c->head_bytes - (size_t)(end + 4 - c->head));
        }
        if ((size_t)n > c->left)
            return -1;
        c->left -= (size_t)n;
        if (c->left == 0)
            return 1;
    }
}

static void on_event(struct load *l, struct client *c)
{
    int whole = receive(l, c);
    if (whole == 0)
        return;
    if (whole > 0) {
        answered(l, c);
        if (now_ns() < l->until_ns && request(l, c))
            return;
    }
    if (now_ns() < l->until_ns) {
        l->errors++;
        (void)close(c->fd);
        (void)dial(l, c);
    }
}

static void run(struct load *l)
{
    struct epoll_event events[256];
    int64_t begun = now_ns(), whole = (int64_t)(l->seconds * 1e9);
    l->until_ns = begun + whole;
    l->counted_from_ns = begun + whole / WARM_UP_PART;
    for (int i = 0; i < l->clients; i++)
        l->errors += !dial(l, &l->client[i]);
    while (now_ns() < l->until_ns + 2000000000) { /* what is under way may come in */
        int n = epoll_wait(l->epoll_fd, events, 256, 100);
        for (int i = 0; i < n; i++)
            on_event(l, events[i].data.ptr);
        if (n == 0 && now_ns() > l->until_ns)
            return;
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print(struct load *l)
{
    double seconds = (double)(l->until_ns - l->counted_from_ns) / 1e9;
    uint32_t p50 = 0, p99 = 0;
    if (l->count) {
        qsort(l->latency_us, l->count, sizeof(*l->latency_us), by_size);
        p50 = l->latency_us[l->count / 2];
        p99 = l->latency_us[l->count - 1 - l->count / 100];
    }
    (void)printf("%.0f %u %u %zu %llu\n", (double)l->count / seconds, p50, p99, l->count,
                 (unsigned long long)l->errors);
}

int main(int argc, char **argv)
{
    static struct load l;
    l.complains = argc == 6 && strcmp(argv[4], "complaint") == 0;
    bool post = l.complains || (argc == 6 && strcmp(argv[4], "post") == 0);
    bool get = argc >= 6 && argc <= 7 && strcmp(argv[4], "get") == 0;
    if ((!post && !get) || sodium_init() < 0) {
        (void)fprintf(stderr,
                      "usage: load PORT SECONDS CLIENTS post TOKEN | complaint TOKEN | get PATH "
                      "[COOKIE]\n");
        return 2;
    }
    l.port = (int)strtol(argv[1], NULL, 10);
    l.seconds = strtod(argv[2], NULL);
    l.clients = (int)strtol(argv[3], NULL, 10);
    l.token = post ? argv[5] : NULL;
    l.path = argv[5];
    l.cookie = argc == 7 ? argv[6] : NULL;
    randombytes_buf(&l.run, sizeof(l.run));
    l.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (l.clients < 1 || l.clients > CLIENTS_MAX || l.epoll_fd < 0)
        return 2;
    l.client = calloc((size_t)l.clients, sizeof(*l.client));
    if (!l.client)
        return 2;
    run(&l);
    print(&l);
    return 0;
}
