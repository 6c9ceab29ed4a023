/* What the audit's words mean for people. See audit.h. */
#include "features/audit/audit.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

const char *audit_actor_kind(const struct cx *cx)
{
    switch (cx->actor.kind) {
    case ACTOR_USER:
        return "user";
    case ACTOR_TOKEN:
        return "token";
    case ACTOR_NONE:
    case ACTOR_SYSTEM:
        break;
    }
    return "system";
}

const char *audit_action_label(const char *action)
{
    static const struct {
        const char *action, *label;
    } labels[] = {
        {"visit_registered", T("Tamu dicatat dan diberi nomor")},
        {"badge_issued", T("Kartu identitas dititipkan, tanda pengenal diserahkan")},
        {"item_taken", T("Titipan ditambah")},
        {"visit_waiting", T("Tamu diantar ke ruang tunggu")},
        {"notice_sent", T("Pemberitahuan terkirim")},
        {"notice_delivered", T("Pemberitahuan sampai")},
        {"notice_read", T("Pemberitahuan dibaca")},
        {"notice_failed", T("Pemberitahuan gagal")},
        {"question_sent", T("Pertanyaan kepada Kajari terkirim")},
        {"question_delivered", T("Pertanyaan kepada Kajari sampai")},
        {"question_read", T("Pertanyaan dibaca Kajari")},
        {"question_failed", T("Pertanyaan kepada Kajari gagal")},
        {"decision_answered", T("Jawaban dicatat")},
        {"decision_final", T("Keputusan berlaku")},
        {"decision_asked_again", T("Ditanyakan lagi")},
        {"escalation_next_channel", T("Belum sampai: dikirim lewat saluran berikutnya")},
        {"escalation_repeated", T("Belum dijawab: dikirim ulang")},
        {"escalation_deputy", T("Belum dijawab: pengganti ikut ditanya")},
        {"escalation_head", T("Belum dijawab: Kajari ditanya langsung")},
        {"escalation_alarm", T("Belum dijawab: alarm loket berbunyi")},
        {"message_retried", T("Pesan gagal dikirim lagi")},
        {"channel_dead", T("Saluran pesan tidak berfungsi")},
        {"channel_alive", T("Saluran pesan berfungsi lagi")},
        {"channel_added", T("Saluran pesan seseorang ditambah")},
        {"channel_removed", T("Saluran pesan seseorang dihapus")},
        {"channel_tested", T("Pesan uji dikirim")},
        {"channel_verified", T("Saluran pesan terbukti sampai")},
        {"channel_moved", T("Urutan saluran pesan diubah")},
        {"quiet_changed", T("Jam tenang diubah")},
        {"stand_in_added", T("Pengganti dicatat")},
        {"stand_in_ended", T("Masa pengganti diakhiri")},
        {"duty_changed", T("Jadwal piket pejabat diubah")},
        {"escalation_changed", T("Aturan eskalasi diubah")},
        {"visit_received", T("Tamu diterima")},
        {"visit_note", T("Catatan wawancara disimpan")},
        {"visit_complaint", T("Catatan wawancara disimpan")}, /* entries of old; see docs/adr/0005 */
        {"item_returned", T("Titipan dikembalikan")},
        {"badge_returned", T("Tanda pengenal kembali")},
        {"visit_closed", T("Kunjungan ditutup")},
        {"visit_cancelled", T("Kunjungan dibatalkan")},
        {"visit_left", T("Tamu pulang sebelum diterima")},
        {"visit_leaving", T("Tamu akan pulang sebelum diterima")},
        {"badge_lost", T("Tanda pengenal hilang")},
        {"item_lost", T("Titipan hilang")},
        {"visit_corrected", T("Data diperbaiki")},
        {"photo_viewed", T("Foto dilihat")},
        {"file_added", T("Berkas pengaduan ditambahkan")},
        {"file_fetched", T("Berkas pengaduan diambil")},
        {"files_viewed", T("Daftar berkas pengaduan dibuka")},
        {"day_closed", T("Hari ditutup")},
        {"report_exported", T("Laporan pelayanan diunduh")},
        {"visitor_searched", T("Tamu lama dicari")},
        {"visitor_used", T("Data tamu lama dipakai")},
        {"complaint_read", T("Pengaduan dibaca")},
        {"reporter_message", T("Pelapor mengirim pesan")},
        {"reporter_answered", T("Pelapor dijawab")},
        {"reporter_messages_read", T("Pesan pelapor dibaca")},
        {"public_intake_changed", T("Halaman publik pengaduan dibuka atau ditutup")},
        {"complaint_history_read", T("Riwayat pengaduan dibaca")},
        {"case_moved", T("Pengaduan dibawa ke tahap lain")},
        {"case_stepped_back", T("Pengaduan dikembalikan ke tahap sebelumnya")},
        {"case_ended", T("Penanganan pengaduan berakhir")},
        {"case_reopened", T("Pengaduan dibuka lagi")},
        {"case_side_set", T("Pengaduan ditandai menunggu")},
        {"case_side_ended", T("Tanda menunggu diakhiri")},
        {"case_valued", T("Nilai pengaduan dicatat")},
        {"case_sorted", T("Pengaduan digolongkan")},
        {"case_checked", T("Kelengkapan pengaduan diperiksa")},
        {"case_team_added", T("Petugas ditambahkan ke tim pengaduan")},
        {"case_team_removed", T("Petugas dikeluarkan dari tim pengaduan")},
        {"case_transfer_received", T("Pelimpahan pengaduan diterima")},
        {"case_transfer_returned", T("Pelimpahan pengaduan dikembalikan")},
        {"case_linked", T("Pengaduan dikaitkan")},
        {"case_unlinked", T("Kaitan pengaduan dilepas")},
        {"case_reminded", T("Pengingat tenggat dikirim")},
        {"stage_limits_changed", T("Batas waktu pengaduan diubah")},
        {"holiday_added", T("Hari libur ditambah")},
        {"holiday_changed", T("Hari libur diubah")},
        {"holiday_removed", T("Hari libur dihapus")},
        {"holidays_imported", T("Daftar hari libur ditempel")},
        {"office_hours_changed", T("Jam kerja diubah")},
        {"reporter_identity_read", T("Identitas pelapor dilihat")},
        {"letter_made", T("Surat dibuat dan diberi nomor")},
        {"letter_fetched", T("Surat diunduh")},
        {"letter_cancelled", T("Nomor surat dibatalkan")},
        {"letter_settings_changed", T("Kode nomor surat diubah")},
        {"letter_start_changed", T("Nomor surat dilanjutkan dari buku lama")},
        {"letter_template_added", T("Templat surat diunggah")},
        {"letter_template_used", T("Versi templat surat dipilih")},
        {"complaint_received", T("Pengaduan diterima")},
        {"complaint_exported", T("Salinan pengaduan dibuat")},
        {"complaint_shared", T("Akses pengaduan diberikan")},
        {"complaint_unshared", T("Akses pengaduan dicabut")},
        {"complaints_searched", T("Pengaduan dicari")},
        {"key_opened", T("Kunci pribadi dibuka")},
        {"key_put_away", T("Kunci pribadi dikunci")},
        {"login", T("Masuk")},
        {"login_failed", T("Gagal masuk")},
        {"logout", T("Keluar")},
        {"session_ended", T("Sesi diakhiri")},
        {"token_created", T("Token mesin dibuat")},
        {"staff_created", T("Akun dibuat")},
        {"staff_changed", T("Akun diubah")},
        {"staff_disabled", T("Akun dinonaktifkan")},
        {"staff_enabled", T("Akun diaktifkan")},
        {"staff_password_reset", T("Kata sandi disetel ulang")},
        {"staff_password_changed", T("Kata sandi diganti")},
        {"key_trusted", T("Kunci dipercayai")},
        {"key_reset", T("Kunci menunggu kepercayaan lagi")},
        {"office_created", T("Kantor dibuat")},
        {"office_changed", T("Data kantor diubah")},
        {"recovery_set", T("Kunci pemulihan dibuat")},
        {"recovery_confirmed", T("Kunci pemulihan dikonfirmasi")},
        {"recovery_tested", T("Latihan lembar pemulihan dijalankan")},
        {"recovery_repaired", T("Akses pengaduan dipulihkan dengan lembar pemulihan")},
        {"badge_added", T("Tanda pengenal ditambah")},
        {"badge_changed", T("Tanda pengenal diubah")},
        {"place_added", T("Slot atau loker ditambah")},
        {"place_changed", T("Slot atau loker diubah")},
        {"room_added", T("Ruang ditambah")},
        {"room_changed", T("Ruang diubah")},
        {"complaint_read", T("Pengaduan dibaca")},
    };
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (str_eq(labels[i].action, action))
            return labels[i].label;
    }
    return action;
}
