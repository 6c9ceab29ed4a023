/* The whole complaint on paper, as it leaves the house: every page says who took it, when, and by which number it
 * can be checked. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/casework/casework_web.h"
#include "features/evidence/evidence.h"
#include "features/letter/letter.h"
#include "features/proof/proof_web.h"
#include "features/reporter/reporter_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define HISTORY_MAX 1000

/* A section that is one table, in the size of all of them. */
static void add_table(struct pdf *p, const char *heading, struct pdf_table table)
{
    table.text_pt = 9;
    pdf_heading(p, heading);
    pdf_table(p, &table);
}

/* --- what stands on every page ---------------------------------------------------------------------------- */

static enum err begin(struct cx *cx, const struct proof_copy *c, const char *number,
                      struct pdf **ret)
{
    const struct proof *p = c->proof;
    const char *taken = arena_printf(cx->arena, "%s · %s %s", cx->actor.name,
                                     proof_short_time(cx, p->made_at),
                                     time_zone_letters(cx->offset_min));
    const char *export = proof_number_text(cx->arena, p);
    const struct proof_sheet sheet = {
        .title = arena_printf(cx->arena, "Salinan pengaduan %s", number),
        .footer = arena_printf(cx->arena, "periksa: %s · %s · %s · %s", p->code, export, number,
                               taken),
        .watermark = arena_printf(cx->arena, "SALINAN %s\n%s", export, taken),
        .created_ms = p->made_at};
    return proof_sheet_begin(cx, &sheet, ret);
}

static const char *purpose(struct arena *a, const struct proof_copy *c)
{
    const char *reason = complaint_label(proof_reasons, c->proof->reason);
    if (str_empty(c->note))
        return reason;
    return str_eq(c->proof->reason, PROOF_REASON_OTHER)
               ? c->note
               : arena_printf(a, "%s: %s", reason, c->note);
}

static void add_head(struct cx *cx, struct pdf *p, const struct proof_copy *c, const char *number)
{
    const struct complaint *row = c->complaint;
    bool day_only = str_eq(row->reporter_mode, "anonymous") || c->text->received_at == 0;
    const char *state = complaint_label(complaint_states, row->state);
    const char *side = row->side ? complaint_label(complaint_sides, row->side) : NULL;
    const struct pdf_fact facts[] = {
        {"Pengaduan", number},
        {"Diterima",
         proof_received(cx, day_only ? row->received_at : c->text->received_at, day_only)},
        {"Cara", complaint_label(complaint_ways, row->way)},
        {"Golongan", complaint_label(complaint_classes, row->class)},
        {"Tahap", side ? arena_printf(cx->arena, "%s (%s)", state, side) : state},
        {"Diekspor oleh", cx->actor.name},
        {"Pada", proof_received(cx, c->proof->made_at, false)},
        {"Keperluan", purpose(cx->arena, c)},
    };
    pdf_title(p, "SALINAN BERKAS PENGADUAN",
              arena_printf(cx->arena, "Nomor ekspor: %s", proof_number_text(cx->arena, c->proof)));
    pdf_facts(p, facts, ARRAY_LEN(facts));
    pdf_note(p, "RAHASIA. Salinan ini memuat isi pengaduan yang disegel. Simpan seperti berkas "
                "perkara, jangan "
                "diperbanyak, dan musnahkan bila tidak diperlukan lagi.");
}

static void add_reporter(struct pdf *p, const struct proof_copy *c)
{
    if (c->reporter) {
        proof_sheet_reporter(p, c->reporter);
        return;
    }
    pdf_heading(p, "Pelapor");
    pdf_paragraph(p, c->complaint->reporter_sealed.n
                         ? "Identitas pelapor tidak disertakan dalam salinan ini."
                         : "Identitas pelapor tidak dicatat.");
}

/* --- what lies beside it ---------------------------------------------------------------------------------- */

/* "1,4 MB" */
static const char *size_text(struct arena *a, int64_t bytes)
{
    if (bytes < 1000000)
        return arena_printf(a, "%lld KB", (long long)((bytes + 999) / 1000));
    return arena_printf(a, "%lld,%lld MB", (long long)(bytes / 1000000),
                        (long long)(bytes / 100000 % 10));
}

static const char *added_by(const struct evidence_file *f)
{
    return str_eq(f->added_by, EVIDENCE_BY_REPORTER) ? "Pelapor" : str_or(f->adder, "");
}

#define PHOTOS_MAX      4
#define PHOTO_BYTES_MAX ((uint64_t)1024 * 1024) /* the copy has a ceiling of 8 MiB */

/* A file of the complaint in memory, through the source that a download would be sent from. */
static enum err read_file(struct cx *cx, const struct proof_copy *c, const char *id,
                          struct bytes *ret)
{
    struct http_res found = {.status = 200};
    TRY(evidence_send(cx, c->complaint, c->key, id, &found));
    uint64_t size = found.source.bytes, have = 0;
    uint8_t *bytes = arena_alloc(cx->arena, size < PHOTO_BYTES_MAX ? size + 1 : 1);
    enum err e = ERR_OK;
    while (e == ERR_OK && size < PHOTO_BYTES_MAX && have < size) {
        size_t n = 0;
        e = found.source.read(found.source.arg, bytes + have, (size_t)(size - have), &n);
        have += n;
        if (e == ERR_OK && n == 0)
            e = ERR_INTERNAL;
    }
    found.source.close(found.source.arg);
    *ret = (struct bytes){bytes, (size_t)have};
    return e;
}

/* Dokumentasi penerimaan: clean copies, as they were made when the photos came in. Whoever hands something over
 * is seen on them, so they leave the house only with the reporter's identity. */
static enum err add_photos(struct cx *cx, struct pdf *p, const struct proof_copy *c,
                           const struct evidence_file *files, size_t count)
{
    size_t shown = 0;
    for (size_t i = 0; c->reporter && i < count && shown < PHOTOS_MAX; i++) {
        struct bytes jpeg = {NULL, 0};
        if (!str_eq(files[i].kind, EVIDENCE_HANDOVER) || !files[i].copy_id || files[i].withdrawn_at)
            continue;
        TRY(read_file(cx, c, files[i].copy_id, &jpeg));
        if (shown++ == 0)
            pdf_heading(p, "Dokumentasi penerimaan");
        pdf_picture(p, &(struct pdf_picture){.jpeg = jpeg, .caption = files[i].name});
    }
    return ERR_OK;
}

/* The files themselves are not in the copy; who has one compares its hash. */
static enum err add_files(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    static const struct pdf_column columns[] = {{"No.", 7, PDF_RIGHT},
                                                {"Berkas", 34, PDF_LEFT},
                                                {"Ukuran", 13, PDF_RIGHT},
                                                {"Dari", 18, PDF_LEFT},
                                                {"SHA-256", 44, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    struct evidence_file *rows = NULL;
    size_t count = 0;
    TRY(evidence_list(cx, c->complaint, c->key, &rows, &count));
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        const char *row[] = {arena_printf(cx->arena, "%zu", i + 1),
                             arena_printf(cx->arena, "%s (%s%s)", rows[i].name,
                                          complaint_label(evidence_kinds, rows[i].kind),
                                          rows[i].withdrawn_at ? ", ditarik" : ""),
                             size_text(cx->arena, rows[i].bytes), added_by(&rows[i]),
                             rows[i].sha256};
        memcpy(cells + i * width, row, sizeof(row));
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = width,
                                    .cells = cells,
                                    .row_count = count,
                                    .empty = "Tidak ada berkas"};
    add_table(p, "Lampiran", table);
    return add_photos(cx, p, c, rows, count);
}

static enum err add_letters(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    static const struct pdf_column columns[] = {
        {"Tanggal", 16, PDF_LEFT}, {"Surat", 44, PDF_LEFT}, {"Nomor", 44, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    struct letter *rows = NULL;
    size_t count = 0;
    TRY(letter_of_complaint(cx->read, cx->actor.office_id, c->complaint->id, &rows, &count));
    if (count == 0)
        return ERR_OK;
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        const struct letter_kind *kind = letter_kind_of(rows[i].kind);
        cells[i * width] = arena_strndup(cx->arena, proof_short_time(cx, rows[i].dated_at), 10);
        cells[i * width + 1] = kind ? kind->label : "Surat";
        cells[i * width + 2] = rows[i].cancelled_at
                                   ? arena_printf(cx->arena, "%s (dibatalkan)", rows[i].number)
                                   : rows[i].number;
    }
    const struct pdf_table table = {
        .columns = columns, .column_count = width, .cells = cells, .row_count = count};
    add_table(p, "Surat", table);
    return ERR_OK;
}

/* --- history ---------------------------------------------------------------------------------- */

/* What was done, with the notes that only readers see. */
static enum err add_events(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    static const struct pdf_column columns[] = {
        {"Waktu", 20, PDF_LEFT}, {"Peristiwa", 52, PDF_LEFT}, {"Oleh", 28, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    struct case_event *rows = NULL;
    size_t count = 0;
    const char *office = cx->actor.office_id;
    TRY(casework_events(cx->read, office, c->complaint->id, &rows, &count));
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        char *note = NULL;
        const char *words = case_event_words(cx, &rows[i]);
        TRY(seal_drop_open(c->key, cx->arena, complaint_aad(cx->arena, c->complaint->id, "note"),
                           rows[i].note_sealed, &note));
        cells[i * width] = proof_short_time(cx, rows[i].at);
        cells[i * width + 1] = note ? arena_printf(cx->arena, "%s\n%s", words, note) : words;
        cells[i * width + 2] = staff_name(cx->read, office, rows[i].by_id);
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = width,
                                    .cells = cells,
                                    .row_count = count,
                                    .empty = "Belum ada"};
    add_table(p, "Riwayat penanganan", table);
    return ERR_OK;
}

static const char *joined(struct arena *a, const char **lines, size_t count)
{
    struct buf b = buf_new(a, 1024, 1024 * 1024);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%s", i ? "\n" : "", lines[i]);
    return b.p;
}

static enum err add_messages(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    static const struct pdf_column columns[] = {
        {"Waktu", 24, PDF_LEFT}, {"Dari", 22, PDF_LEFT}, {"Isi", 54, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    const struct message_view *rows = NULL;
    size_t count = 0;
    bool withdrawal = false;
    TRY(reporter_messages_fill(cx, c->complaint, c->key, false, &rows, &count, &withdrawal));
    if (count == 0)
        return ERR_OK;
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        const char *text = joined(cx->arena, rows[i].lines, rows[i].line_count);
        cells[i * width] = rows[i].when;
        cells[i * width + 1] = rows[i].who;
        cells[i * width + 2] = rows[i].withdrawal
                                   ? arena_printf(cx->arena, "Permintaan mencabut pengaduan\n%s",
                                                  text)
                                   : text;
    }
    const struct pdf_table table = {
        .columns = columns, .column_count = width, .cells = cells, .row_count = count};
    add_table(p, "Pesan dengan pelapor", table);
    return ERR_OK;
}

/* Who looked, who was let in, who took copies. */
static enum err add_looks(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    static const struct pdf_column columns[] = {
        {"Waktu", 20, PDF_LEFT}, {"Peristiwa", 48, PDF_LEFT}, {"Oleh", 32, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    struct audit_entry *rows = NULL;
    size_t count = 0;
    const char *office = cx->actor.office_id;
    TRY(audit_of_subject(cx->read, office, c->complaint->id, HISTORY_MAX, &rows, &count));
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        cells[i * width] = proof_short_time(cx, rows[i].at);
        cells[i * width + 1] = audit_action_label(rows[i].action);
        cells[i * width + 2] = str_empty(rows[i].actor_id)
                                   ? "Program"
                                   : staff_name(cx->read, office, rows[i].actor_id);
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = width,
                                    .cells = cells,
                                    .row_count = count,
                                    .empty = "Belum ada"};
    add_table(p, "Jejak akses dan perubahan", table);
    return ERR_OK;
}

/* --- how it is checked ------------------------------------------------------------------------------------------ */

static enum err add_proof(struct cx *cx, struct pdf *p, const struct proof_copy *c)
{
    const char *url = proof_check_url(cx, c->proof->code);
    const char *text = arena_printf(cx->arena,
                                    "Pindai kode ini atau buka %s. Kantor menyimpan sidik SHA-256 "
                                    "berkas ini dan setiap halamannya, bukan "
                                    "berkasnya. Halaman itu mencocokkan berkas PDF dengan sidiknya "
                                    "dan tidak menyebut isi pengaduan.",
                                    url);
    pdf_heading(p, "Pemeriksaan keaslian");
    return proof_sheet_code(
        cx, p, url,
        &(struct pdf_code){.title = arena_printf(cx->arena, "Kode pemeriksaan %s", c->proof->code),
                           .text = text});
}

static enum err copy_pdf(struct cx *cx, const struct proof_copy *c, struct bytes *ret)
{
    struct pdf *p = NULL;
    const struct complaint *row = c->complaint;
    const char *number = complaint_number_text(cx->arena, row->number, row->year);
    TRY(begin(cx, c, number, &p));
    add_head(cx, p, c, number);
    add_reporter(p, c);
    proof_sheet_content(cx, p, c->text);
    TRY(add_files(cx, p, c));
    TRY(add_letters(cx, p, c));
    TRY(add_messages(cx, p, c));
    TRY(add_events(cx, p, c));
    TRY(add_looks(cx, p, c));
    TRY(add_proof(cx, p, c));
    return proof_sheet_end(cx, p, ret);
}

/* Words of other features come in the language of the request; a paper is in Indonesian. */
enum err proof_copy_pdf(struct cx *cx, const struct proof_copy *c, struct bytes *ret)
{
    enum lang lang = cx->lang;
    cx->lang = LANG_ID;
    enum err e = copy_pdf(cx, c, ret);
    cx->lang = lang;
    return e;
}
