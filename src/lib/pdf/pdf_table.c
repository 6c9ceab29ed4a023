/* Tables: rows of one height of line, the head again on each page. A row is cut only when no page is high enough
 * for it. */
#include <math.h>
#include <stdio.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define PAD_X     3.2
#define PAD_Y     2.0
#define SHADE_MAX 45.0 /* black text stays readable on it, also on a bad copy */

struct grid {
    const struct pdf_table *t;
    struct style style, head_style;
    double x[PDF_COLUMNS + 1];
    PangoLayout *layouts[PDF_COLUMNS]; /* one a column, set again for each row */
    PangoLayout *heads[PDF_COLUMNS];
    int lines[PDF_COLUMNS];
    const uint8_t *shades; /* of the row that was set */
    double head_height;
};

static struct style cell_style(const struct grid *g, enum pdf_align align)
{
    static const enum text_align alignments[] = {
        [PDF_LEFT] = TEXT_LEFT, [PDF_RIGHT] = TEXT_RIGHT, [PDF_CENTER] = TEXT_CENTER};
    struct style s = g->style;
    s.align = alignments[align];
    return s;
}

static void grid_begin(const struct flow *f, const struct pdf_table *t, struct grid *g)
{
    double sum = 0, at = f->p->left;
    int highest = 1;
    g->t = t;
    g->style = (struct style){.pt = t->text_pt > 0 ? t->text_pt : 10, .align = TEXT_LEFT};
    g->head_style = (struct style){.pt = g->style.pt, .bold = true, .align = TEXT_CENTER};
    for (size_t i = 0; i < t->column_count; i++)
        sum += t->columns[i].width;
    for (size_t i = 0; i < t->column_count; i++) {
        double width = flow_width(f) * t->columns[i].width / sum;
        struct style s = cell_style(g, t->columns[i].align);
        g->x[i] = at;
        at += width;
        g->layouts[i] = text_layout(f, &s, width - 2 * PAD_X);
        g->heads[i] = text_layout(f, &g->head_style, width - 2 * PAD_X);
        text_set(g->heads[i], t->columns[i].head);
        int n = text_lines(g->heads[i]);
        highest = n > highest ? n : highest;
    }
    g->x[t->column_count] = at;
    g->head_height = highest * text_line_height(&g->head_style) + 2 * PAD_Y;
}

static void grid_end(struct grid *g)
{
    for (size_t i = 0; i < g->t->column_count; i++) {
        g_object_unref(g->layouts[i]);
        g_object_unref(g->heads[i]);
    }
}

/* The lines around the cells between two heights. */
static void draw_grid(const struct flow *f, const struct grid *g, double top, double height,
                      bool verticals)
{
    size_t n = g->t->column_count;
    if (!f->cr)
        return;
    cairo_set_line_width(f->cr, 0.5);
    cairo_rectangle(f->cr, g->x[0], top, g->x[n] - g->x[0], height);
    for (size_t i = 1; verticals && i < n; i++) {
        cairo_move_to(f->cr, g->x[i], top);
        cairo_line_to(f->cr, g->x[i], top + height);
    }
    cairo_stroke(f->cr);
}

static void draw_head(struct flow *f, const struct grid *g)
{
    size_t n = g->t->column_count;
    double line = text_line_height(&g->head_style);
    if (f->cr) {
        cairo_set_source_rgb(f->cr, 0.92, 0.92, 0.92);
        cairo_rectangle(f->cr, g->x[0], f->y, g->x[n] - g->x[0], g->head_height);
        cairo_fill(f->cr);
        cairo_set_source_rgb(f->cr, 0, 0, 0);
    }
    for (size_t i = 0; f->cr && i < n; i++) {
        int lines = text_lines(g->heads[i]);
        double lower = (g->head_height - 2 * PAD_Y - lines * line) / 2;
        text_draw(f, g->heads[i], &g->head_style,
                  (struct text_place){g->x[i] + PAD_X, f->y + PAD_Y + lower, 0, lines});
    }
    draw_grid(f, g, f->y, g->head_height, true);
    f->y += g->head_height;
}

static void next_page(struct flow *f, const struct grid *g)
{
    flow_new_page(f);
    draw_head(f, g);
}

static void draw_shades(const struct flow *f, const struct grid *g, double height)
{
    for (size_t i = 0; f->cr && i < g->t->column_count; i++) {
        if (g->shades[i] == 0)
            continue;
        double grey = 1 - fmin(SHADE_MAX, g->shades[i]) / 100;
        cairo_set_source_rgb(f->cr, grey, grey, grey);
        cairo_rectangle(f->cr, g->x[i], f->y, g->x[i + 1] - g->x[i], height);
        cairo_fill(f->cr);
        cairo_set_source_rgb(f->cr, 0, 0, 0);
    }
}

/* Lines `first` … `first + count` of every cell of the row that was set. */
static void draw_slice(struct flow *f, const struct grid *g, int first, int count)
{
    double height = count * text_line_height(&g->style) + 2 * PAD_Y;
    draw_shades(f, g, height);
    for (size_t i = 0; f->cr && i < g->t->column_count; i++) {
        int here = g->lines[i] - first;
        here = here > count ? count : here;
        if (here > 0)
            text_draw(f, g->layouts[i], &g->style,
                      (struct text_place){g->x[i] + PAD_X, f->y + PAD_Y, first, here});
    }
    draw_grid(f, g, f->y, height, true);
    f->y += height;
}

static int room(const struct flow *f, const struct grid *g)
{
    return (int)floor((f->p->bottom - f->y - 2 * PAD_Y) / text_line_height(&g->style) + 1e-6);
}

static void flow_row(struct flow *f, struct grid *g, size_t row)
{
    const char *const *cells = g->t->cells + row * g->t->column_count;
    int most = 1;
    g->shades = g->t->shades + row * g->t->column_count;
    for (size_t i = 0; i < g->t->column_count; i++) {
        text_set(g->layouts[i], cells[i]);
        g->lines[i] = str_empty(cells[i]) ? 0 : text_lines(g->layouts[i]);
        most = g->lines[i] > most ? g->lines[i] : most;
    }
    int whole = (int)floor((f->p->bottom - f->p->top - g->head_height - 2 * PAD_Y) /
                           text_line_height(&g->style));
    if (most > room(f, g) && (most <= whole || room(f, g) < 3))
        next_page(f, g);
    for (int first = 0; first < most;) {
        int here = room(f, g) < most - first ? room(f, g) : most - first;
        here = here > 0 ? here : 1;
        draw_slice(f, g, first, here);
        first += here;
        if (first < most)
            next_page(f, g);
    }
}

static void empty_row(struct flow *f, const struct grid *g)
{
    struct style s = cell_style(g, PDF_CENTER);
    double height = text_line_height(&s) + 2 * PAD_Y;
    double width = g->x[g->t->column_count] - g->x[0];
    (void)text_put(f, &s, str_or(g->t->empty, "–"),
                   (struct text_place){.x = g->x[0] + PAD_X, .y = f->y + PAD_Y}, width - 2 * PAD_X);
    draw_grid(f, g, f->y, height, false);
    f->y += height;
}

void block_table(struct flow *f, const struct pdf_table *t)
{
    struct style caption = {.pt = f->p->info.text_pt, .bold = true, .align = TEXT_LEFT};
    struct grid g;
    if (t->column_count == 0)
        return;
    grid_begin(f, t, &g);
    double above = text_height(f, &caption, t->caption, flow_width(f));
    flow_need(f, above + g.head_height + 3 * text_line_height(&g.style));
    f->y += text_put(f, &caption, t->caption, (struct text_place){.x = f->p->left, .y = f->y},
                     flow_width(f));
    f->y += above > 0 ? 1 * MM : 0;
    draw_head(f, &g);
    for (size_t row = 0; row < t->row_count && f->page <= PDF_MAX_PAGES; row++)
        flow_row(f, &g, row);
    if (t->row_count == 0)
        empty_row(f, &g);
    grid_end(&g);
    f->y += 3 * MM;
}
