/* The icons of the pages: 24 px grid, stroke 2. A page carries only the symbols that it uses. */
#ifndef BT_LIB_HTML_ICONS_H
#define BT_LIB_HTML_ICONS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/html/html.h"

struct icon {
    const char *name;
    const char *view_box;
    const char *symbol; /* the shapes inside <symbol> */
};

extern const struct icon icon_table[];
extern const size_t icon_count;

/* Notes that the page uses the icon. An unknown name is a mistake of the program and aborts. */
void icon_use(struct html *h, const char *name);
/* The <symbol>s of what was used, and of what a live part may bring later. */
void icon_symbols(struct html *h);

#endif
