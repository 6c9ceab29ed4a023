/* A file that anybody sends to be compared, and a text that anybody writes to be printed: page ends lie inside the
 * file and in order; whatever the text is, a whole PDF comes out. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "features/proof/proof_rules.h"
#include "lib/pdf/pdf.h"

#include "lib/base/banned.h"

#define TEXT_MAX 3000u /* a document of a text is much slower than a look at a file */

static void look_for_pages(struct bytes file)
{
    size_t ends[64], count = 0;
    pdf_page_ends(file, ends, 64, &count);
    for (size_t i = 0; i < count; i++) {
        if (ends[i] > file.n || (i > 0 && ends[i] <= ends[i - 1]))
            abort();
    }
}

static void print_text(struct arena *a, const char *text)
{
    static const struct pdf_column columns[] = {{"A", 1, PDF_LEFT}, {"B", 2, PDF_RIGHT}};
    const char *const cells[] = {text, text};
    struct pdf_file file = {{NULL, 0}, 0};
    struct pdf *p = pdf_new(a, &(struct pdf_info){.title = text, .footer = text, .language = text});
    pdf_title(p, text, text);
    pdf_paragraph(p, text);
    pdf_table(p, &(struct pdf_table){.caption = text,
                                     .columns = columns,
                                     .column_count = 2,
                                     .cells = cells,
                                     .row_count = 1});
    pdf_signatures(p, &(struct pdf_signature){text, text, text, text}, 1);
    if (pdf_finish(p, &file) != ERR_OK || file.pages == 0)
        abort();
    size_t ends[256], count = 0;
    pdf_page_ends(file.data, ends, 256, &count);
    if (count != (file.pages < 256 ? file.pages : 256))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(64 * 1024);
    const char *text = arena_strndup(a, (const char *)data, n);
    char *code = NULL;
    look_for_pages((struct bytes){data, n});
    if (proof_code_normalise(a, text, &code) && strlen(code) != 24)
        abort();
    if (n <= TEXT_MAX)
        print_text(a, text);
    arena_free(a);
    return 0;
}
