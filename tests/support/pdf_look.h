/* What a reader sees of a PDF: poppler's tools, run on a file of the test's own. */
#ifndef BT_TESTS_SUPPORT_PDF_LOOK_H
#define BT_TESTS_SUPPORT_PDF_LOOK_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "support/test.h"

/* Output of a command over the file, "%s" being its path. */
static inline char *pdf_run(struct arena *a, struct bytes pdf, const char *before, const char *after)
{
    char path[] = "/tmp/bukutamu-pdf-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
    (void)close(fd);
    FILE *out = popen(arena_printf(a, "%s %s %s 2>&1", before, path, after), "r");
    assert_non_null(out);
    struct buf b = buf_new(a, 64 * 1024, 16 * 1024 * 1024);
    char piece[4096];
    for (size_t n = 0; (n = fread(piece, 1, sizeof(piece), out)) > 0;)
        buf_add(&b, piece, n);
    assert_int_equal(pclose(out), 0);
    (void)unlink(path);
    return b.p;
}

/* Text of one page as it is laid out; 0: of all. */
static inline char *pdf_text(struct arena *a, struct bytes pdf, int page)
{
    const char *command = page ? arena_printf(a, "pdftotext -layout -f %d -l %d", page, page)
                               : "pdftotext -layout";
    return pdf_run(a, pdf, command, "-");
}

/* The same without any blank: for texts that were broken into lines. */
static inline char *pdf_letters(struct arena *a, struct bytes pdf)
{
    char *text = pdf_run(a, pdf, "pdftotext -raw", "-");
    size_t n = 0;
    for (const char *s = text; *s; s++) {
        if (*s != ' ' && *s != '\n' && *s != '\f')
            text[n++] = *s;
    }
    text[n] = '\0';
    return text;
}

static inline int pdf_pages(struct arena *a, struct bytes pdf)
{
    const char *info = pdf_run(a, pdf, "pdfinfo", "");
    const char *line = strstr(info, "Pages:");
    assert_non_null(line);
    return (int)strtol(line + 6, NULL, 10);
}

static inline int pdf_count(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        n++;
    return n;
}

#endif
