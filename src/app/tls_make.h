/* A certificate authority of the office's own and a server certificate under it (OpenSSL). */
#ifndef BT_APP_TLS_MAKE_H
#define BT_APP_TLS_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct tls_request {
    const char *folder;       /* DIR/tls: ca.crt ca.key server.crt server.key */
    const char *const *names; /* DNS names and IP addresses of the server */
    size_t name_count;
    const char *title;   /* of the authority: "Buku Tamu kapuas-1" */
    bool keep_authority; /* only a fresh server certificate under the authority that is there */
    int64_t now_ms;
};

/* Files of mode 0600, each complete or not there. ret_message: what went wrong. ERR_CONFLICT when there
 * is an authority already and it should not be kept; ERR_MISSING when it should and is not there. */
enum err tls_make(struct arena *a, const struct tls_request *r, const char **ret_message) MUST_USE;
/* When a certificate file ends. */
enum err tls_expiry(const char *path, int64_t *ret_ms) MUST_USE;

#endif
