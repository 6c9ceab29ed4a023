/* A chart of lying bars: label, bar, value. Full, hatched and open bars are told apart in any print. */
#include <math.h>

#include "lib/base/str.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define BAR_PT      9.5
#define BAR_HEIGHT  (3.2 * MM)
#define HATCH_EVERY 3.0
#define LABEL_SHARE 0.34
#define VALUE_SHARE 0.20

/* Lines from the lower left to the upper right, cut off at the bar's frame. */
static void draw_hatch(cairo_t *cr, double x, double y, double width)
{
    cairo_save(cr);
    cairo_rectangle(cr, x, y, width, BAR_HEIGHT);
    cairo_clip_preserve(cr);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 0.9);
    int lines = (int)((width + BAR_HEIGHT) / HATCH_EVERY) + 1;
    for (int i = 0; i < lines; i++) {
        double at = x - BAR_HEIGHT + i * HATCH_EVERY;
        cairo_move_to(cr, at, y + BAR_HEIGHT);
        cairo_line_to(cr, at + BAR_HEIGHT, y);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void draw_bar(const struct flow *f, const struct pdf_bar *bar, double x, double y,
                     double most)
{
    double width = fmax(0.8, most * fmin(1, fmax(0, bar->share)));
    double whole = most * fmin(1, bar->further);
    if (whole > width) {
        cairo_set_source_rgb(f->cr, 0, 0, 0);
        cairo_set_line_width(f->cr, 0.5);
        cairo_rectangle(f->cr, x, y, whole, BAR_HEIGHT);
        cairo_stroke(f->cr);
    }
    if (bar->hatched) {
        draw_hatch(f->cr, x, y, width);
    } else {
        cairo_set_source_rgb(f->cr, 0.36, 0.36, 0.36);
        cairo_rectangle(f->cr, x, y, width, BAR_HEIGHT);
        cairo_fill(f->cr);
    }
    cairo_set_source_rgb(f->cr, 0, 0, 0);
    cairo_set_line_width(f->cr, 0.5);
    cairo_rectangle(f->cr, x, y, width, BAR_HEIGHT);
    cairo_stroke(f->cr);
}

void block_bars(struct flow *f, const struct pdf_bar *bars, size_t count)
{
    struct style s = {.pt = BAR_PT, .align = TEXT_LEFT};
    double label_width = flow_width(f) * LABEL_SHARE, value_width = flow_width(f) * VALUE_SHARE;
    double x = f->p->left + label_width, most = flow_width(f) - label_width - value_width - 2 * MM;
    for (size_t i = 0; i < count; i++) {
        double height = fmax(text_height(f, &s, bars[i].label, label_width - 2 * MM),
                             text_line_height(&s));
        flow_need(f, height + 1 * MM);
        (void)text_put(f, &s, bars[i].label, (struct text_place){.x = f->p->left, .y = f->y},
                       label_width - 2 * MM);
        if (f->cr)
            draw_bar(f, &bars[i], x, f->y + (text_line_height(&s) - BAR_HEIGHT) / 2, most);
        (void)text_put(f, &s, bars[i].value,
                       (struct text_place){.x = f->p->right - value_width, .y = f->y}, value_width);
        f->y += height + 1 * MM;
    }
    f->y += 2 * MM;
}
