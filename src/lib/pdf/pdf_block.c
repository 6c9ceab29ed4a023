/* Pieces that stay on one page: letterhead, signatures, codes, pictures; facts, which may go over two. */
#include <math.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

static void line(const struct flow *f, double x, double y, double width, double thickness)
{
    if (!f->cr)
        return;
    cairo_set_line_width(f->cr, thickness);
    cairo_move_to(f->cr, x, y);
    cairo_line_to(f->cr, x + width, y);
    cairo_stroke(f->cr);
}

/* For the pen. */
static void dotted(const struct flow *f, double x, double y, double width)
{
    static const double dots[] = {0, 2.2};
    if (!f->cr)
        return;
    cairo_save(f->cr);
    cairo_set_line_cap(f->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(f->cr, dots, 2, 0);
    line(f, x, y, width, 0.8);
    cairo_restore(f->cr);
}

void block_letterhead(struct flow *f, const struct pdf_letterhead *l)
{
    struct style parent = {.pt = 12.5, .bold = true, .align = TEXT_CENTER};
    struct style office = {.pt = 15, .bold = true, .align = TEXT_CENTER};
    struct style address = {.pt = 9.5, .align = TEXT_CENTER};
    double width = flow_width(f);
    struct text_place at = {.x = f->p->left, .y = f->y};
    at.y += text_put(f, &parent, l->parent, at, width);
    at.y += text_put(f, &office, l->office, at, width);
    at.y += text_put(f, &address, l->address, at, width);
    at.y += 1.5 * MM;
    line(f, f->p->left, at.y, width, 1.8);
    line(f, f->p->left, at.y + 2.2, width, 0.5);
    f->y = at.y + 6 * MM;
}

void block_facts(struct flow *f, const struct pdf_fact *facts, size_t count)
{
    struct style s = flow_body(f);
    s.align = TEXT_LEFT;
    double label_width = flow_width(f) * 0.28, colon = 10;
    double x = f->p->left + label_width + colon;
    double width = flow_width(f) - label_width - colon;
    double height = text_line_height(&s);
    for (size_t i = 0; i < count; i++) {
        double label_height = text_height(f, &s, facts[i].label, label_width);
        flow_need(f, fmax(label_height, height));
        double top = f->y;
        size_t page = f->page;
        (void)text_put(f, &s, facts[i].label, (struct text_place){.x = f->p->left, .y = top},
                       label_width);
        (void)text_put(f, &s, ":", (struct text_place){.x = x - colon, .y = top}, colon);
        if (str_empty(facts[i].value)) {
            dotted(f, x, top + height - 3, width);
            f->y += height;
        } else {
            flow_text(f, &s, facts[i].value, (struct text_place){.x = x}, width);
        }
        if (f->page == page)
            f->y = fmax(f->y, top + label_height);
        f->y += 0.7 * MM;
    }
    f->y += 1.5 * MM;
}

/* --- signatures ------------------------------------------------------------------------------------------- */

#define SIGN_SPACE (19 * MM)

/* Draws one; gives its height. */
static double signature(const struct flow *f, const struct pdf_signature *s, struct text_place at,
                        double width)
{
    struct style plain = {.pt = f->p->info.text_pt, .align = TEXT_CENTER};
    struct style bold = plain;
    struct style small = {.pt = f->p->info.text_pt - 1, .align = TEXT_CENTER};
    bold.bold = true;
    double top = at.y, height = text_line_height(&plain);
    at.y += str_empty(s->place_date) ? 0 : text_put(f, &plain, s->place_date, at, width);
    at.y += text_put(f, &plain, s->role, at, width);
    at.y += SIGN_SPACE;
    if (str_empty(s->name)) {
        dotted(f, at.x + width * 0.14, at.y + height - 3, width * 0.72);
        at.y += height;
    } else {
        at.y += text_put(f, &bold, s->name, at, width);
        line(f, at.x + width * 0.14, at.y, width * 0.72, 0.6);
        at.y += 1;
    }
    at.y += text_put(f, &small, s->below, at, width);
    return at.y - top;
}

/* Names stand at one height: shorter heads are lowered. */
static double head_height(const struct flow *f, const struct pdf_signature *s, double width)
{
    struct style plain = {.pt = f->p->info.text_pt, .align = TEXT_CENTER};
    return text_height(f, &plain, s->place_date, width) + text_height(f, &plain, s->role, width);
}

void block_signatures(struct flow *f, const struct pdf_signature *s, size_t count)
{
    double gap = 6 * MM, all = flow_width(f);
    double width = count == 1 ? all * 0.46 : (all - gap * (double)(count - 1)) / (double)count;
    double highest = 0, heads = 0;
    struct flow counting = *f;
    counting.cr = NULL;
    for (size_t i = 0; i < count; i++) {
        heads = fmax(heads, head_height(f, &s[i], width));
        highest = fmax(highest, signature(&counting, &s[i], (struct text_place){.x = 0}, width) -
                                    head_height(f, &s[i], width));
    }
    f->y += 5 * MM;
    flow_need(f, heads + highest);
    for (size_t i = 0; i < count; i++) {
        double x = count == 1 ? f->p->right - width : f->p->left + (width + gap) * (double)i;
        double lower = heads - head_height(f, &s[i], width);
        (void)signature(f, &s[i], (struct text_place){.x = x, .y = f->y + lower}, width);
    }
    f->y += heads + highest + 3 * MM;
}

/* --- codes ------------------------------------------------------------------------------------------------- */

#define CODE_SIDE  (34 * MM)
#define CODE_QUIET 3

/* Runs of dark modules, row by row, in one path. */
static void draw_modules(const struct flow *f, const struct pdf_code *c, double x, double y)
{
    double module = CODE_SIDE / (c->modules + 2 * CODE_QUIET);
    cairo_set_source_rgb(f->cr, 1, 1, 1);
    cairo_rectangle(f->cr, x, y, CODE_SIDE, CODE_SIDE);
    cairo_fill(f->cr);
    cairo_set_source_rgb(f->cr, 0, 0, 0);
    for (int row = 0; row < c->modules; row++) {
        const uint8_t *dark = c->dark + (size_t)row * (size_t)c->modules;
        for (int i = 0; i < c->modules; i++) {
            int n = 0;
            while (i + n < c->modules && dark[i + n])
                n++;
            if (n > 0)
                cairo_rectangle(f->cr, x + module * (i + CODE_QUIET),
                                y + module * (row + CODE_QUIET), module * n, module);
            i += n;
        }
    }
    cairo_fill(f->cr);
}

static double code_words(const struct flow *f, const struct pdf_code *c, struct text_place at,
                         double width)
{
    struct style bold = {.pt = f->p->info.text_pt, .bold = true, .align = TEXT_LEFT};
    struct style secret = {.pt = 15.5, .bold = true, .fixed = true, .align = TEXT_LEFT};
    struct style small = {.pt = 9.5, .align = TEXT_LEFT};
    double top = at.y;
    at.y += text_put(f, &bold, c->title, at, width);
    if (!str_empty(c->secret))
        at.y += 1 * MM;
    at.y += text_put(f, &secret, c->secret, at, width);
    at.y += 1 * MM;
    at.y += text_put(f, &small, c->text, at, width);
    return at.y - top;
}

void block_code(struct flow *f, const struct pdf_code *c)
{
    double pad = 3 * MM;
    double x = f->p->left + pad + CODE_SIDE + 4 * MM;
    double width = f->p->right - pad - x;
    struct flow counting = *f;
    counting.cr = NULL;
    double words = code_words(&counting, c, (struct text_place){.x = 0}, width);
    double height = fmax(words, CODE_SIDE) + 2 * pad;
    f->y += 1.5 * MM;
    flow_need(f, height);
    if (f->cr) {
        cairo_set_line_width(f->cr, 0.8);
        cairo_rectangle(f->cr, f->p->left, f->y, flow_width(f), height);
        cairo_stroke(f->cr);
        draw_modules(f, c, f->p->left + pad, f->y + (height - CODE_SIDE) / 2);
    }
    (void)code_words(f, c, (struct text_place){.x = x, .y = f->y + (height - words) / 2}, width);
    f->y += height + 3 * MM;
}

/* --- pictures, lines ------------------------------------------------------------------------------------------ */

#define PICTURE_HIGHEST (110 * MM)

/* The JPEG goes into the file as it is: the surface is only its size (one bit a pixel, never looked at). */
static void draw_jpeg(const struct flow *f, const struct picture *i, struct text_place at,
                      double scale)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_A1, i->width, i->height);
    cairo_status_t status = cairo_surface_set_mime_data(image, CAIRO_MIME_TYPE_JPEG, i->it.jpeg.p,
                                                        i->it.jpeg.n, NULL, NULL);
    if (status == CAIRO_STATUS_SUCCESS) {
        cairo_save(f->cr);
        cairo_translate(f->cr, at.x, at.y);
        cairo_scale(f->cr, scale, scale);
        cairo_set_source_surface(f->cr, image, 0, 0);
        cairo_paint(f->cr);
        cairo_restore(f->cr);
    }
    cairo_surface_destroy(image);
}

void block_picture(struct flow *f, const struct picture *i)
{
    struct style small = {.pt = 9.5, .align = TEXT_LEFT};
    double width = fmin(flow_width(f), (i->it.width_mm > 0 ? i->it.width_mm : 80) * MM);
    double scale = fmin(width / i->width, PICTURE_HIGHEST / i->height);
    double height = i->height * scale;
    flow_need(f, height + text_height(f, &small, i->it.caption, flow_width(f)) + 2 * MM);
    if (f->cr)
        draw_jpeg(f, i, (struct text_place){.x = f->p->left, .y = f->y}, scale);
    f->y += height + 1 * MM;
    f->y += text_put(f, &small, i->it.caption, (struct text_place){.x = f->p->left, .y = f->y},
                     flow_width(f));
    f->y += 3 * MM;
}
