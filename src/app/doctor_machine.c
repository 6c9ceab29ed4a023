/* What the machine offers: folders, disk, clock, how the server is reached, WhatsApp's files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/doctor.h"
#include "app/tls_make.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/pdf/pdf.h"
#include "lib/base/banned.h"

#define GIB          (1024LL * 1024 * 1024)
#define FREE_WARN    GIB
#define FREE_BAD     (GIB / 20)
#define DAY_MS       (24LL * 3600 * 1000)
#define EXPIRY_DAYS  30
#define OLDEST_CLOCK 1767225600000LL /* 1 January 2026: no clock of this program is earlier */

/* --- folders and disk -------------------------------------------------------------------------------------- */

bool doctor_private_file(struct doctor *d, const char *what, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        doctor_bad(d, "%s: berkas %s %s.", what, path,
                   errno == ENOENT ? "tidak ada"
                                   : "tidak dapat dibuka; periksa pemilik dan izinnya");
        return false;
    }
    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        doctor_bad(d, "%s: berkas %s dapat dibaca pengguna lain. Jalankan: chmod 0400 %s", what,
                   path, path);
        return true;
    }
    if (access(path, R_OK) != 0)
        doctor_bad(d, "%s: berkas %s tidak dapat dibaca program. Periksa pemiliknya.", what, path);
    else
        doctor_ok(d, "%s: berkas hanya dapat dibaca pemiliknya.", what);
    return true;
}

static void check_folder(struct doctor *d, const char *what, const char *path, bool needed)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        if (needed)
            doctor_bad(d, "%s %s tidak ada. Jalankan: bukutamu init --data %s", what, path, path);
        return;
    }
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        doctor_bad(d, "%s %s dapat dibuka pengguna lain. Jalankan: chmod 0700 %s", what, path, path);
    else if (access(path, W_OK) != 0)
        doctor_bad(d, "%s %s tidak dapat ditulisi program. Periksa pemiliknya.", what, path);
    else
        doctor_ok(d, "%s hanya dapat dibuka pemiliknya.", what);
}

static void check_disk(struct doctor *d, const char *data)
{
    struct statvfs fs;
    if (statvfs(data, &fs) != 0)
        return;
    long long free_bytes = (long long)fs.f_bavail * (long long)fs.f_frsize;
    if (free_bytes < FREE_BAD)
        doctor_bad(d, "Sisa diska tinggal %lld MB. Kosongkan diska; data baru akan ditolak.",
                   free_bytes / 1000000);
    else if (free_bytes < FREE_WARN)
        doctor_warn(d, "Sisa diska kurang dari 1 GiB (%lld MB).", free_bytes / 1000000);
    else
        doctor_ok(d, "Sisa diska %lld GB.", free_bytes / 1000000000);
}

static void check_clock(struct doctor *d)
{
    if (time_now_ms() < OLDEST_CLOCK)
        doctor_bad(
            d, "Jam komputer salah (sebelum tahun 2026). Nyalakan NTP: timedatectl set-ntp true");
}

/* --- how people reach it ------------------------------------------------------------------------------------- */

static bool listens_locally(const char *listen)
{
    return str_starts(listen, "127.") || str_starts(listen, "localhost:") ||
           str_starts(listen, "[::1]");
}

static void check_certificate(struct doctor *d, const char *path)
{
    int64_t end = 0;
    enum err e = tls_expiry(path, &end);
    long long days = (long long)((end - time_now_ms()) / DAY_MS);
    if (e != ERR_OK)
        doctor_bad(d, "Sertifikat %s tidak ada atau tidak terbaca. Jalankan: bukutamu tls", path);
    else if (end < time_now_ms())
        doctor_bad(d, "Sertifikat %s sudah habis masanya. Jalankan: bukutamu tls --renew", path);
    else if (days < EXPIRY_DAYS)
        doctor_warn(d, "Sertifikat %s habis dalam %lld hari. Jalankan: bukutamu tls --renew", path,
                    days);
    else
        doctor_ok(d, "Sertifikat berlaku %lld hari lagi.", days);
}

static void check_reach(struct doctor *d)
{
    const struct settings *s = &d->app->settings;
    if ((s->tls_cert == NULL) != (s->tls_key == NULL)) {
        doctor_bad(d, "tls_cert dan tls_key harus diisi keduanya.");
        return;
    }
    if (s->tls_cert) {
        check_certificate(d, s->tls_cert);
        (void)doctor_private_file(d, "Kunci sertifikat", s->tls_key);
        return;
    }
    if (listens_locally(s->listen))
        doctor_ok(d,
                  "Alamat %s hanya dari komputer ini; kamera dan masuk dapat dipakai di localhost.",
                  s->listen);
    else if (s->trusted_proxies)
        doctor_warn(
            d, "Alamat %s tanpa TLS di belakang perantara %s: pastikan perantara itu memakai HTTPS.",
            s->listen, s->trusted_proxies);
    else
        doctor_bad(d,
                   "Alamat %s tanpa TLS: masuk dan kamera tidak dapat dipakai dari komputer lain. "
                   "Jalankan: bukutamu tls",
                   s->listen);
}

/* --- WhatsApp ---------------------------------------------------------------------------------------------- */

static void check_whatsapp(struct doctor *d)
{
    const struct settings *s = &d->app->settings;
    const struct {
        const char *key, *value;
    } needed[] = {{"phone_number_id", s->phone_number_id},
                  {"token_file", s->token_file},
                  {"app_secret_file", s->app_secret_file},
                  {"verify_token", s->verify_token}};
    size_t set = 0;
    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        set += !str_empty(needed[i].value);
    if (set == 0) {
        doctor_warn(
            d, "WhatsApp belum disiapkan: kedatangan tamu disampaikan lisan (langkah 5 dilewati).");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (str_empty(needed[i].value))
            doctor_bad(d, "WhatsApp: [whatsapp] %s belum diisi.", needed[i].key);
    }
    if (!str_empty(s->token_file))
        (void)doctor_private_file(d, "WhatsApp: token", s->token_file);
    if (!str_empty(s->app_secret_file))
        (void)doctor_private_file(d, "WhatsApp: rahasia aplikasi", s->app_secret_file);
}

/* Without fonts a letter comes out blank; with other ones it looks unlike the office's letters. */
static void check_font(struct doctor *d)
{
    const char *font = pdf_font(d->app->arena);
    if (str_empty(font))
        doctor_bad(d, "Tidak ada huruf untuk PDF. Pasang paket fonts-liberation.");
    else if (!str_starts(font, "Liberation Serif"))
        doctor_warn(
            d, "Huruf surat (PDF): %s. Pasang paket fonts-liberation agar seperti surat kantor.",
            font);
    else
        doctor_ok(d, "Huruf surat (PDF): %s.", font);
}

void doctor_machine(struct doctor *d)
{
    const char *data = d->app->settings.data_dir;
    check_folder(d, "Folder data", data, true);
    check_folder(d, "Folder kunci", arena_printf(d->app->arena, "%s/keys", data), false);
    check_folder(d, "Folder foto", arena_printf(d->app->arena, "%s/photos", data), false);
    check_folder(d, "Folder berkas pengaduan", arena_printf(d->app->arena, "%s/evidence", data),
                 false);
    check_disk(d, data);
    check_clock(d);
    check_font(d);
    check_reach(d);
    check_whatsapp(d);
}
