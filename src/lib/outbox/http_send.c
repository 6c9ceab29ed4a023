/* One request with curl, and one place where its options are set. Used by every channel that speaks
 * HTTP; the thread that owns the sender is the only one that uses it.
 *
 * The line that matters is whether the request can have been read: before the body was handed over an
 * attempt may simply be repeated, after that its outcome is unknown. That is why curl gets the body
 * through a callback that cannot be rewound: otherwise it would repeat a POST by itself on a
 * connection that died. */
#include "lib/outbox/http_send.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"

#include "lib/base/banned.h"

enum { IDLE_CONNECTION_S = 20 /* an older one may be dead already: a doubt that costs 30 s */ };

struct http_sender {
    CURL *curl;
};

/* One request in flight. */
struct flight {
    const struct http_request *request;
    size_t handed_over; /* bytes of the body given to curl: more than 0 means perhaps received */
    struct buf response;
    bool forbidden;
};

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void curl_start_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, curl_start);
}

/* --- addresses -------------------------------------------------------------------------------- */

enum address_kind { ADDRESS_PUBLIC, ADDRESS_PRIVATE, ADDRESS_LOOPBACK, ADDRESS_NEVER };

struct net4 {
    uint32_t address;
    int bits;
    enum address_kind kind;
};

/* RFC 6890 and its successors. */
static enum address_kind kind_of_4(uint32_t address)
{
    static const struct net4 nets[] = {
        {0x00000000, 8, ADDRESS_NEVER},    {0x0a000000, 8, ADDRESS_PRIVATE},
        {0x64400000, 10, ADDRESS_PRIVATE}, {0x7f000000, 8, ADDRESS_LOOPBACK},
        {0xa9fe0000, 16, ADDRESS_PRIVATE}, {0xac100000, 12, ADDRESS_PRIVATE},
        {0xc0000000, 24, ADDRESS_NEVER},   {0xc0000200, 24, ADDRESS_NEVER},
        {0xc0a80000, 16, ADDRESS_PRIVATE}, {0xc6120000, 15, ADDRESS_NEVER},
        {0xc6336400, 24, ADDRESS_NEVER},   {0xcb007100, 24, ADDRESS_NEVER},
        {0xe0000000, 3, ADDRESS_NEVER},
    };
    for (size_t i = 0; i < ARRAY_LEN(nets); i++)
        if ((address ^ nets[i].address) >> (32 - nets[i].bits) == 0)
            return nets[i].kind;
    return ADDRESS_PUBLIC;
}

static uint32_t four_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum address_kind kind_of_6(const uint8_t a[16])
{
    static const uint8_t zero[12] = {0}, mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return kind_of_4(four_at(a + 12));
    if (memcmp(a, zero, 12) == 0)
        return four_at(a + 12) == 1 ? ADDRESS_LOOPBACK : ADDRESS_NEVER;
    if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 carries an IPv4 address */
        return kind_of_4(four_at(a + 2));
    if ((a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80))
        return ADDRESS_PRIVATE;
    bool documentation = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8;
    bool teredo = a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0;
    return (a[0] & 0xe0) == 0x20 && !documentation && !teredo ? ADDRESS_PUBLIC : ADDRESS_NEVER;
}

static enum address_kind kind_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof(four));
        return kind_of_4(ntohl(four.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return ADDRESS_NEVER;
    struct sockaddr_in6 six;
    memcpy(&six, address, sizeof(six));
    return kind_of_6(six.sin6_addr.s6_addr);
}

bool http_address_allowed(const struct sockaddr *address, const struct http_url *url,
                          enum http_reach reach)
{
    enum address_kind kind = kind_of(address);
    if (url->loopback)
        return kind == ADDRESS_LOOPBACK;
    if (reach == HTTP_PUBLIC)
        return kind == ADDRESS_PUBLIC;
    if (reach == HTTP_PRIVATE)
        return kind == ADDRESS_PRIVATE || kind == ADDRESS_LOOPBACK ||
               (kind == ADDRESS_PUBLIC && !url->http);
    return true;
}

bool http_url_allowed(const struct http_url *url, enum http_reach reach)
{
    return !url->http || url->loopback || reach == HTTP_PRIVATE;
}

static char *url_part(struct arena *a, CURLU *url, CURLUPart what, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(url, what, &text, flags) != CURLUE_OK)
        return NULL;
    char *copy = arena_strdup(a, text);
    curl_free(text);
    return copy;
}

static bool host_is_loopback(const char *host)
{
    struct in_addr address;
    if (str_eq(host, "localhost") || str_eq(host, "[::1]"))
        return true;
    /* curl has already turned 127.1, 0x7f000001 and the like into four numbers. */
    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

bool http_url_read(struct arena *a, const char *text, struct http_url *ret)
{
    CURLU *url = curl_url();
    if (!url)
        return false;
    bool fine = text && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
    const char *scheme = fine ? url_part(a, url, CURLUPART_SCHEME, 0) : NULL;
    const char *host = fine ? url_part(a, url, CURLUPART_HOST, 0) : NULL;
    const char *port = fine ? url_part(a, url, CURLUPART_PORT, CURLU_DEFAULT_PORT) : NULL;
    const char *own_port = fine ? url_part(a, url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT) : NULL;
    int64_t number = 0;
    fine = fine && host && port && (str_eq(scheme, "https") || str_eq(scheme, "http")) &&
           str_to_i64(port, 1, 65535, &number) && !url_part(a, url, CURLUPART_USER, 0) &&
           !url_part(a, url, CURLUPART_PASSWORD, 0) && !url_part(a, url, CURLUPART_FRAGMENT, 0);
    if (fine)
        *ret = (struct http_url){
            .text = arena_strdup(a, text),
            .origin = arena_printf(a, "%s://%s%s%s", scheme, host, own_port ? ":" : "",
                                   str_or(own_port, "")),
            .host = host,
            .port = (long)number,
            .http = str_eq(scheme, "http"),
            .loopback = host_is_loopback(host),
            .query = url_part(a, url, CURLUPART_QUERY, 0) != NULL,
        };
    curl_url_cleanup(url);
    return fine;
}

/* --- curl's callbacks ------------------------------------------------------------------------- */

static size_t give_body(char *to, size_t size, size_t count, void *user)
{
    struct flight *f = user;
    size_t room = size * count;
    size_t n = f->request->body.n - f->handed_over;
    if (n > room)
        n = room;
    memcpy(to, f->request->body.p + f->handed_over, n);
    f->handed_over += n;
    return n;
}

static size_t take_response(char *from, size_t size, size_t count, void *user)
{
    struct flight *f = user;
    buf_add(&f->response, from, size * count);
    return f->response.full ? 0 : size * count;
}

static int look_up_cancel(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct flight *f = user;
    (void)a, (void)b, (void)c, (void)d;
    return f->request->cancel && atomic_load(f->request->cancel) ? 1 : 0;
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct flight *f = user;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !http_address_allowed(&address->addr, f->request->url, f->request->reach)) {
        f->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- one request ------------------------------------------------------------------------------ */

static void set_safety(CURL *c, struct flight *f)
{
    const struct http_request *r = f->request;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, r->url->http ? "http" : "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (r->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
    /* Behind a proxy the address that counts is not ours to see. */
    bool direct = r->url->loopback || r->reach != HTTP_ANYWHERE;
    if (!direct)
        return;
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, f);
}

static void set_request(CURL *c, struct flight *f, struct curl_slist *headers)
{
    const struct http_request *r = f->request;
    curl_easy_setopt(c, CURLOPT_URL, r->url->text);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     r->connect_timeout_ms ? r->connect_timeout_ms : HTTP_CONNECT_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
                     r->total_timeout_ms ? r->total_timeout_ms : HTTP_TOTAL_TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDLE_CONNECTION_S);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "bukutamu/1.0.0");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    if (r->method)
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(c, CURLOPT_READDATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_response);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look_up_cancel);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

static void headers_free(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line; line = line->next)
        sodium_memzero(line->data, strlen(line->data)); /* one of them holds the secret */
    curl_slist_free_all(list);
}

/* All of them or, out of memory, NULL: a request without its secret would be refused for good. */
static struct curl_slist *headers_make(const char *const *lines)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; list && lines && lines[i]; i++) {
        struct curl_slist *longer = curl_slist_append(list, lines[i]);
        if (!longer)
            headers_free(list);
        list = longer;
    }
    return list;
}

static enum http_fate fate_of(CURLcode code, const struct flight *f, long status)
{
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status > 0))
        return HTTP_ANSWERED;
    if (f->handed_over > 0)
        return HTTP_UNKNOWN;
    if (f->forbidden)
        return HTTP_FORBIDDEN;
    bool untrusted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    return untrusted ? HTTP_UNTRUSTED : HTTP_NOT_SENT;
}

void http_send(struct http_sender *s, struct cx *cx, const struct http_request *r,
               struct http_answer *ret)
{
    struct flight f = {.request = r, .response = buf_new(cx->arena, 2048, HTTP_RESPONSE_MAX_BYTES)};
    *ret = (struct http_answer){.fate = HTTP_NOT_SENT, .body = f.response};
    if (!http_url_allowed(r->url, r->reach)) {
        ret->fate = HTTP_FORBIDDEN;
        return;
    }
    struct curl_slist *headers = headers_make(r->headers);
    if (!headers)
        return;
    curl_easy_reset(s->curl); /* keeps connections and sessions */
    set_request(s->curl, &f, headers);
    set_safety(s->curl, &f);
    CURLcode code = curl_easy_perform(s->curl);
    curl_off_t retry_after_s = 0;
    (void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &ret->status);
    (void)curl_easy_getinfo(s->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    ret->fate = fate_of(code, &f, ret->status);
    ret->timeout = code == CURLE_OPERATION_TIMEDOUT;
    ret->body = f.response;
    if (retry_after_s > 0)
        ret->retry_after_ms = (retry_after_s < 3600 ? retry_after_s : 3600) * 1000;
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, NULL);
    headers_free(headers);
}

const char *http_answer_header(struct http_sender *s, const char *name)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(s->curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return header->value;
}

bool http_no_answer(const struct http_answer *answer, const struct http_words *words,
                    struct outbox_result *ret)
{
    switch (answer->fate) {
    case HTTP_ANSWERED:
        return false;
    case HTTP_UNKNOWN:
        *ret = (struct outbox_result){.outcome = SEND_UNKNOWN,
                                      .code = answer->timeout ? "timeout" : "no_answer",
                                      .reason = words->silent};
        return true;
    case HTTP_UNTRUSTED:
        *ret = (struct outbox_result){
            .outcome = SEND_STOP_CHANNEL, .code = "tls", .reason = words->untrusted};
        return true;
    case HTTP_FORBIDDEN:
        *ret = (struct outbox_result){
            .outcome = SEND_STOP_CHANNEL, .code = "address", .reason = words->forbidden};
        return true;
    case HTTP_NOT_SENT:
        break;
    }
    *ret = (struct outbox_result){.outcome = SEND_RETRY,
                                  .code = answer->timeout ? "connect_timeout" : "connect",
                                  .reason = words->unreachable};
    return true;
}

struct http_sender *http_sender_new(struct arena *a)
{
    curl_start_once();
    struct http_sender *s = ARENA_NEW(a, struct http_sender);
    s->curl = curl_easy_init();
    return s->curl ? s : NULL;
}

void http_sender_free(struct http_sender *s)
{
    if (!s)
        return;
    curl_easy_cleanup(s->curl);
    s->curl = NULL;
}

/* --- secrets ---------------------------------------------------------------------------------- */

static bool secret_load(const char *path, char *secret, size_t bytes)
{
    CLEAN_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, secret + n, bytes - 1 - n);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        n += (size_t)got;
        if (n == bytes - 1)
            return false;
    }
    while (n > 0 && strchr(" \t\r\n", secret[n - 1]))
        n--;
    secret[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (secret[i] <= ' ' || secret[i] > '~')
            return false;
    return n > 0;
}

bool secret_read(const char *path, char *secret, size_t bytes)
{
    if (!str_empty(path) && secret_load(path, secret, bytes))
        return true;
    sodium_memzero(secret, bytes);
    return false;
}

uint64_t file_mark(uint64_t mark, const char *path)
{
    struct stat about;
    const uint64_t step = 1099511628211u; /* FNV-1a */
    if (!path || stat(path, &about) != 0)
        return (mark ^ 1) * step;
    mark = (mark ^ (uint64_t)about.st_mtim.tv_sec) * step;
    mark = (mark ^ (uint64_t)about.st_mtim.tv_nsec) * step;
    return (mark ^ (uint64_t)about.st_ino) * step;
}
