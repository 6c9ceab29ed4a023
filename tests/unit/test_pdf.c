/* lib/pdf and lib/qr: what comes out is read back with poppler. Page breaks, repeated heads, texts that people may
 * send to break a page, and documents of many threads at once. */
#include <pthread.h>
#include <time.h>

#include "lib/base/utf8.h"
#include "lib/pdf/pdf.h"
#include "lib/qr/qr.h"
#include "support/jpeg_make.h"
#include "support/pdf_look.h"

#include "lib/base/banned.h"

#define CREATED_MS 1784775480000 /* 23 July 2026, 09.58 WIB */

static int begin(void **state)
{
    *state = arena_new(256 * 1024);
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

static struct pdf *new_pdf(struct arena *a)
{
    return pdf_new(a, &(struct pdf_info){.title = "Surat uji",
                                         .author = "Kejaksaan Negeri Kapuas",
                                         .created_ms = CREATED_MS,
                                         .offset_min = 420,
                                         .footer = "KAKI SURAT"});
}

static struct bytes finished(struct pdf *p, size_t pages)
{
    struct pdf_file file = {{NULL, 0}, 0};
    assert_int_equal(pdf_finish(p, &file), ERR_OK);
    if (pages)
        assert_int_equal(file.pages, pages);
    return file.data;
}

static const struct pdf_column three[] = {
    {"Nomor", 1, PDF_RIGHT}, {"Nama tamu", 3, PDF_LEFT}, {"Keperluan", 3, PDF_LEFT}};

static void add_rows(struct arena *a, struct pdf *p, size_t rows)
{
    const char **cells = ARENA_ARRAY(a, rows * 3 + 1, const char *);
    for (size_t i = 0; i < rows; i++) {
        cells[i * 3] = arena_printf(a, "N%zuN", i + 1);
        cells[i * 3 + 1] = i % 3 ? "Fransiska Luhing"
                                 : "Siti Nurhaliza binti Haji Muhammad Arsyad bin Abdullah";
        cells[i * 3 + 2] =
            "Konsultasi perkara, permohonan informasi publik, dan penyerahan dokumen";
    }
    pdf_table(p, &(struct pdf_table){.caption = "Buku tamu",
                                     .columns = three,
                                     .column_count = 3,
                                     .cells = cells,
                                     .row_count = rows,
                                     .empty = "NIHIL"});
}

/* --- what an office letter has ------------------------------------------------------------------------------ */

static void a_letter_says_what_was_put_in(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    struct qr code;
    assert_int_equal(qr_make(a, "https://kantor.example/periksa/ABCD", &code), ERR_OK);
    pdf_letterhead(p, &(struct pdf_letterhead){"Kejaksaan Tinggi", "Kejaksaan Negeri",
                                               "Jl. A. Yani No. 63", "+6251321520"});
    pdf_title(p, "TANDA TERIMA", "Nomor: PGD-31/2026");
    pdf_facts(p, (struct pdf_fact[]){{"Diterima", "Kamis"}, {"Alamat", NULL}}, 2);
    pdf_heading(p, "Uraian");
    pdf_paragraph(p, "Paragraf pertama.\nBaris kedua.");
    pdf_note(p, "Catatan kecil.");
    add_rows(a, p, 2);
    pdf_code(p, &(struct pdf_code){code.modules, code.dark, "Kode rahasia", "K7QM-3XTD\n2BNE-5VZP",
                                   "Simpan."});
    pdf_signatures(p,
                   (struct pdf_signature[]){
                       {NULL, "Yang menyerahkan,", NULL, "Pelapor"},
                       {"Kapuas, 23 Juli 2026", "Plh. Kepala Seksi", "Arief Setiadi", "NIP 1"}},
                   2);
    struct bytes file = finished(p, 1);
    assert_memory_equal(file.p, "%PDF-1.", 7);
    const char *text = pdf_text(a, file, 0);
    static const char *const words[] = {"KEJAKSAAN TINGGI",
                                        "KEJAKSAAN NEGERI",
                                        "Jl. A. Yani No. 63 · Telepon 051321520",
                                        "TANDA TERIMA",
                                        "Nomor: PGD-31/2026",
                                        "Diterima",
                                        ": Kamis",
                                        "Uraian",
                                        "Paragraf pertama.",
                                        "Baris kedua.",
                                        "Catatan kecil.",
                                        "Kode rahasia",
                                        "K7QM-3XTD",
                                        "2BNE-5VZP",
                                        "Plh. Kepala Seksi",
                                        "Arief Setiadi",
                                        "NIP 1",
                                        "KAKI SURAT",
                                        "Halaman 1 dari 1",
                                        "Yang menyerahkan,"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!strstr(text, words[i]))
            print_error("missing: %s\n", words[i]);
        assert_non_null(strstr(text, words[i]));
    }
    const char *info = pdf_run(a, file, "pdfinfo", "");
    assert_non_null(strstr(info, "Surat uji"));
    assert_non_null(strstr(info, "Kejaksaan Negeri Kapuas"));
    assert_non_null(strstr(info, "A4"));
}

/* Put in behind cairo's back: the file must be whole all the same, to a reader that repairs nothing. */
static void the_language_is_said(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    pdf_heading(p, "Bagian"); /* an outline, which the catalogue names too */
    add_rows(a, p, 60);
    struct bytes file = finished(p, 0);
    assert_non_null(memmem(file.p, file.n, "/Lang (id-ID)", 13));
    const char *said = pdf_run(a, file, "pdfinfo", "");
    assert_null(strstr(said, "Error"));
    assert_null(strstr(said, "Warning"));
    /* startxref leads to the table, and the table to each object. */
    const char *text = arena_strndup(a, (const char *)file.p + file.n - 40, 40);
    const char *start = strstr(text, "startxref\n");
    assert_non_null(start);
    size_t table = strtoul(start + 10, NULL, 10);
    assert_memory_equal(file.p + table, "xref\n0 ", 7);
    size_t objects = strtoul((const char *)file.p + table + 7, NULL, 10);
    const char *row = strchr((const char *)file.p + table + 5, '\n') + 1;
    for (size_t i = 1; i < objects; i++) {
        size_t at = strtoul(row + i * 20, NULL, 10);
        const char *head = arena_printf(a, "%zu 0 obj", i);
        assert_memory_equal(file.p + at, head, strlen(head));
    }
    p = pdf_new(a, &(struct pdf_info){.title = "t", .language = "id) /Evil (x"});
    pdf_paragraph(p, "Isi.");
    file = finished(p, 1);
    assert_null(memmem(file.p, file.n, "/Lang", 5));
}

static void every_page_has_head_foot_and_number(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    add_rows(a, p, 150);
    struct bytes file = finished(p, 0);
    int pages = pdf_pages(a, file);
    assert_true(pages > 4);
    for (int page = 1; page <= pages; page++) {
        const char *text = pdf_text(a, file, page);
        assert_int_equal(pdf_count(text, "Nama tamu"), 1);
        assert_int_equal(pdf_count(text, "KAKI SURAT"), 1);
        assert_non_null(strstr(text, arena_printf(a, "Halaman %d dari %d", page, pages)));
        /* A row is not cut: its three columns stand on one page. */
        assert_int_equal(pdf_count(text, "Konsultasi"),
                         pdf_count(text, "N ") + pdf_count(text, "N\n"));
    }
    const char *all = pdf_text(a, file, 0);
    for (int i = 1; i <= 150; i++)
        assert_int_equal(pdf_count(all, arena_printf(a, "N%dN", i)), 1);
}

/* The foot stays a foot, however long its words are; what stands first in it is always whole. */
static void a_long_foot_takes_two_lines(void **state)
{
    struct arena *a = *state;
    char name[600];
    memset(name, 'W', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    struct pdf *p = pdf_new(
        a, &(struct pdf_info){.title = "t", .footer = arena_printf(a, "WWWW-MMMM-WWWW %s", name)});
    pdf_paragraph(p, "Isi.");
    const char *text = pdf_text(a, finished(p, 1), 1);
    assert_non_null(strstr(text, "WWWW-MMMM-WWWW"));
    assert_in_range(pdf_count(text, "W"), 40, 100);
    assert_non_null(strstr(text, "Halaman 1 dari 1"));
}

static void an_empty_table_says_so(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    add_rows(a, p, 0);
    assert_non_null(strstr(pdf_text(a, finished(p, 1), 0), "NIHIL"));
}

static void a_watermark_is_drawn_and_not_read(void **state)
{
    struct arena *a = *state;
    struct pdf_file with, without;
    for (int i = 0; i < 2; i++) {
        struct pdf *p = pdf_new(
            a, &(struct pdf_info){.title = "t", .watermark = i ? "SALINAN EKS-1" : NULL});
        pdf_paragraph(p, "Isi.");
        pdf_page_break(p);
        pdf_paragraph(p, "Lanjutan.");
        assert_int_equal(pdf_finish(p, i ? &with : &without), ERR_OK);
    }
    assert_true(with.data.n > without.data.n + 1000);
    assert_null(strstr(pdf_text(a, with.data, 0), "SALINAN"));
    assert_non_null(strstr(pdf_text(a, with.data, 2), "Lanjutan."));
}

static void the_same_calls_give_the_same_bytes(void **state)
{
    struct arena *a = *state;
    struct bytes files[2];
    for (int i = 0; i < 2; i++) {
        struct pdf *p = new_pdf(a);
        add_rows(a, p, 40);
        files[i] = finished(p, 0);
    }
    assert_int_equal(files[0].n, files[1].n);
    assert_memory_equal(files[0].p, files[1].p, files[0].n);
}

/* --- pages as ranges of the file -------------------------------------------------------------------------------- */

static void pages_are_ranges_of_the_file(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    for (int i = 0; i < 5; i++) {
        pdf_paragraph(p, arena_printf(a, "Isi halaman %d.", i + 1));
        if (i < 4)
            pdf_page_break(p);
    }
    struct bytes file = finished(p, 5);
    size_t ends[8], count = 0;
    pdf_page_ends(file, ends, ARRAY_LEN(ends), &count);
    assert_int_equal(count, 5);
    for (size_t i = 1; i < count; i++)
        assert_true(ends[i] > ends[i - 1]);
    assert_true(ends[4] < file.n);
    assert_memory_equal(file.p + ends[4] - 8, "\nendobj\n", 8);
    /* What people write cannot look like the end of a page: it is compressed and encoded. */
    p = new_pdf(a);
    pdf_paragraph(p, "/Type /Page % 1\nendobj\n");
    pdf_page_ends(finished(p, 1), ends, ARRAY_LEN(ends), &count);
    assert_int_equal(count, 1);
    pdf_page_ends((struct bytes){(const uint8_t *)"/Type /Page % 1", 15}, ends, ARRAY_LEN(ends),
                  &count);
    assert_int_equal(count, 0);
    pdf_page_ends((struct bytes){NULL, 0}, ends, ARRAY_LEN(ends), &count);
    assert_int_equal(count, 0);
}

/* --- texts of people --------------------------------------------------------------------------------------------- */

static void hostile_text_comes_out_as_text(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    const char *text = "awal\x01\x02 ]]> &amp; <b> %PDF \\( \xE2\x80\xAEterbalik\xE2\x80\xAC "
                       "\xFF\xFE\xC3 nol\xE2\x80\x8Blebar "
                       "=HYPERLINK(\"x\") Łódź 'petik' endobj akhir";
    pdf_paragraph(p, text);
    pdf_facts(p, &(struct pdf_fact){text, text}, 1);
    pdf_table(p, &(struct pdf_table){.columns = three,
                                     .column_count = 3,
                                     .cells = (const char *const[]){text, text, text},
                                     .row_count = 1});
    pdf_signatures(p, &(struct pdf_signature){text, text, text, text}, 1);
    pdf_title(p, text, text);
    const char *read = pdf_letters(a, finished(p, 0));
    assert_non_null(strstr(read, "awal"));
    assert_non_null(strstr(read, "]]>&amp;<b>%PDF\\(terbalik"));
    assert_non_null(strstr(read, "nollebar=HYPERLINK(\"x\")Łódź'petik'endobjakhir"));
    assert_non_null(strstr(read, "\xEF\xBF\xBD")); /* what was no text is seen to have been there */
    assert_true(utf8_valid(read, strlen(read)));
}

static void long_names_do_not_break_the_page(void **state)
{
    struct arena *a = *state;
    char *name = arena_alloc(a, 5001);
    for (size_t i = 0; i < 5000; i++)
        name[i] = (char)('A' + i % 26);
    struct pdf *p = new_pdf(a);
    pdf_letterhead(p, &(struct pdf_letterhead){name, name, name, NULL});
    pdf_title(p, name, name);
    pdf_facts(p, &(struct pdf_fact){name, name}, 1);
    pdf_table(p, &(struct pdf_table){.caption = name,
                                     .columns = three,
                                     .column_count = 3,
                                     .cells = (const char *const[]){"1", name, "x"},
                                     .row_count = 1});
    pdf_signatures(p,
                   (struct pdf_signature[]){
                       {name, name, name, name}, {NULL, "x", "y", "z"}, {name, name, NULL, NULL}},
                   3);
    struct bytes file = finished(p, 0);
    int pages = pdf_pages(a, file);
    assert_in_range(pages, 3, 15);
    /* All of it is there where it may be long: in the fact, and in the row that is cut over pages. */
    const char *read = pdf_letters(a, file);
    const char *last = arena_printf(a, "%s", name + 4990);
    assert_true(pdf_count(read, last) >= 1);
    for (int page = 1; page <= pages; page++)
        assert_non_null(
            strstr(pdf_text(a, file, page), arena_printf(a, "Halaman %d dari %d", page, pages)));
}

/* A story that is longer than a page goes on, and its last line is not left alone. */
static void a_long_story_goes_over_pages(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 64 * 1024, 256 * 1024);
    for (int i = 0; i < 1200; i++)
        buf_printf(&b, "kata%d ", i);
    struct pdf *p = new_pdf(a);
    pdf_paragraph(p, b.p);
    struct bytes file = finished(p, 0);
    const char *all = pdf_text(a, file, 0);
    assert_true(pdf_pages(a, file) >= 2);
    for (int i = 0; i < 1200; i += 7)
        assert_non_null(strstr(all, arena_printf(a, "kata%d", i)));
}

static void a_picture_is_embedded_as_it_is(void **state)
{
    struct arena *a = *state;
    struct bytes jpeg = jpeg_make(a, &(struct jpeg_make){.width = 320, .height = 240});
    struct pdf *p = new_pdf(a);
    pdf_picture(p, &(struct pdf_picture){.jpeg = jpeg, .caption = "Penyerahan"});
    struct bytes file = finished(p, 1);
    assert_non_null(memmem(file.p, file.n, jpeg.p, jpeg.n));
    assert_non_null(strstr(pdf_text(a, file, 0), "Penyerahan"));
    const char *images = pdf_run(a, file, "pdfimages -list", "");
    assert_non_null(strstr(images, "320"));
    assert_non_null(strstr(images, "jpeg"));
    /* What is no picture, or breaks off, adds nothing. */
    static const size_t lengths[] = {0, 1, 3, 20, 150};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        p = new_pdf(a);
        pdf_picture(p, &(struct pdf_picture){
                           .jpeg = {i == 3 ? (const uint8_t *)"bukan gambar sama sekali" : jpeg.p,
                                    lengths[i]}});
        pdf_paragraph(p, "Isi.");
        images = pdf_run(a, finished(p, 1), "pdfimages -list", "");
        assert_true(i == 4 || !strstr(images, "320"));
    }
}

static void too_long_is_refused(void **state)
{
    struct arena *a = *state;
    struct pdf *p = new_pdf(a);
    struct pdf_file file;
    for (int i = 0; i <= PDF_MAX_PAGES; i++)
        pdf_page_break(p);
    assert_int_equal(pdf_finish(p, &file), ERR_LIMIT);
}

static void the_font_of_the_office_is_there(void **state)
{
    assert_string_equal(pdf_font(*state), "Liberation Serif");
}

/* --- size and threads ---------------------------------------------------------------------------------------------- */

/* Of this process: how busy the machine is does not matter. */
static int64_t processor_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void two_thousand_rows_take_less_than_three_seconds(void **state)
{
    struct arena *a = *state;
    static const struct pdf_column columns[] = {
        {"No.", 1, PDF_RIGHT},      {"Petugas", 2, PDF_LEFT},    {"Datang", 2, PDF_LEFT},
        {"Identitas", 3, PDF_LEFT}, {"Organisasi", 2, PDF_LEFT}, {"Informasi", 4, PDF_LEFT},
        {"Dokumen", 2, PDF_LEFT},   {"Keterangan", 2, PDF_LEFT}, {"Tanda tangan", 2, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns), rows = 2000;
    const char **cells = ARENA_ARRAY(a, width * rows, const char *);
    for (size_t i = 0; i < rows * width; i++)
        cells[i] = i % width == 3 ? "Fransiska Luhing, 620301••••••0002, Kuala Kapuas"
                                  : "Konsultasi perkara";
    struct pdf *p = pdf_new(a, &(struct pdf_info){.title = "R.IN.21", .landscape = true});
    pdf_table(p, &(struct pdf_table){.columns = columns,
                                     .column_count = width,
                                     .cells = cells,
                                     .row_count = rows,
                                     .text_pt = 8});
    int64_t started = processor_ms();
    struct bytes file = finished(p, 0);
    int64_t took = processor_ms() - started;
    print_message("2,000 rows of 9 columns: %lld ms, %zu bytes\n", (long long)took, file.n);
    assert_true(file.n < 4 * 1024 * 1024);
#ifndef __SANITIZE_ADDRESS__
    assert_true(took < 3000);
#endif
}

struct job {
    pthread_t thread;
    size_t bytes;
    uint32_t sum;
};

static void *make_one(void *arg)
{
    struct job *j = arg;
    for (int round = 0; round < 3; round++) {
        struct arena *a = arena_new(64 * 1024);
        struct pdf *p = new_pdf(a);
        struct pdf_file file = {{NULL, 0}, 0};
        pdf_title(p, "UTAS 日本 محمد", NULL);
        add_rows(a, p, 30);
        if (pdf_finish(p, &file) == ERR_OK) {
            j->bytes = file.data.n;
            j->sum = 0;
            for (size_t i = 0; i < file.data.n; i++)
                j->sum = j->sum * 31 + file.data.p[i];
        }
        arena_free(a);
    }
    return NULL;
}

static void many_threads_make_the_same_document(void **state)
{
    (void)state;
    struct job jobs[32] = {{.bytes = 0}};
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        assert_int_equal(pthread_create(&jobs[i].thread, NULL, make_one, &jobs[i]), 0);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
        assert_int_equal(pthread_join(jobs[i].thread, NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        assert_true(jobs[i].bytes > 1000);
        assert_int_equal(jobs[i].sum, jobs[0].sum);
    }
}

/* --- codes ----------------------------------------------------------------------------------------------------------- */

static void a_code_has_its_corners(void **state)
{
    struct arena *a = *state;
    struct qr code;
    struct qr_svg svg;
    assert_int_equal(qr_make(a, "A-07", &code), ERR_OK);
    assert_int_equal(code.modules, 21);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(code.dark[i], 1);
        assert_int_equal(code.dark[14 + i], 1);
        assert_int_equal(code.dark[20 * 21 + i], 1);
    }
    assert_int_equal(qr_svg(a, "A-07", &svg), ERR_OK);
    assert_int_equal(svg.modules, 29);
    assert_int_equal(strncmp(svg.path, "M4 4h7v1h-7z", 12), 0);
    assert_int_equal(qr_make(a, "", &code), ERR_INVALID);
    char *long_text = arena_alloc(a, 5001);
    memset(long_text, 'x', 5000);
    assert_int_equal(qr_make(a, long_text, &code), ERR_INVALID);
}

/* Pixels of one grey of the first page, without colour, 4 a millimetre or so. */
static size_t greys(struct arena *a, struct bytes pdf, int grey)
{
    static const char head[] = "P5\n842 1191\n255\n"; /* A4 at 101.8 dpi */
    const uint8_t *p = (const uint8_t *)pdf_run(
        a, pdf, "pdftoppm -gray -aa no -scale-to-x 842 -scale-to-y 1191 -f 1 -l 1", "");
    size_t n = 0;
    assert_memory_equal(p, head, sizeof(head) - 1);
    p += sizeof(head) - 1;
    for (size_t i = 0; i < (size_t)842 * 1191; i++)
        n += p[i] == grey;
    return n;
}

static size_t bar_pixels(struct arena *a, const struct pdf_bar *bar, int grey)
{
    struct pdf *p = new_pdf(a);
    pdf_bars(p, bar, 1);
    return greys(a, finished(p, 1), grey);
}

/* In grey alone: the full part is told from the open one, a busy cell from a quiet one. */
static void charts_need_no_colour(void **state)
{
    struct arena *a = *state;
    const struct pdf_bar shorter = {.label = "Oktober", .value = "6 – 9", .share = 0.3};
    struct pdf_bar both = shorter, longer = shorter;
    both.further = 0.9;
    longer.share = 0.9;
    size_t full = bar_pixels(a, &shorter, 92);
    assert_true(full > 200);
    assert_int_equal(bar_pixels(a, &both, 92), full); /* what goes on is open … */
    assert_true(bar_pixels(a, &both, 0) > bar_pixels(a, &shorter, 0) + 100); /* … and framed */
    assert_true(bar_pixels(a, &longer, 92) > 2 * full);
    static const uint8_t shades[] = {0, 20, 45, 100, 0, 0};
    struct pdf_table table = {.columns = (const struct pdf_column[]){{"a", 1, PDF_LEFT},
                                                                     {"b", 1, PDF_LEFT},
                                                                     {"c", 1, PDF_LEFT}},
                              .column_count = 3,
                              .cells = (const char *const[]){"1", "2", "3", "4", "5", "6"},
                              .row_count = 2};
    struct pdf *p = new_pdf(a);
    pdf_table(p, &table);
    struct bytes file = finished(p, 1);
    assert_int_equal(greys(a, file, 204) + greys(a, file, 140), 0);
    table.shades = shades;
    p = new_pdf(a);
    pdf_table(p, &table);
    file = finished(p, 1);
    size_t light = greys(a, file, 204), dark = greys(a, file, 140);
    assert_true(light > 500);
    assert_in_range(dark, 2 * light - light / 4,
                    2 * light + light / 4); /* 100 is no darker than 45 */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_letter_says_what_was_put_in),
        TEST(the_language_is_said),
        TEST(every_page_has_head_foot_and_number),
        TEST(a_long_foot_takes_two_lines),
        TEST(an_empty_table_says_so),
        TEST(a_watermark_is_drawn_and_not_read),
        TEST(the_same_calls_give_the_same_bytes),
        TEST(pages_are_ranges_of_the_file),
        TEST(hostile_text_comes_out_as_text),
        TEST(long_names_do_not_break_the_page),
        TEST(a_long_story_goes_over_pages),
        TEST(a_picture_is_embedded_as_it_is),
        TEST(too_long_is_refused),
        TEST(the_font_of_the_office_is_there),
        TEST(two_thousand_rows_take_less_than_three_seconds),
        TEST(many_threads_make_the_same_document),
        TEST(charts_need_no_colour),
        TEST(a_code_has_its_corners),
    };
    return cmocka_run_group_tests_name("pdf", tests, NULL, NULL);
}
