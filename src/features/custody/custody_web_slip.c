/* What a guest left at the counter, in the office's own letter (features/letter, kind deposit). The letter is Indonesian
 * whatever the language of the page. */
#include "features/audit/audit.h"
#include "features/custody/custody_web.h"
#include "features/letter/letter_web.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/docx/docx.h"
#include "lib/base/banned.h"

#define ITEMS_MAX 20u

struct slip {
    struct visit visit;
    struct item *items;
    size_t count;
    struct staff officer;
    struct docx_item words[ITEMS_MAX];
    size_t word_count;
};

/* NULL or "": a blank for the pen. */
static void put(struct slip *s, const char *name, const char *text)
{
    if (s->word_count < ITEMS_MAX)
        s->words[s->word_count++] = (struct docx_item){.name = name,
                                                       .text = str_empty(text) ? NULL : text};
}

static void put_shown(struct slip *s, const char *name, bool shown)
{
    if (s->word_count < ITEMS_MAX)
        s->words[s->word_count++] = (struct docx_item){.name = name, .shown = shown};
}

static const char *state_of(struct cx *cx, const struct item *i)
{
    int64_t at = i->returned_at ? i->returned_at : i->lost_at;
    if (!at)
        return "Disimpan";
    return arena_printf(cx->arena, "%s %s", i->returned_at ? "Kembali" : "Hilang",
                        time_hm(cx->arena, at, cx->offset_min));
}

static struct docx_row row_of(struct cx *cx, const struct item *i, size_t number)
{
    const struct docx_item columns[] = {
        {.name = "nomor", .text = arena_printf(cx->arena, "%zu", number)},
        {.name = "jenis", .text = custody_kind_label(i->kind)},
        {.name = "rincian", .text = str_or(i->label, "")},
        {.name = "tempat", .text = str_or(i->slot, "")},
        {.name = "waktu", .text = time_hm(cx->arena, i->taken_at, cx->offset_min)},
        {.name = "keadaan", .text = state_of(cx, i)}};
    return (struct docx_row){arena_memdup(cx->arena, columns, sizeof(columns)), ARRAY_LEN(columns)};
}

static void put_things(struct cx *cx, struct slip *s)
{
    struct docx_row *rows = ARENA_ARRAY(cx->arena, s->count + 1, struct docx_row);
    size_t cards = 0, back = 0;
    for (size_t i = 0; i < s->count; i++) {
        rows[i] = row_of(cx, &s->items[i], i + 1);
        cards += str_eq(s->items[i].kind, "id_card");
        back += s->items[i].returned_at != 0;
    }
    put(s, "jumlah_barang", arena_printf(cx->arena, "%zu", s->count));
    put_shown(s, "ada_kartu", cards > 0);
    put_shown(s, "ada_perangkat", cards < s->count);
    put_shown(s, "semua_kembali", back == s->count);
    s->words[s->word_count++] = (struct docx_item){
        .name = "barang", .rows = rows, .row_count = s->count};
}

static void put_guest(struct cx *cx, struct slip *s)
{
    const struct visit *v = &s->visit;
    put(s, "nomor_kunjungan", visit_number_text(cx->arena, v));
    put(s, "tamu_nama", v->name);
    put(s, "tamu_organisasi", v->organization);
    put(s, "tanda_pengenal", v->badge);
    put(s, "alasan_tanpa_kartu", v->no_card_reason);
    put(s, "waktu_titip", time_paper_moment(cx->arena, s->items[0].taken_at, cx->offset_min));
    put(s, "petugas_nama", s->officer.name);
    put(s, "petugas_jabatan", s->officer.title);
    put(s, "petugas_nip", s->officer.nip);
}

static enum err read_slip(struct cx *cx, const struct http_req *req, struct slip *s)
{
    const char *office = cx->actor.office_id, *id = http_param(req, "id");
    TRY(visit_must_exist(cx, id, &s->visit));
    TRY(custody_items(cx->read, office, id, &s->items, &s->count));
    if (s->count == 0)
        return cx_fail(cx, ERR_MISSING, "nothing_held", T("Tamu ini tidak menitipkan barang."));
    enum err e = staff_get(cx->read, office, s->items[0].taken_by, &s->officer);
    return e == ERR_MISSING ? ERR_OK : e;
}

/* The code holds the visit's id, which the field of the return page takes like a badge. */
enum err custody_slip_docx_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct slip *s = ARENA_NEW(cx->arena, struct slip);
    struct bytes file;
    TRY(read_slip(cx, req, s));
    put_guest(cx, s);
    put_things(cx, s);
    s->words[s->word_count++] = letter_qr(cx, s->visit.id);
    const char *number = visit_number_text(cx->arena, &s->visit);
    const struct letter_paper paper = {
        .kind = "deposit",
        .title = arena_printf(cx->arena, "Tanda titip barang %s", number),
        .items = s->words,
        .count = s->word_count,
        .dated_at = s->items[0].taken_at};
    TRY(letter_paper(cx, &paper, &file));
    TRY(audit_note(cx, "letter_fetched", "visit", s->visit.id, "kind=deposit"));
    return letter_send(cx, res, file,
                       letter_file_name(cx, arena_printf(cx->arena, "Tanda titip %s", number)));
}
