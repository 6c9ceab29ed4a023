/* What the database says: whole, in step with the clock, and the office set up for its nine steps. */
#include <stdio.h>
#include <string.h>

#include "app/doctor.h"
#include "features/notice/notice.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define CLOCK_SLACK_MS (5LL * 60 * 1000)

DB_SQL(doctor_newest, "SELECT at FROM audit_head WHERE office_id = $1");
DB_SQL(doctor_badges, "SELECT count(*) FROM badge WHERE office_id = $1 AND state = 'ready'");
DB_SQL(doctor_places,
       "SELECT count(*) FROM place WHERE office_id = $1 AND state = 'ready' AND kind = $2");
DB_SQL(doctor_failed, "SELECT count(*) FROM outbox WHERE office_id = $1 AND state = 'failed' "
                      "AND failed_at > $2");

const struct db_sql *const doctor_statements[] = {&doctor_newest, &doctor_badges, &doctor_places,
                                                  &doctor_failed, NULL};

static void check_whole(struct doctor *d)
{
    if (db_check(d->app->cx.read) == ERR_OK)
        doctor_ok(d, "Basis data utuh.");
    else
        doctor_bad(d, "Basis data rusak: %s. Pulihkan dari cadangan.",
                   db_conn_detail(d->app->cx.read));
}

static void check_clock(struct doctor *d, const char *office_id)
{
    int64_t newest = 0;
    if (db_number(d->app->cx.read, &doctor_newest, DB_ARGS(db_text(office_id)), &newest) != ERR_OK)
        doctor_bad(d, "Catatan audit tidak dapat dibaca: %s", db_conn_detail(d->app->cx.read));
    else if (d->app->cx.now_ms + CLOCK_SLACK_MS < newest)
        doctor_bad(
            d, "Jam komputer mundur %lld menit dari catatan terakhir. Nyalakan NTP: timedatectl set-ntp true",
            (long long)((newest - d->app->cx.now_ms) / 60000));
    else
        doctor_ok(d, "Jam komputer sejalan dengan catatan audit.");
}

static void check_post(struct doctor *d, uint32_t role)
{
    struct staff s = {0};
    const char *label = staff_role_label(role);
    char *phone = NULL;
    enum err e = staff_of_post(d->app->cx.read, d->app->cx.actor.office_id, role, &s);
    if (e == ERR_MISSING)
        doctor_bad(d, "Jabatan %s kosong. Jalankan: bukutamu user add --role %s ...", label,
                   staff_role_name(role));
    else if (e != ERR_OK || staff_phone(&d->app->cx, &s, &phone) != ERR_OK)
        doctor_bad(d, "Akun %s tidak dapat dibaca.", label);
    else if (!phone)
        doctor_warn(d, "%s (%s) belum mempunyai nomor HP: pemberitahuan tidak dapat dikirim.",
                    label, s.name);
    else
        doctor_ok(d, "%s: %s, dengan nomor HP.", label, s.name);
}

static void check_desk(struct doctor *d)
{
    struct staff s = {0};
    const char *office = d->app->cx.actor.office_id;
    bool desk = staff_of_post(d->app->cx.read, office, ROLE_FRONT_DESK, &s) == ERR_OK ||
                staff_of_post(d->app->cx.read, office, ROLE_DUTY_OFFICER, &s) == ERR_OK;
    if (!desk)
        doctor_bad(d, "Belum ada akun petugas PTSP atau petugas piket.");
    if (staff_of_post(d->app->cx.read, office, ROLE_ADMIN, &s) != ERR_OK)
        doctor_warn(d, "Belum ada akun administrator kantor.");
}

static void check_recovery(struct doctor *d, const struct office *office)
{
    if (!office->recovery_public.n)
        doctor_bad(d, "Kunci pemulihan belum dibuat; pengaduan belum dapat diterima. Jalankan: "
                      "bukutamu recovery create");
    else if (!office->recovery_confirmed_at)
        doctor_bad(d, "Lembar kunci pemulihan belum diketik ulang; pengaduan belum dapat diterima. "
                      "Jalankan: bukutamu recovery confirm");
    else
        doctor_ok(d, "Kunci pemulihan sudah diperiksa; pengaduan dapat diterima.");
    if (office_drill_near(office, d->app->cx.now_ms))
        doctor_warn(d, "Latihan tahunan lembar kunci pemulihan sudah waktunya. Jalankan: bukutamu "
                       "recovery test");
}

static void check_keys(struct doctor *d, const char *office)
{
    struct staff *list = NULL;
    size_t count = 0, readers = 0;
    if (staff_list(d->app->cx.read, office, &list, &count) != ERR_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        readers += staff_reads_complaints(&list[i]);
        if (staff_key_waits(&list[i]))
            doctor_warn(d,
                        "Kunci %s (%s) belum dipercayai: pengaduan baru tidak disegel untuknya. "
                        "Kasi Intelijen atau Kajari memeriksanya di halaman /kunci; di server: "
                        "bukutamu user trust --username %s",
                        list[i].name, list[i].username, list[i].username);
    }
    if (readers == 0)
        doctor_bad(d, "Belum ada Kasi Intelijen atau Kajari yang kuncinya dipercayai; pengaduan "
                      "belum dapat diterima.");
}

static void check_count(struct doctor *d, const char *what, enum err e, int64_t n)
{
    if (e != ERR_OK)
        doctor_bad(d, "%s tidak dapat dihitung: %s", what, db_conn_detail(d->app->cx.read));
    else if (n == 0)
        doctor_warn(d, "%s belum ada. Administrator menambahkannya di aplikasi.", what);
    else
        doctor_ok(d, "%s: %lld.", what, (long long)n);
}

static void check_things(struct doctor *d, const char *office)
{
    struct db_conn *conn = d->app->cx.read;
    int64_t n = 0;
    enum err e = db_number(conn, &doctor_badges, DB_ARGS(db_text(office)), &n);
    check_count(d, "Tanda pengenal", e, n);
    e = db_number(conn, &doctor_places, DB_ARGS(db_text(office), db_text("slot")), &n);
    check_count(d, "Slot kartu identitas", e, n);
    e = db_number(conn, &doctor_places, DB_ARGS(db_text(office), db_text("locker")), &n);
    check_count(d, "Loker", e, n);
    struct room *rooms = NULL;
    size_t count = 0;
    e = office_rooms(conn, office, &rooms, &count);
    check_count(d, "Ruang tunggu", e, (int64_t)count);
}

static void check_messages(struct doctor *d, const char *office)
{
    int64_t n = 0;
    int64_t since = d->app->cx.now_ms - 24LL * 3600 * 1000;
    if (db_number(d->app->cx.read, &doctor_failed, DB_ARGS(db_text(office), db_int(since)), &n) ==
            ERR_OK &&
        n > 0)
        doctor_warn(d, "%lld pesan WhatsApp gagal dalam 24 jam terakhir.", (long long)n);
}

static void check_numbers(struct doctor *d, const char *office)
{
    struct staff *list = NULL;
    size_t count = 0;
    if (staff_list(d->app->cx.read, office, &list, &count) != ERR_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        int64_t since = 0;
        enum err e = notice_doubtful_since(d->app->cx.read, office, list[i].id, &since);
        if (e == ERR_OK && since)
            doctor_warn(d,
                        "Nomor WhatsApp %s diragukan: WhatsApp tidak dapat mengantarkan pesan. "
                        "Periksa nomornya di halaman Petugas.",
                        list[i].name);
    }
}

static void check_templates(struct doctor *d, const char *office)
{
    struct template_stop *stops = NULL;
    size_t count = 0;
    if (notice_template_stops(d->app->cx.read, office, d->app->cx.now_ms, &stops, &count) != ERR_OK)
        return;
    for (size_t i = 0; i < count; i++)
        doctor_warn(d, "Templat WhatsApp %s dihentikan (%s). Periksa di WhatsApp Manager.",
                    stops[i].name, stops[i].code);
}

void doctor_office(struct doctor *d, const struct office *office)
{
    check_whole(d);
    check_clock(d, office->office_id);
    check_post(d, ROLE_INTEL_CHIEF);
    check_post(d, ROLE_OFFICE_HEAD);
    check_desk(d);
    check_recovery(d, office);
    check_keys(d, office->office_id);
    check_things(d, office->office_id);
    check_messages(d, office->office_id);
    check_numbers(d, office->office_id);
    check_templates(d, office->office_id);
}
