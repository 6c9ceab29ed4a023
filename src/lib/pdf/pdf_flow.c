/* From pieces to pages: the same walk twice. The first counts pages for "Halaman 2 dari 7", the second draws; both
 * take the same turns, because what they ask of a text is only its number of lines. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo-pdf.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define NOTE_PT   9.5
#define FOOTER_PT 8.0
#define GREY      0.35

double flow_width(const struct flow *f)
{
    return f->p->right - f->p->left;
}

struct style flow_body(const struct flow *f)
{
    return (struct style){.pt = f->p->info.text_pt, .align = TEXT_JUSTIFY};
}

/* --- a page ------------------------------------------------------------------------------------------------ */

/* "Halaman 2 dari 7" */
static const char *page_number(const struct flow *f)
{
    const char *words = f->p->info.page_words;
    const char *first = strstr(words, "%d");
    const char *second = first ? strstr(first + 2, "%d") : NULL;
    if (!second)
        return "";
    return arena_printf(f->p->arena, "%.*s%zu%.*s%zu%s", (int)(first - words), words, f->page,
                        (int)(second - first - 2), first + 2, f->pages, second + 2);
}

/* At most two lines: what matters stands first. */
static void draw_footer_words(const struct flow *f, double y, double width)
{
    struct style s = {.pt = FOOTER_PT, .align = TEXT_LEFT};
    CLEAN_LAYOUT PangoLayout *layout = text_layout(f, &s, width);
    text_set(layout, f->p->info.footer);
    text_draw(f, layout, &s, (struct text_place){f->p->left, y, 0, 2});
}

static void draw_footer(const struct flow *f)
{
    const struct pdf *p = f->p;
    const double number_width = 96;
    struct style s = {.pt = FOOTER_PT, .align = TEXT_RIGHT};
    double y = p->bottom + 5 * MM;
    cairo_set_source_rgb(f->cr, GREY, GREY, GREY);
    cairo_set_line_width(f->cr, 0.5);
    cairo_move_to(f->cr, p->left, y);
    cairo_line_to(f->cr, p->right, y);
    cairo_stroke(f->cr);
    struct text_place at = {.x = p->right - number_width, .y = y + 2};
    (void)text_put(f, &s, page_number(f), at, number_width);
    draw_footer_words(f, y + 2, flow_width(f) - number_width - 6);
    cairo_set_source_rgb(f->cr, 0, 0, 0);
}

/* As outlines, not as text: it is in the way of whoever copies the page, not of whoever reads it aloud. Drawn
 * once a document; the pages refer to it. */
static cairo_surface_t *make_watermark(const struct flow *f)
{
    const struct pdf *p = f->p;
    const cairo_rectangle_t paper = {0, 0, p->width, p->height};
    struct style s = {.pt = 24, .bold = true, .align = TEXT_CENTER};
    double across = hypot(p->width, p->height) * 0.72;
    CLEAN_LAYOUT PangoLayout *layout = text_layout(f, &s, across);
    text_set(layout, p->info.watermark);
    int height = 0;
    pango_layout_get_size(layout, NULL, &height);
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &paper);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 0.915, 0.915, 0.915);
    for (int i = 0; i < 2; i++) {
        cairo_save(cr);
        cairo_translate(cr, p->width / 2, p->height * (i == 0 ? 0.30 : 0.70));
        cairo_rotate(cr, -0.62);
        cairo_move_to(cr, -across / 2, -(double)height / PANGO_SCALE / 2);
        pango_cairo_layout_path(cr, layout);
        cairo_fill(cr);
        cairo_restore(cr);
    }
    cairo_destroy(cr);
    return surface;
}

static void draw_watermark(const struct flow *f)
{
    if (!f->watermark)
        return;
    cairo_set_source_surface(f->cr, f->watermark, 0, 0);
    cairo_paint(f->cr);
    cairo_set_source_rgb(f->cr, 0, 0, 0);
}

static void begin_page(struct flow *f)
{
    f->page++;
    f->y = f->p->top;
    if (!f->cr)
        return;
    draw_watermark(f);
    draw_footer(f);
}

void flow_new_page(struct flow *f)
{
    if (f->cr)
        cairo_show_page(f->cr);
    begin_page(f);
}

void flow_need(struct flow *f, double height)
{
    if (f->y + height > f->p->bottom && f->y > f->p->top)
        flow_new_page(f);
}

/* --- text over pages ------------------------------------------------------------------------------------------ */

/* How many of `left` lines go on this page; 0: none, on the next. */
static int lines_here(const struct flow *f, double height, int left)
{
    int room = (int)floor((f->p->bottom - f->y) / height + 1e-6);
    bool fresh = f->y <= f->p->top;
    if (room >= left)
        return left;
    if (!fresh && room < 2)
        return 0;
    if (left - room == 1 && room > 2)
        return room - 1; /* the last line is not left alone */
    return room > 0 ? room : 1;
}

void flow_text(struct flow *f, const struct style *s, const char *text, struct text_place at,
               double width)
{
    double height = text_line_height(s);
    CLEAN_LAYOUT PangoLayout *layout = text_layout(f, s, width);
    text_set(layout, text);
    int lines = text_lines(layout);
    at.first = 0;
    while (at.first < lines) {
        at.count = lines_here(f, height, lines - at.first);
        if (at.count == 0) {
            flow_new_page(f);
            continue;
        }
        at.y = f->y;
        text_draw(f, layout, s, at);
        f->y += at.count * height;
        at.first += at.count;
        if (at.first < lines)
            flow_new_page(f);
    }
}

static void flow_title(struct flow *f, const struct block *b)
{
    struct style s = {.pt = f->p->info.text_pt + 1.5, .bold = true, .align = TEXT_CENTER};
    struct style small = {.pt = f->p->info.text_pt, .align = TEXT_CENTER};
    double width = flow_width(f);
    flow_need(f, text_height(f, &s, b->text, width) + 60);
    f->y += text_put(f, &s, b->text, (struct text_place){.x = f->p->left, .y = f->y}, width);
    f->y += text_put(f, &small, b->more, (struct text_place){.x = f->p->left, .y = f->y}, width);
    f->y += 4 * MM;
}

static void flow_heading(struct flow *f, const struct block *b)
{
    struct style s = {.pt = f->p->info.text_pt, .bold = true, .align = TEXT_LEFT};
    flow_need(f, text_height(f, &s, b->text, flow_width(f)) + 22 * MM);
    if (f->y > f->p->top)
        f->y += 2.5 * MM;
    if (f->cr) {
        char *place = arena_printf(f->p->arena, "page=%zu pos=[%d %d]", f->page, (int)f->p->left,
                                   (int)f->y);
        (void)cairo_pdf_surface_add_outline(f->surface, CAIRO_PDF_OUTLINE_ROOT, b->text, place, 0);
    }
    f->y += text_put(f, &s, b->text, (struct text_place){.x = f->p->left, .y = f->y}, flow_width(f));
    f->y += 1.2 * MM;
}

static void flow_block(struct flow *f, const struct block *b)
{
    struct style body = flow_body(f);
    struct style note = {.pt = NOTE_PT, .align = TEXT_LEFT};
    struct text_place at = {.x = f->p->left};
    switch (b->kind) {
    case BLOCK_LETTERHEAD:
        block_letterhead(f, &b->u.letterhead);
        break;
    case BLOCK_TITLE:
        flow_title(f, b);
        break;
    case BLOCK_HEADING:
        flow_heading(f, b);
        break;
    case BLOCK_PARAGRAPH:
        flow_text(f, &body, b->text, at, flow_width(f));
        f->y += 2 * MM;
        break;
    case BLOCK_NOTE:
        flow_text(f, &note, b->text, at, flow_width(f));
        f->y += 2 * MM;
        break;
    case BLOCK_FACTS:
        block_facts(f, b->u.facts.items, b->u.facts.count);
        break;
    case BLOCK_TABLE:
        block_table(f, &b->u.table);
        break;
    case BLOCK_BARS:
        block_bars(f, b->u.bars.items, b->u.bars.count);
        break;
    case BLOCK_SIGNATURES:
        block_signatures(f, b->u.signatures.items, b->u.signatures.count);
        break;
    case BLOCK_CODE:
        block_code(f, &b->u.code);
        break;
    case BLOCK_PICTURE:
        block_picture(f, &b->u.picture);
        break;
    case BLOCK_PAGE:
        flow_new_page(f);
        break;
    }
}

void flow_blocks(struct flow *f)
{
    f->page = 0;
    begin_page(f);
    for (const struct block *b = f->p->first; b && f->page <= PDF_MAX_PAGES; b = b->next)
        flow_block(f, b);
    if (f->cr)
        cairo_show_page(f->cr);
}

/* --- the file -------------------------------------------------------------------------------------------------- */

static cairo_status_t write_bytes(void *arg, const unsigned char *data, unsigned length)
{
    struct buf *b = arg;
    buf_add(b, data, length);
    return b->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_properties(cairo_surface_t *surface, const struct pdf *p)
{
    const struct pdf_info *i = &p->info;
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, i->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, i->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Buku Tamu");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   time_rfc3339(p->arena, i->created_ms, i->offset_min));
}

/* Hinting and pixel rounding are for screens; on paper widths must be the font's own. */
static PangoContext *new_context(PangoFontMap *fonts, const struct pdf *p)
{
    PangoContext *context = pango_font_map_create_context(fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    pango_context_set_language(context, pango_language_from_string(p->info.language));
    return context;
}

static enum err draw(struct flow *f, const struct pdf *p, struct buf *b)
{
    f->surface = cairo_pdf_surface_create_for_stream(write_bytes, b, p->width, p->height);
    set_properties(f->surface, p);
    f->cr = cairo_create(f->surface);
    pango_cairo_update_context(f->cr, f->context);
    f->watermark = str_empty(p->info.watermark) ? NULL : make_watermark(f);
    flow_blocks(f);
    cairo_status_t status = cairo_status(f->cr);
    cairo_destroy(f->cr);
    if (f->watermark)
        cairo_surface_destroy(f->watermark);
    cairo_surface_finish(f->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(f->surface);
    cairo_surface_destroy(f->surface);
    f->cr = NULL;
    f->surface = NULL;
    if (b->full)
        return ERR_LIMIT;
    return status == CAIRO_STATUS_SUCCESS ? ERR_OK : ERR_INTERNAL;
}

/* Font maps are not for several threads: each document has its own. */
enum err pdf_finish(struct pdf *p, struct pdf_file *ret)
{
    PangoFontMap *fonts = pango_cairo_font_map_new();
    struct flow f = {.p = p, .context = new_context(fonts, p)};
    struct buf b = buf_new(p->arena, 64 * 1024, PDF_MAX_BYTES);
    flow_blocks(&f);
    f.pages = f.page;
    enum err e = f.pages > PDF_MAX_PAGES ? ERR_LIMIT : draw(&f, p, &b);
    g_object_unref(f.context);
    g_object_unref(fonts);
    if (e != ERR_OK)
        return e;
    struct bytes file = {(const uint8_t *)b.p, b.n};
    *ret = (struct pdf_file){.data = pdf_with_language(p->arena, file, p->info.language),
                             .pages = f.page};
    return ERR_OK;
}

const char *pdf_font(struct arena *a)
{
    PangoFontMap *fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(fonts);
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_family_static(wanted, PDF_FAMILY_TEXT);
    pango_font_description_set_size(wanted, 12 * PANGO_SCALE);
    PangoFont *font = pango_context_load_font(context, wanted);
    PangoFontDescription *is = font ? pango_font_describe(font) : NULL;
    const char *family = is ? arena_strdup(a, pango_font_description_get_family(is)) : "";
    if (is)
        pango_font_description_free(is);
    g_clear_object(&font);
    pango_font_description_free(wanted);
    g_object_unref(context);
    g_object_unref(fonts);
    return str_or(family, "");
}

/* --- the sanitizers --------------------------------------------------------------------------- */
#if defined(__SANITIZE_ADDRESS__)
#define LEAKS_ARE_LOOKED_FOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAKS_ARE_LOOKED_FOR 1
#endif
#if __has_feature(thread_sanitizer)
#define RACES_ARE_LOOKED_FOR 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define RACES_ARE_LOOKED_FOR 1
#endif
#ifdef LEAKS_ARE_LOOKED_FOR
/* fontconfig reads its settings once for the process, and points to some of them in ways that the checker cannot
 * follow. Called by the sanitizer. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif
#ifdef RACES_ARE_LOOKED_FOR
/* GLib's locks are its own (futexes), which the checker of races does not see: what pango hands to its font thread
 * under them looks unguarded. Called by the sanitizer. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libglib-2.0.so\nrace:libgobject-2.0.so\nrace:libfontconfig.so\n"
           "race:libpango-1.0.so\nrace:libpangoft2-1.0.so\nrace:libpangocairo-1.0.so\n"
           "race:libcairo.so\nrace:libharfbuzz.so\nrace:libfreetype.so\n";
}
#endif
