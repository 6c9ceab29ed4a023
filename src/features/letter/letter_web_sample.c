/* A look at a template: filled with invented data, so that nobody opens a complaint to see a letterhead. */
#include <string.h>

#include "features/letter/letter_web.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define SAMPLE_ROWS 12u

/* --- of a complaint -------------------------------------------------------------------------------------- */

static const struct letter_input *sample_input(struct arena *a)
{
    struct letter_input *in = ARENA_NEW(a, struct letter_input);
    static struct letter_person team[] = {
        {"Nama Jaksa Pertama, S.H.", "Jaksa Muda (III/d)", "19800101 200501 1 001",
         "Jaksa Fungsional"},
        {"Nama Jaksa Kedua, S.H., M.H.", "Jaksa Pratama (III/c)", "19850202 201001 2 002",
         "Jaksa Fungsional"},
    };
    *in = (struct letter_input){.addressee = "Kepala Kejaksaan Negeri\ndi tempat",
                                .subject = "Contoh perihal surat",
                                .nature = "Rahasia",
                                .attachment = "1 (satu) berkas",
                                .basis = "Contoh dasar pertama.\nContoh dasar kedua.",
                                .body = "Contoh isi surat.\nAlinea kedua dari isi surat.",
                                .analysis = "Contoh analisa.",
                                .conclusion = "Contoh kesimpulan.",
                                .advice = "Contoh saran.",
                                .task = "Contoh tugas.",
                                .period = "7 (tujuh) hari kerja",
                                .note = "Contoh catatan.",
                                .copies = "Yth. Kepala Kejaksaan Tinggi\nArsip",
                                .value = "B-2",
                                .signer = {"Nama Pejabat, S.H., M.H.", "Jaksa Madya (IV/a)",
                                           "19700303 199503 1 003", "Kepala Kejaksaan Negeri"},
                                .team = team,
                                .team_count = ARRAY_LEN(team)};
    return in;
}

static const struct complaint_text *sample_text(struct arena *a)
{
    struct complaint_text *t = ARENA_NEW(a, struct complaint_text);
    static struct complaint_party parties[] = {
        {"Nama Terlapor", "Jabatan terlapor", "Instansi terlapor"}};
    static struct complaint_document documents[] = {{"Surat pengaduan", "original", 1},
                                                    {"Foto", "copy", 3}};
    *t = (struct complaint_text){.text = "Contoh uraian pengaduan.\nAlinea kedua dari uraian.",
                                 .parties = parties,
                                 .party_count = ARRAY_LEN(parties),
                                 .questions = {"Contoh siapa", "Contoh kapan", "Contoh di mana",
                                               "Contoh bagaimana", "Contoh mengapa"},
                                 .place = "Contoh tempat",
                                 .period = "Contoh masa",
                                 .loss_rupiah = 12500000,
                                 .earlier = "Belum pernah",
                                 .documents = documents,
                                 .document_count = ARRAY_LEN(documents)};
    return t;
}

static enum err sample_case(struct cx *cx, const char *kind, struct bytes file, struct bytes *ret)
{
    static const struct complaint_reporter reporter = {.name = "Nama Pelapor",
                                                       .id_type = "ktp",
                                                       .id_number = "0000 0000 0000 0000",
                                                       .occupation = "Pekerjaan pelapor",
                                                       .address = "Alamat pelapor",
                                                       .phone = "0800 0000 0000"};
    const struct letter_intake intake = {.number = "PGD-0/2026",
                                         .received_at = cx->now_ms,
                                         .way = "counter",
                                         .reporter_mode = "confidential",
                                         .class = "corruption",
                                         .text = sample_text(cx->arena),
                                         .reporter = &reporter,
                                         .officer_name = "Nama Petugas",
                                         .officer_title = "Petugas PTSP",
                                         .officer_nip = "19900404 201501 1 004",
                                         .receipt = "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-X",
                                         .receipt_address = "contoh"};
    const struct letter letter = {.number = "CONTOH-0/KODE/XX.0/01/2026"};
    const char *place = "";
    TRY(letter_place(cx->read, cx->actor.office_id, &place));
    const struct letter_case c = {.kind = kind,
                                  .letter = &letter,
                                  .input = sample_input(cx->arena),
                                  .intake = &intake,
                                  .dated_at = cx->now_ms,
                                  .place = place};
    return letter_fill(cx, &c, file, ret);
}

/* --- of no complaint: the examples of the placeholders --------------------------------------------------------- */

/* Part n of "a|b|c"; NULL beyond the last. */
static const char *example_of(struct arena *a, const char *examples, size_t n)
{
    const char *p = examples;
    for (; n > 0 && p; n--) {
        p = strchr(p, '|');
        p += p != NULL;
    }
    return p ? arena_strndup(a, p, strcspn(p, "|")) : NULL;
}

/* A row of the list whose columns follow; false: its columns have no example for it. */
static bool sample_row(struct arena *a, const struct letter_placeholder *columns, size_t n,
                       struct docx_row *ret)
{
    size_t count = 0;
    bool any = false;
    while (columns[count].section == 2)
        count++;
    struct docx_item *items = ARENA_ARRAY(a, count + 1, struct docx_item);
    for (size_t i = 0; i < count; i++) {
        const char *text = columns[i].example ? example_of(a, columns[i].example, n)
                                              : arena_printf(a, "%zu", n + 1);
        any |= columns[i].example && text;
        items[i] = (struct docx_item){.name = columns[i].name, .text = str_or(text, "")};
    }
    *ret = (struct docx_row){.items = items, .count = count};
    return any;
}

static struct docx_item sample_item(struct cx *cx, const struct letter_placeholder *p)
{
    if (p->section == 3)
        return letter_qr(cx, p->example);
    struct docx_item item = {.name = p->name, .text = p->section == 0 ? p->example : NULL};
    item.shown = p->section == 1 && !str_empty(p->example);
    if (p->section != 1 || p[1].section != 2)
        return item;
    struct docx_row *rows = ARENA_ARRAY(cx->arena, SAMPLE_ROWS, struct docx_row);
    while (item.row_count < SAMPLE_ROWS &&
           sample_row(cx->arena, p + 1, item.row_count, &rows[item.row_count]))
        item.row_count++;
    item.rows = rows;
    return item;
}

static enum err sample_paper(struct cx *cx, const struct letter_kind *k, struct bytes file,
                             struct bytes *ret)
{
    const struct letter_placeholder *list = letter_placeholders(cx->arena, k);
    size_t n = 0;
    while (list[n].name)
        n++;
    struct docx_item *items = ARENA_ARRAY(cx->arena, n + 1, struct docx_item);
    struct letter_paper paper = {
        .kind = k->code, .title = k->label, .items = items, .dated_at = cx->now_ms};
    for (size_t i = 0; i < n; i++) {
        bool has_columns = list[i].section == 1 && list[i + 1].section == 2;
        if (list[i].section != 2 && (list[i].example || has_columns))
            items[paper.count++] = sample_item(cx, &list[i]);
    }
    return letter_fill_paper(cx, &paper, file, ret);
}

enum err letter_sample(struct cx *cx, const struct letter_kind *k, struct bytes file,
                       struct bytes *ret)
{
    return k->of == LETTER_OF_COMPLAINT ? sample_case(cx, k->code, file, ret)
                                        : sample_paper(cx, k, file, ret);
}
