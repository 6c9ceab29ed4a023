/* The icons and which of them a page used. Their markup is constant, as in a template. */
#include "lib/html/icons.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

/* Sorted by name. */
const struct icon icon_table[] = {
    {"antre", "0 0 24 24",
     "<path d=\"M6 3h12M6 21h12M7 3c0 5 5 6 5 9s-5 4-5 9M17 3c0 5-5 6-5 9s5 4 5 9\"/>"},
    {"awas", "0 0 24 24", "<path d=\"M12 3 2 20h20zM12 9v5M12 17v.5\"/>"},
    {"buku", "0 0 24 24",
     "<path d=\"M4 5a2 2 0 0 1 2-2h13v15H6a2 2 0 0 0-2 2zM4 20a2 2 0 0 0 2 1h13v-3M8 7h7\"/>"},
    {"cari", "0 0 24 24", "<circle cx=\"11\" cy=\"11\" r=\"7\"/><path d=\"m20 20-4-4\"/>"},
    {"cek", "0 0 24 24", "<path d=\"m5 13 4 4L19 7\"/>"},
    {"cekdua", "0 0 24 24", "<path d=\"m2 13 4 4 9-10M11 16l1 1 9-10\"/>"},
    {"centang", "0 0 24 24", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"m8 12 3 3 5-6\"/>"},
    {"cetak", "0 0 24 24",
     "<path d=\"M7 8V3h10v5M7 17H4v-7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v7h-3\"/><rect x=\"7\" "
     "y=\"14\" width=\"10\" height=\"7\"/>"},
    {"gembok", "0 0 24 24",
     "<rect x=\"5\" y=\"11\" width=\"14\" height=\"10\" rx=\"2\"/><path d=\"M8 11V7a4 4 0 0 1 8 "
     "0v4\"/>"},
    {"hp", "0 0 24 24",
     "<rect x=\"7\" y=\"2\" width=\"10\" height=\"20\" rx=\"2\"/><path d=\"M11 18h2\"/>"},
    {"jam", "0 0 24 24", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M12 7v5l3 2\"/>"},
    {"jawab", "0 0 24 24", "<path d=\"M10 8V4l-7 7 7 7v-4c5 0 8 1 11 5-1-7-5-11-11-11z\"/>"},
    {"kamera", "0 0 24 24",
     "<path d=\"M4 8h3l2-3h6l2 3h3v11H4z\"/><circle cx=\"12\" cy=\"13\" r=\"3.5\"/>"},
    {"kartu", "0 0 24 24",
     "<rect x=\"3\" y=\"5\" width=\"18\" height=\"14\" rx=\"2\"/><circle cx=\"9\" cy=\"11\" "
     "r=\"2\"/><path d=\"M6 16c0-2 6-2 6 0M15 10h3M15 14h3\"/>"},
    {"keluar", "0 0 24 24", "<path d=\"M10 4H5v16h5M14 8l4 4-4 4M18 12H9\"/>"},
    {"kirim", "0 0 24 24", "<path d=\"M3 11 21 3l-8 18-2-8z\"/>"},
    {"lencana", "0 0 24 24",
     "<rect x=\"5\" y=\"7\" width=\"14\" height=\"14\" rx=\"2\"/><path d=\"M10 7V4h4v3M9 "
     "17h6\"/><circle cx=\"12\" cy=\"12\" r=\"2\"/>"},
    {"mata", "0 0 24 24",
     "<path d=\"M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z\"/><circle cx=\"12\" cy=\"12\" "
     "r=\"3\"/>"},
    {"pindai", "0 0 24 24",
     "<path d=\"M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 9v6M12 9v6M16 9v6\"/>"},
    {"putus", "0 0 24 24",
     "<path d=\"M3 3l18 18M5 12a10 10 0 0 1 4-2M2 8a15 15 0 0 1 4-2M12 6c4 0 7 1 10 3M15 10l4 2M9 "
     "16a4 4 0 0 1 5 0M12 20v.1\"/>"},
    {"silang", "0 0 24 24", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"m9 9 6 6M15 9l-6 6\"/>"},
    {"tambah", "0 0 24 24", "<path d=\"M12 5v14M5 12h14\"/>"},
    {"tamu", "0 0 24 24",
     "<circle cx=\"12\" cy=\"8\" r=\"4\"/><path d=\"M4 21c0-4 4-6 8-6s8 2 8 6\"/>"},
    {"telepon", "0 0 24 24",
     "<path d=\"M5 3h4l2 5-3 2a11 11 0 0 0 6 6l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 3 5a2 2 0 0 1 "
     "2-2z\"/>"},
    {"urung", "0 0 24 24", "<path d=\"M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3\"/>"},
    {"wajah", "0 0 24 32",
     "<circle cx=\"12\" cy=\"11\" r=\"5\"/><path d=\"M2 30c0-9 4-12 10-12s10 3 10 12z\"/>"},
};
const size_t icon_count = ARRAY_LEN(icon_table);

_Static_assert(ARRAY_LEN(icon_table) <= 64, "struct html has one bit an icon");

/* What a live part may bring into a page that did not have it when it was sent. */
static const char *const live_icons[] = {"antre",  "awas",    "cek",     "cekdua", "centang",
                                         "jam",    "jawab",   "lencana", "mata",   "putus",
                                         "silang", "telepon", "wajah"};

static int compare_name(const void *key, const void *item)
{
    return strcmp(key, ((const struct icon *)item)->name);
}

void icon_use(struct html *h, const char *name)
{
    const struct icon *found = bsearch(name, icon_table, icon_count, sizeof(icon_table[0]),
                                       compare_name);
    if (!found)
        abort();
    h->icons |= UINT64_C(1) << (size_t)(found - icon_table);
}

static void write_text(struct html *h, const char *markup)
{
    html_markup(h, markup, strlen(markup));
}

void icon_symbols(struct html *h)
{
    if (h->page && h->page->live)
        for (size_t i = 0; i < ARRAY_LEN(live_icons); i++)
            icon_use(h, live_icons[i]);
    for (size_t i = 0; i < icon_count; i++) {
        if (!(h->icons & UINT64_C(1) << i))
            continue;
        write_text(h, "<symbol id=\"i-");
        write_text(h, icon_table[i].name);
        write_text(h, "\" viewBox=\"");
        write_text(h, icon_table[i].view_box);
        write_text(h, "\">");
        write_text(h, icon_table[i].symbol);
        write_text(h, "</symbol>");
    }
}
