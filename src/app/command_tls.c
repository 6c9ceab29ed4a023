/* `tls`: certificates for an office network that has no public name. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/tls_make.h"
#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define NAMES_MAX 64

struct names {
    const char *list[NAMES_MAX];
    size_t count;
};

static void add_name(struct names *n, const char *name)
{
    for (size_t i = 0; i < n->count; i++) {
        if (str_eq(n->list[i], name))
            return;
    }
    if (n->count < NAMES_MAX)
        n->list[n->count++] = name;
}

/* Letters, digits, dots, hyphens, and the colons of an address: nothing else goes into a certificate. */
static bool name_good(const char *name)
{
    return *name && strlen(name) <= 253 &&
           name[strspn(
               name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")] == '\0';
}

/* Addresses of this machine that others on the office network see. */
static void add_addresses(struct arena *a, struct names *n)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
        char text[INET6_ADDRSTRLEN];
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_LOOPBACK))
            continue;
        struct sockaddr_in in;
        memcpy(&in, i->ifa_addr, sizeof(in));
        if (inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text)))
            add_name(n, arena_strdup(a, text));
    }
    freeifaddrs(all);
}

static int collect(struct app *app, int *argc, char **argv, struct names *n)
{
    for (const char *host; (host = command_option(argc, argv, "--host"));) {
        if (!name_good(host))
            return command_fail("--host '%s' bukan nama atau alamat IP.", host);
        add_name(n, host);
    }
    char self[256];
    if (gethostname(self, sizeof(self)) == 0 && name_good(self) && !strchr(self, ':'))
        add_name(n, arena_strdup(app->arena, self));
    add_name(n, "localhost");
    add_name(n, "127.0.0.1");
    add_name(n, "::1");
    add_addresses(app->arena, n);
    return 0;
}

static void explain(const char *folder, const struct names *n, bool renewed)
{
    (void)printf("Sertifikat berlaku untuk:");
    for (size_t i = 0; i < n->count; i++)
        (void)printf(" %s", n->list[i]);
    (void)printf("\n\nTulis di bukutamu.conf, lalu jalankan ulang program:\n\n"
                 "  [server]\n  listen = 0.0.0.0:8443\n  tls_cert = %s/server.crt\n  tls_key = "
                 "%s/server.key\n\n",
                 folder, folder);
    if (renewed) {
        (void)printf("ca.crt tidak berubah: tidak ada yang perlu dipasang ulang.\n");
        return;
    }
    (void)printf(
        "Pasang %s/ca.crt sekali di setiap perangkat (bukan ca.key, yang tidak boleh disalin):\n"
        "  Windows  : klik dua kali ca.crt > Install Certificate > Local Machine >\n"
        "             Trusted Root Certification Authorities\n"
        "  Android  : Setelan > Keamanan > Enkripsi dan kredensial > Pasang sertifikat > "
        "Sertifikat CA\n"
        "  iPhone   : kirim ca.crt, pasang profilnya, lalu Pengaturan > Umum > Mengenai >\n"
        "             Pengaturan Kepercayaan Sertifikat > nyalakan\n"
        "  Linux    : salin ke /usr/local/share/ca-certificates/, jalankan update-ca-certificates\n"
        "  Firefox  : Setelan > Privasi & Keamanan > Sertifikat > Otoritas > Impor\n",
        folder);
}

int command_tls(struct app *app, int argc, char **argv)
{
    struct names names = {.count = 0};
    bool renew = command_flag(&argc, argv, "--renew");
    if (collect(app, &argc, argv, &names) != 0)
        return 1;
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    const char *data = app->settings.data_dir;
    const char *folder = arena_printf(app->arena, "%s/tls", data);
    if ((mkdir(data, 0700) != 0 && errno != EEXIST) || (mkdir(folder, 0700) != 0 && errno != EEXIST))
        return command_fail("folder '%s' tidak dapat dibuat.", folder);
    struct tls_request r = {.folder = folder,
                            .names = names.list,
                            .name_count = names.count,
                            .title = arena_printf(app->arena, "Buku Tamu %.50s", names.list[0]),
                            .keep_authority = renew,
                            .now_ms = time_now_ms()};
    const char *message = NULL;
    if (tls_make(app->arena, &r, &message) != ERR_OK)
        return command_fail("%s", message);
    CLEAN_FREE char *absolute = realpath(folder, NULL); /* the server may start elsewhere */
    explain(absolute ? absolute : folder, &names, renew);
    return 0;
}
