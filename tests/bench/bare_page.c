/* What script/bench holds the counter's page against: libmicrohttpd in its simplest fast mode, giving the
 * same bytes with the same header fields. One thread, one epoll set, no workers, nothing suspended.
 *   bare_page PORT HEAD BODY     HEAD: the header fields of the real answer, one a line */
#include <microhttpd.h>

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/banned.h"

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **context)
{
    static int seen;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_bytes;
    if (!*context) { /* an answer at the head would close the connection */
        *context = &seen;
        return MHD_YES;
    }
    *context = NULL;
    return MHD_queue_response(connection, MHD_HTTP_OK, cls);
}

static char *read_whole(const char *path, size_t *ret_bytes)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return NULL;
    size_t bytes = (size_t)st.st_size;
    char *p = calloc(1, bytes + 1);
    if (p && read(fd, p, bytes) != (ssize_t)bytes) {
        free(p);
        p = NULL;
    }
    (void)close(fd);
    *ret_bytes = bytes;
    return p;
}

static bool own_header(const char *line)
{
    static const char *const own[] = {"Date:", "Content-Length:", "Connection:", "HTTP/"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strncasecmp(line, own[i], strlen(own[i])) == 0)
            return true;
    return false;
}

static void add_headers(struct MHD_Response *response, char *head)
{
    char *rest = head, *line;
    while ((line = strsep(&rest, "\r\n"))) {
        char *colon = strchr(line, ':');
        if (!colon || own_header(line))
            continue;
        *colon = '\0';
        (void)MHD_add_response_header(response, line, colon + 1 + strspn(colon + 1, " "));
    }
}

static int serve(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info)
        return 1;
    /* Looked at from outside: waiting on it directly would take its edges away. */
    struct pollfd watched = {.fd = info->epoll_fd, .events = POLLIN};
    for (;;) {
        MHD_UNSIGNED_LONG_LONG wait = 1000;
        if (MHD_get_timeout(daemon, &wait) != MHD_YES || wait > 1000)
            wait = 1000;
        (void)poll(&watched, 1, (int)wait);
        if (MHD_run(daemon) != MHD_YES)
            return 1;
    }
}

int main(int argc, char **argv)
{
    size_t head_bytes = 0, body_bytes = 0;
    char *head = argc == 4 ? read_whole(argv[2], &head_bytes) : NULL;
    char *body = argc == 4 ? read_whole(argv[3], &body_bytes) : NULL;
    if (!head || !body) {
        (void)fprintf(stderr, "usage: bare_page PORT HEAD BODY\n");
        return 2;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(body_bytes, body,
                                                                    MHD_RESPMEM_PERSISTENT);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL, (uint16_t)strtol(argv[1], NULL, 10), NULL, NULL, on_request, response,
        MHD_OPTION_CONNECTION_LIMIT, 2048u, MHD_OPTION_END);
    if (!response || !daemon)
        return 1;
    add_headers(response, head);
    return serve(daemon);
}
