/* What cairo 1.16 has no call for: the language of the document, for those who have it read aloud, and that its
 * title is shown instead of the file's name (ISO 32000-1, 7.7.2 and 12.2). The catalogue is the last object of the
 * file, so what is put into it moves only the cross-reference table, whose place stands at the very end. */
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pdf/pdf_internal.h"
#include "lib/base/banned.h"

#define CATALOGUE "<< /Type /Catalog\n"
#define CROSS     "\nxref\n"
#define START     "\nstartxref\n"

/* The last time that `what` stands in the bytes, or NULL. */
static const uint8_t *last(struct bytes b, const char *what)
{
    size_t n = strlen(what);
    for (size_t at = b.n >= n ? b.n - n + 1 : 0; at > 0; at--) {
        if (memcmp(b.p + at - 1, what, n) == 0)
            return b.p + at - 1;
    }
    return NULL;
}

static bool is_language(const char *s)
{
    return *s && strlen(s) < 20 &&
           s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")] == '\0';
}

/* Is the catalogue really the last object? Then one "endobj" stands between it and the table. */
static bool is_last(const uint8_t *catalogue, const uint8_t *cross)
{
    static const char end[] = "endobj\n";
    size_t n = (size_t)(cross - catalogue);
    const uint8_t *found = memmem(catalogue, n + 1, end, strlen(end));
    return found && found + strlen(end) == cross + 1;
}

struct bytes pdf_with_language(struct arena *a, struct bytes file, const char *language)
{
    const uint8_t *catalogue = last(file, CATALOGUE);
    const uint8_t *cross = last(file, CROSS);
    const uint8_t *start = last(file, START);
    if (!is_language(language) || !catalogue || !cross || !start || cross < catalogue ||
        start < cross || !is_last(catalogue, cross))
        return file;
    char more[120];
    int n = snprintf(more, sizeof(more),
                     "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n", language);
    const uint8_t *into = catalogue + strlen(CATALOGUE);
    const uint8_t *tail = start + strlen(START);
    size_t table = (size_t)(cross + 1 - file.p) + (size_t)n;
    struct buf b = buf_new(a, file.n + 160, file.n + 160);
    buf_add(&b, file.p, (size_t)(into - file.p));
    buf_add(&b, more, (size_t)n);
    buf_add(&b, into, (size_t)(tail - into));
    buf_printf(&b, "%zu\n%%%%EOF\n", table);
    return (struct bytes){(const uint8_t *)b.p, b.n};
}
