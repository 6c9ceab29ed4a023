/* A document while it is written down: pieces in a list, texts cleaned and copied. pdf_flow.c sets them. */
#include "lib/pdf/pdf.h"

#include <string.h>

#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define A4_SHORT       (210 * MM)
#define A4_LONG        (297 * MM)
#define NAME_MAX_CHARS 200 /* in pieces that must stay on one page */
#define NOTE_MAX_CHARS 1200

struct pdf *pdf_new(struct arena *a, const struct pdf_info *info)
{
    struct pdf *p = ARENA_NEW(a, struct pdf);
    p->arena = a;
    p->info = *info;
    p->info.title = text_clean(a, info->title, false, NAME_MAX_CHARS);
    p->info.author = text_clean(a, info->author, false, NAME_MAX_CHARS);
    p->info.footer = text_clean(a, info->footer, false, NAME_MAX_CHARS);
    p->info.watermark = text_clean(a, info->watermark, true, NAME_MAX_CHARS);
    p->info.language = arena_strdup(a, str_or(info->language, "id-ID"));
    p->info.page_words = arena_strdup(a, str_or(info->page_words, "Halaman %d dari %d"));
    p->info.text_pt = info->text_pt > 0 ? info->text_pt : 11.5;
    p->width = info->landscape ? A4_LONG : A4_SHORT;
    p->height = info->landscape ? A4_SHORT : A4_LONG;
    p->left = (info->landscape ? 15 : 25) * MM;
    p->right = p->width - (info->landscape ? 15 : 20) * MM;
    p->top = 15 * MM;
    p->bottom = p->height - 20 * MM;
    return p;
}

static struct block *add(struct pdf *p, enum block_kind kind)
{
    struct block *b = ARENA_NEW(p->arena, struct block);
    b->kind = kind;
    if (p->last)
        p->last->next = b;
    else
        p->first = b;
    p->last = b;
    return b;
}

static const char *name(struct pdf *p, const char *s)
{
    return text_clean(p->arena, s, false, NAME_MAX_CHARS);
}

static const char *lines(struct pdf *p, const char *s)
{
    return text_clean(p->arena, s, true, NOTE_MAX_CHARS);
}

void pdf_letterhead(struct pdf *p, const struct pdf_letterhead *l)
{
    struct block *b = add(p, BLOCK_LETTERHEAD);
    const char *address = l->address;
    if (!str_empty(l->phone))
        address = arena_printf(p->arena, "%s%sTelepon %s", str_or(address, ""),
                               str_empty(address) ? "" : " · ", phone_dialled(p->arena, l->phone));
    b->u.letterhead = (struct pdf_letterhead){.parent = str_upper(p->arena, name(p, l->parent)),
                                              .office = str_upper(p->arena, name(p, l->office)),
                                              .address = name(p, address)};
}

void pdf_title(struct pdf *p, const char *title, const char *number)
{
    struct block *b = add(p, BLOCK_TITLE);
    b->text = lines(p, title);
    b->more = name(p, number);
}

void pdf_heading(struct pdf *p, const char *text)
{
    add(p, BLOCK_HEADING)->text = name(p, text);
}

void pdf_paragraph(struct pdf *p, const char *text)
{
    if (!str_empty(text))
        add(p, BLOCK_PARAGRAPH)->text = text_clean(p->arena, text, true, 0);
}

void pdf_note(struct pdf *p, const char *text)
{
    if (!str_empty(text))
        add(p, BLOCK_NOTE)->text = text_clean(p->arena, text, true, 0);
}

void pdf_facts(struct pdf *p, const struct pdf_fact *facts, size_t count)
{
    struct block *b = add(p, BLOCK_FACTS);
    b->u.facts.items = ARENA_ARRAY(p->arena, count + 1, struct pdf_fact);
    b->u.facts.count = count;
    for (size_t i = 0; i < count; i++)
        b->u.facts.items[i] = (struct pdf_fact){
            .label = name(p, facts[i].label),
            .value = text_clean(p->arena, facts[i].value, true, 0)};
}

void pdf_table(struct pdf *p, const struct pdf_table *t)
{
    struct block *b = add(p, BLOCK_TABLE);
    size_t columns = t->column_count < PDF_COLUMNS ? t->column_count : PDF_COLUMNS;
    struct pdf_column *heads = ARENA_ARRAY(p->arena, columns + 1, struct pdf_column);
    const char **cells = ARENA_ARRAY(p->arena, columns * t->row_count + 1, const char *);
    for (size_t i = 0; i < columns; i++) {
        heads[i] = t->columns[i];
        heads[i].head = name(p, t->columns[i].head);
    }
    for (size_t row = 0; row < t->row_count; row++) {
        for (size_t i = 0; i < columns; i++)
            cells[row * columns + i] = text_clean(p->arena, t->cells[row * t->column_count + i],
                                                  true, 0);
    }
    uint8_t *shades = ARENA_ARRAY(p->arena, columns * t->row_count + 1, uint8_t);
    for (size_t row = 0; t->shades && row < t->row_count; row++)
        memcpy(shades + row * columns, t->shades + row * t->column_count, columns);
    b->u.table = *t;
    b->u.table.caption = name(p, t->caption);
    b->u.table.empty = name(p, t->empty);
    b->u.table.columns = heads;
    b->u.table.column_count = columns;
    b->u.table.cells = cells;
    b->u.table.shades = shades;
}

void pdf_bars(struct pdf *p, const struct pdf_bar *bars, size_t count)
{
    if (count == 0)
        return;
    struct block *b = add(p, BLOCK_BARS);
    b->u.bars.items = ARENA_ARRAY(p->arena, count, struct pdf_bar);
    b->u.bars.count = count;
    for (size_t i = 0; i < count; i++) {
        b->u.bars.items[i] = bars[i];
        b->u.bars.items[i].label = name(p, bars[i].label);
        b->u.bars.items[i].value = name(p, bars[i].value);
    }
}

void pdf_signatures(struct pdf *p, const struct pdf_signature *s, size_t count)
{
    struct block *b = add(p, BLOCK_SIGNATURES);
    b->u.signatures.count = count < PDF_SIGNATURES ? count : PDF_SIGNATURES;
    for (size_t i = 0; i < b->u.signatures.count; i++)
        b->u.signatures.items[i] = (struct pdf_signature){
            .place_date = name(p, s[i].place_date),
            .role = text_clean(p->arena, s[i].role, true, NAME_MAX_CHARS),
            .name = name(p, s[i].name),
            .below = text_clean(p->arena, s[i].below, true, NAME_MAX_CHARS)};
}

void pdf_code(struct pdf *p, const struct pdf_code *c)
{
    struct block *b = add(p, BLOCK_CODE);
    size_t n = (size_t)c->modules * (size_t)c->modules;
    b->u.code = (struct pdf_code){.modules = c->modules,
                                  .dark = arena_memdup(p->arena, c->dark, n),
                                  .title = name(p, c->title),
                                  .secret = lines(p, c->secret),
                                  .text = lines(p, c->text)};
}

void pdf_picture(struct pdf *p, const struct pdf_picture *i)
{
    int width = 0, height = 0;
    if (!jpeg_size(i->jpeg, &width, &height))
        return;
    struct block *b = add(p, BLOCK_PICTURE);
    b->u.picture.it = *i;
    b->u.picture.it.caption = name(p, i->caption);
    b->u.picture.width = width;
    b->u.picture.height = height;
}

void pdf_page_break(struct pdf *p)
{
    (void)add(p, BLOCK_PAGE);
}

/* --- pages of a finished file ------------------------------------------------------------------------------ */

#define PAGE_MARK "/Type /Page % "
#define PAGE_END  "\nendobj\n"

void pdf_page_ends(struct bytes file, size_t *ret_ends, size_t max, size_t *ret_count)
{
    size_t at = 0, count = 0;
    while (count < max && at < file.n) {
        const uint8_t *mark = memmem(file.p + at, file.n - at, PAGE_MARK, strlen(PAGE_MARK));
        if (!mark)
            break;
        size_t from = (size_t)(mark - file.p);
        const uint8_t *end = memmem(mark, file.n - from, PAGE_END, strlen(PAGE_END));
        if (!end)
            break;
        at = (size_t)(end - file.p) + strlen(PAGE_END);
        ret_ends[count++] = at;
    }
    *ret_count = count;
}
