/* Routes of papers and proofs, and the hashes of a file. */
#include "features/proof/proof_web.h"

#include <sodium.h>

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static void hash_range(struct bytes file, size_t from, size_t until, uint8_t ret[PROOF_HASH_BYTES])
{
    (void)crypto_hash_sha256(ret, file.p + from, until - from);
}

enum err proof_hash(struct arena *a, struct bytes file, struct proof *p)
{
    size_t *ends = ARENA_ARRAY(a, PDF_MAX_PAGES, size_t);
    size_t count = 0;
    pdf_page_ends(file, ends, PDF_MAX_PAGES, &count);
    uint8_t *hashes = arena_alloc(a, (count + 1) * PROOF_HASH_BYTES);
    uint8_t *whole = arena_alloc(a, PROOF_HASH_BYTES);
    for (size_t i = 0; i < count; i++)
        hash_range(file, i ? ends[i - 1] : 0, ends[i], hashes + i * PROOF_HASH_BYTES);
    hash_range(file, 0, file.n, whole);
    p->pages = (int64_t)count;
    p->file_bytes = (int64_t)file.n;
    p->page_hashes = (struct bytes){hashes, count * PROOF_HASH_BYTES};
    p->file_hash = (struct bytes){whole, PROOF_HASH_BYTES};
    return count ? ERR_OK : ERR_INVALID;
}

#define READERS COMPLAINT_READER_ROLES
/* Whoever holds the code of a receipt, with an account or without: nothing is logged of it. */
#define HOLDER                                                                                     \
    (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION | ROUTE_LOGIN)
#define ANYBODY (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_NO_KEEPALIVE_SESSION)

const struct route *proof_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_POST, "/pengaduan/tanda-terima.pdf", 0, HOLDER, proof_receipt_post, &proof_code_form, 0, T("Tanda terima pengaduan sebagai PDF, dengan kodenya"), NULL},
        {HTTP_POST, "/pengaduan/naskah.pdf", 0, HOLDER, proof_complaint_post, &proof_code_form, 0, T("Pengaduan tertulis siap ditandatangani sebagai PDF, dengan kode tanda terima"), NULL},
        {HTTP_GET, "/pengaduan/{id}/naskah.pdf", READERS, ROUTE_NO_TOKEN, proof_complaint_get, NULL, 0, T("Pengaduan tertulis siap ditandatangani sebagai PDF; dicatat sebagai pembacaan"), NULL},
        {HTTP_GET, "/pengaduan/{id}/ekspor", READERS, ROUTE_NO_TOKEN, proof_export_get, NULL, 0, T("Ekspor pengaduan: alasan, dan ekspor yang sudah dibuat"), NULL},
        {HTTP_POST, "/pengaduan/{id}/ekspor", READERS, ROUTE_NO_TOKEN | ROUTE_LOGIN, proof_export_post, &proof_export_form, 0, T("Ekspor seluruh pengaduan sebagai PDF bertanda air; dicatat"), NULL},
        {HTTP_GET, "/periksa", 0, ANYBODY, proof_check_start_get, NULL, 0, T("Pemeriksaan keaslian dokumen kantor"), NULL},
        {HTTP_GET, "/periksa/{code}", 0, ANYBODY, proof_check_get, NULL, 0, T("Apa yang dikeluarkan kantor dengan kode ini"), NULL},
        {HTTP_POST, "/periksa/{code}", 0, ANYBODY | ROUTE_UPLOAD, proof_check_post, &proof_check_form, HTTP_MEMORY_BODY, T("Cocokkan berkas dengan sidiknya, halaman demi halaman"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
