/* Values in the place of their marks (docx_value.c). */
#ifndef BT_LIB_DOCX_VALUE_H
#define BT_LIB_DOCX_VALUE_H

#include "lib/docx/docx_internal.h"

/* Without what XML cannot hold and what turns the reading direction; broken UTF-8 becomes U+FFFD. */
char *docx_clean(struct arena *a, const char *s);
/* `run` holds a mark; afterwards it holds the text. */
void docx_put_text(xmlNode *run, const char *clean);
/* The same with a picture; nothing when there is none. */
enum err docx_put_picture(struct docx_package *p, const char *part, xmlNode *run,
                          const struct docx_item *item, int number) MUST_USE;
bool docx_png_size(struct bytes png, uint32_t *ret_width, uint32_t *ret_height);
/* Takes away what must be unique in a document, from a copy. */
void docx_strip_ids(xmlNode *top);

#endif
