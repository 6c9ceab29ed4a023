/* Between the two files of docx_make. */
#ifndef BT_TOOLS_DOCX_MAKE_H
#define BT_TOOLS_DOCX_MAKE_H

#include <stdio.h>

struct letter_text {
    char *title;  /* of the document's properties */
    char *body;   /* word/document.xml */
    char *footer; /* word/footer1.xml */
};
/* Turns the text form into the two XML parts; ends the program with the line on a mistake. */
struct letter_text letter_text_read(const char *path);

_Noreturn void fail(const char *path, int line, const char *why);

#endif
