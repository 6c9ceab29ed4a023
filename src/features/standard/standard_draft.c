/* Standards that an office may begin a further one with, and the word by which addresses name a service. Pure. */
#include "features/standard/standard.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

#define CODE_MAX 48

#define AT_COUNTER                                                                                 \
    "Di loket PTSP {kantor}, {alamat}\n"                                                           \
    "Lewat halaman Pengaduan layanan di alamat Buku Tamu kantor ini; perkembangannya dapat "       \
    "diikuti dengan nomor dan kode tiket"
#define LAW                                                                                        \
    "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik\n"                                 \
    "Peraturan Menteri PANRB Nomor 15 Tahun 2014 tentang Pedoman Standar Pelayanan"

const struct standard_draft standard_drafts[] = {
    /* The days are those of UU 14/2008 art. 22 (7) and (8). */
    {.code = "informasi-publik",
     .title = "Standar Pelayanan Informasi Publik",
     .limit_count = 10,
     .limit_unit = "working_day",
     .start_step = 2,
     .stop_step = 4,
     .parts =
         {[STANDARD_REQUIREMENTS] = ("Kartu identitas diri pemohon\n"
                                     "Bukti pengesahan badan hukum, bila pemohon badan hukum\n"
                                     "Surat kuasa, bila diwakili"),
          [STANDARD_PROCEDURE] =
              ("Pemohon menyampaikan permintaan secara tertulis atau lisan di PTSP {kantor}\n"
               "Petugas mencatat permintaan dan memberikan nomor pendaftaran\n"
               "PPID memeriksa apakah informasi tersedia dan dapat diberikan\n"
               "PPID menyampaikan jawaban tertulis: diberikan seluruhnya, diberikan sebagian, "
               "atau ditolak dengan alasannya\n"
               "Pemohon yang belum puas mengajukan keberatan kepada atasan PPID"),
          [STANDARD_TIME] = ("10 hari kerja, dapat diperpanjang 7 hari kerja dengan alasan "
                             "tertulis"),
          [STANDARD_FEE] = "Tidak dipungut biaya",
          [STANDARD_PRODUCT] = ("Jawaban tertulis atas permintaan informasi publik\n"
                                "Salinan informasi di kertas atau elektronik"),
          [STANDARD_COMPLAINTS] = (AT_COUNTER),
          [STANDARD_LEGAL] = ("Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi "
                              "Publik\n" LAW),
          [STANDARD_SKILLS] = "Memahami Pedoman Pelayanan Informasi Publik"}},
    {.code = "pengembalian-barang-bukti",
     .title = "Standar Pelayanan Pengembalian Barang Bukti",
     .limit_unit = "minute",
     .start_step = 2,
     .stop_step = 4,
     .parts =
         {[STANDARD_REQUIREMENTS] =
              ("Kartu identitas diri penerima\n"
               "Petikan atau salinan putusan yang menyebut barang bukti\n"
               "Bukti kepemilikan, misalnya STNK dan BPKB kendaraan\n"
               "Surat kuasa dan kartu identitas pemberi kuasa, bila diwakili"),
          [STANDARD_PROCEDURE] =
              ("Penerima melapor di PTSP {kantor}\n"
               "Petugas memeriksa identitas dan kelengkapan persyaratan\n"
               "Petugas barang bukti mencocokkan barang dengan putusan dan register\n"
               "Barang bukti diserahkan dan berita acaranya ditandatangani penerima dan petugas"),
          [STANDARD_FEE] = "Tidak dipungut biaya",
          [STANDARD_PRODUCT] = "Barang bukti dan salinan berita acara pengembalian",
          [STANDARD_COMPLAINTS] = (AT_COUNTER),
          [STANDARD_LEGAL] = (LAW)}},
    {.code = NULL},
};

struct standard standard_draft_of(struct arena *a, const struct office *o, const char *code)
{
    struct standard s = {.title = "", .decree = "", .valid_from = "", .limit_unit = "minute"};
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        s.parts[i] = "";
    for (const struct standard_draft *d = standard_drafts; d->code; d++) {
        if (!str_eq(d->code, code))
            continue;
        s.title = d->title;
        s.limit_count = d->limit_count;
        s.limit_unit = d->limit_unit;
        s.start_step = d->start_step;
        s.stop_step = d->stop_step;
        for (size_t i = 0; i < STANDARD_PARTS; i++)
            s.parts[i] = standard_fill(a, d->parts[i], o);
    }
    return s;
}

char *standard_code(struct arena *a, const char *title)
{
    static const char opening[] = "standar pelayanan ";
    struct buf b = buf_new(a, CODE_MAX + 1, CODE_MAX + 1);
    const char *c = str_or(title, "");
    bool gap = false;
    c += strncasecmp(c, opening, strlen(opening)) == 0 ? strlen(opening) : 0;
    for (; *c && b.n + 1 < CODE_MAX; c++) {
        char letter = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        bool holds = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (holds && gap && b.n > 0)
            buf_putc(&b, '-');
        if (holds)
            buf_putc(&b, letter);
        gap = !holds;
    }
    return b.n ? b.p : arena_strdup(a, "layanan");
}
