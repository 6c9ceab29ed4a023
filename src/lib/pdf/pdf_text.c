/* Setting text: what people wrote is cleaned once, when it is added; lines have one height whatever fonts they
 * need, so that a page can be counted in lines. */
#include <math.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define FAMILY_FIXED "Liberation Mono, DejaVu Sans Mono, monospace"

/* Marks that stand over each other on one letter would paint over other lines. */
#define MARKS_MAX 6

#define REPLACEMENT "\xEF\xBF\xBD"

static bool in_range(uint32_t c, uint32_t from, uint32_t until)
{
    return c >= from && c <= until;
}

/* Draws nothing, or only changes in which order the rest is read. */
static bool is_silent(uint32_t c)
{
    return c == 0x00AD || c == 0x061C || c == 0x180E || c == 0x200B ||
           in_range(c, 0x200E, 0x200F) || in_range(c, 0x202A, 0x202E) ||
           in_range(c, 0x2060, 0x206F) || c == 0xFEFF || c == '\r' || in_range(c, 0xFFF9, 0xFFFB) ||
           in_range(c, 0xE0000, 0xE0FFF);
}

static bool is_mark(uint32_t c)
{
    return in_range(c, 0x0300, 0x036F) || in_range(c, 0x1AB0, 0x1AFF) ||
           in_range(c, 0x1DC0, 0x1DFF) || in_range(c, 0x20D0, 0x20FF) ||
           in_range(c, 0xFE20, 0xFE2F);
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || in_range(c, 0x7F, 0x9F) || (c & 0xFFFE) == 0xFFFE ||
           in_range(c, 0xFDD0, 0xFDEF);
}

/* Bytes of the character at s; 0 when they are no UTF-8. */
static size_t sequence(const char *s)
{
    unsigned char c = (unsigned char)*s;
    size_t n = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    return strnlen(s, n) == n && utf8_valid(s, n) ? n : 0;
}

static void add_character(struct buf *b, const char *s, size_t n, bool lines)
{
    const char *at = s;
    uint32_t c = utf8_next(&at);
    bool breaks = c == '\n' || c == 0x2028 || c == 0x2029;
    if (breaks)
        buf_putc(b, lines ? '\n' : ' ');
    else if (c == '\t')
        buf_putc(b, ' ');
    else if (is_control(c))
        buf_puts(b, REPLACEMENT);
    else
        buf_add(b, s, n);
}

const char *text_clean(struct arena *a, const char *s, bool lines, size_t max)
{
    if (str_empty(s))
        return "";
    struct buf b = buf_new(a, strlen(s) + 8, strlen(s) * 3 + 8);
    size_t shown = 0, marks = 0;
    while (*s && (max == 0 || shown < max)) {
        size_t n = sequence(s);
        const char *at = s;
        uint32_t c = n ? utf8_next(&at) : 0;
        marks = n && is_mark(c) ? marks + 1 : 0;
        if (n == 0)
            buf_puts(&b, REPLACEMENT);
        else if (!is_silent(c) && marks <= MARKS_MAX)
            add_character(&b, s, n, lines);
        s += n ? n : 1;
        shown++;
    }
    if (*s)
        buf_puts(&b, "…");
    return b.p;
}

double text_line_height(const struct style *s)
{
    return round(s->pt * 1.26 * 4) / 4;
}

PangoLayout *text_layout(const struct flow *f, const struct style *s, double width)
{
    static const PangoAlignment alignments[] = {[TEXT_LEFT] = PANGO_ALIGN_LEFT,
                                                [TEXT_RIGHT] = PANGO_ALIGN_RIGHT,
                                                [TEXT_CENTER] = PANGO_ALIGN_CENTER,
                                                [TEXT_JUSTIFY] = PANGO_ALIGN_LEFT};
    PangoLayout *layout = pango_layout_new(f->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, s->fixed ? FAMILY_FIXED : PDF_FAMILY_TEXT);
    pango_font_description_set_absolute_size(font, s->pt * PANGO_SCALE);
    pango_font_description_set_weight(font, s->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, alignments[s->align]);
    pango_layout_set_justify(layout, s->align == TEXT_JUSTIFY);
    pango_layout_set_auto_dir(layout, FALSE);
    /* A word that is broken gets no hyphen: it is not ours to write one. */
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    return layout;
}

void text_set(PangoLayout *layout, const char *text)
{
    pango_layout_set_text(layout, str_or(text, ""), -1);
}

int text_lines(PangoLayout *layout)
{
    return pango_layout_get_line_count(layout);
}

void text_draw(const struct flow *f, PangoLayout *layout, const struct style *s,
               struct text_place at)
{
    if (!f->cr)
        return;
    double height = text_line_height(s);
    PangoLayoutIter *i = pango_layout_get_iter(layout);
    for (int line = 0; line < at.first + at.count; line++) {
        if (line >= at.first) {
            PangoRectangle box;
            pango_layout_iter_get_line_extents(i, NULL, &box);
            double baseline = at.y + (line - at.first) * height + (height - s->pt) / 2 +
                              s->pt * 0.82;
            cairo_move_to(f->cr, at.x + (double)box.x / PANGO_SCALE, baseline);
            pango_cairo_show_layout_line(f->cr, pango_layout_iter_get_line_readonly(i));
        }
        if (!pango_layout_iter_next_line(i))
            break;
    }
    pango_layout_iter_free(i);
}

double text_put(const struct flow *f, const struct style *s, const char *text, struct text_place at,
                double width)
{
    if (str_empty(text))
        return 0;
    CLEAN_LAYOUT PangoLayout *layout = text_layout(f, s, width);
    text_set(layout, text);
    at.first = 0;
    at.count = text_lines(layout);
    text_draw(f, layout, s, at);
    return at.count * text_line_height(s);
}

double text_height(const struct flow *f, const struct style *s, const char *text, double width)
{
    struct flow counting = *f;
    counting.cr = NULL;
    return text_put(&counting, s, text, (struct text_place){0, 0, 0, 0}, width);
}
