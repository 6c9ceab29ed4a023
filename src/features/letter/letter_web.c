/* Routes of letters. */
#include "features/complaint/complaint_web_keys.h"
#include "features/letter/letter_web.h"
#include "lib/base/banned.h"

#define CASE_BYTES (192u * 1024)
/* Whoever holds the code: the desk right after the intake, the reporter later. */
#define HOLDER                                                                                     \
    (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION | ROUTE_LOGIN)
#define SETTERS (ROLE_ADMIN | ROLE_LEADERS)
#define BOOKS   (ROLE_ADMIN | ROLE_OFFICIALS | ROLE_CASE_OFFICER)

const struct route *letter_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/pengaduan/{id}/surat", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_case_get, NULL, 0,
         T("Surat-surat sebuah pengaduan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/surat", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_post, &letter_form, CASE_BYTES,
         T("Buat surat dan ambil nomornya"), NULL},
        {HTTP_GET, "/pengaduan/{id}/surat/baru", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_new_get, NULL, 0,
         T("Formulir surat baru"), NULL},
        {HTTP_GET, "/pengaduan/{id}/surat/formulir", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_written_get, NULL, 0,
         T("Unduh formulir pengaduan tertulis (.docx)"), NULL},
        {HTTP_POST, "/pengaduan/{id}/surat/formulir", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_written_post, NULL, 0,
         T("Unduh formulir pengaduan dengan identitas pelapor (.docx)"), NULL},
        {HTTP_GET, "/pengaduan/{id}/surat/tanda-terima", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_receipt_get, NULL, 0,
         T("Unduh tanda terima pengaduan (.docx)"), NULL},
        {HTTP_GET, "/pengaduan/{id}/surat/{letter}/unduh", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_fetch_get, NULL, 0,
         T("Unduh surat (.docx)"), NULL},
        {HTTP_POST, "/pengaduan/{id}/surat/{letter}/unduh", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_fetch_post, NULL, 0,
         T("Unduh surat dengan identitas pelapor (.docx)"), NULL},
        {HTTP_POST, "/pengaduan/{id}/surat/{letter}/batal", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, letter_case_cancel_post, &letter_cancel_form, 0,
         T("Batalkan nomor surat"), NULL},
        {HTTP_POST, "/pengaduan/tanda-terima.docx", 0, HOLDER, letter_code_receipt_post, &letter_code_form, 0,
         T("Tanda terima pengaduan sebagai .docx, dengan kodenya"), NULL},
        {HTTP_POST, "/pengaduan/naskah.docx", 0, HOLDER, letter_code_written_post, &letter_code_form, 0,
         T("Pengaduan tertulis siap ditandatangani sebagai .docx, dengan kode tanda terima"), NULL},
        {HTTP_GET, "/templat-surat", SETTERS, 0, letter_templates_get, NULL, 0,
         T("Templat surat"), NULL},
        {HTTP_GET, "/templat-surat/{kind}", SETTERS, 0, letter_template_get, NULL, 0,
         T("Templat satu jenis surat"), NULL},
        {HTTP_POST, "/templat-surat/{kind}", SETTERS, ROUTE_UPLOAD | ROUTE_NO_TOKEN, letter_template_post, &letter_template_form, LETTER_UPLOAD_BYTES,
         T("Unggah templat surat (.docx)"), NULL},
        {HTTP_POST, "/templat-surat/{kind}/pakai", SETTERS, ROUTE_NO_TOKEN, letter_template_use_post, &letter_version_form, 0,
         T("Pakai versi templat"), NULL},
        {HTTP_GET, "/templat-surat/{kind}/unduh", SETTERS, 0, letter_template_file_get, NULL, 0,
         T("Unduh templat surat (.docx)"), NULL},
        {HTTP_GET, "/templat-surat/{kind}/contoh", SETTERS, 0, letter_template_sample_get, NULL, 0,
         T("Unduh contoh surat yang terisi (.docx)"), NULL},
        {HTTP_GET, "/nomor-surat", BOOKS, 0, letter_book_get, NULL, 0,
         T("Buku nomor surat"), NULL},
        {HTTP_POST, "/nomor-surat", BOOKS, ROUTE_NO_TOKEN, letter_take_post, &letter_take_form, 0,
         T("Ambil nomor surat"), NULL},
        {HTTP_POST, "/nomor-surat/kode", SETTERS, ROUTE_NO_TOKEN, letter_settings_post, &letter_settings_form, 0,
         T("Ubah kode nomor surat"), NULL},
        {HTTP_POST, "/nomor-surat/mulai", SETTERS, ROUTE_NO_TOKEN, letter_start_post, &letter_start_form, 0,
         T("Lanjutkan nomor dari buku lama"), NULL},
        {HTTP_POST, "/nomor-surat/{letter}/batal", BOOKS, ROUTE_NO_TOKEN, letter_book_cancel_post, &letter_cancel_form, 0,
         T("Batalkan nomor surat yang diambil"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
