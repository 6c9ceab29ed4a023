/* A row of an old guest book: whatever stands in its cells, there is a guest with a name and a moment, or the reason
 * why not. Cells are cut at the first byte of the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "features/exchange/exchange.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1785000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || !utf8_valid((const char *)data + 1, size - 1))
        return 0;
    struct arena *a = arena_new(1 << 14);
    struct exchange_cell cells[EX_FIELDS];
    const struct exchange_rules rules = {
        .now_ms = NOW, .offset_min = 420, .month_first = data[0] & 1};
    const char *at = arena_strndup(a, (const char *)data + 1, size - 1);
    for (int f = 0; f < EX_FIELDS; f++) {
        size_t n = strcspn(at, "|");
        cells[f] = (struct exchange_cell){.text = arena_strndup(a, at, n)};
        cells[f].is_number = *cells[f].text == '#';
        if (cells[f].is_number)
            cells[f].days = strtod(cells[f].text + 1, NULL);
        at += n + (at[n] == '|');
    }
    struct exchange_guest g;
    struct exchange_verdict v;
    exchange_read(a, cells, &rules, &g, &v);
    if (v.refused && v.count == 0)
        abort();
    if (!v.refused && (!*g.name || g.arrived_at <= 0 || g.arrived_at > NOW || !*g.purpose))
        abort();
    if (!v.refused && (utf8_has_control(g.name, false) || utf8_has_control(g.remarks, false)))
        abort();
    (void)exchange_guess(a, cells[0].text);
    arena_free(a);
    return 0;
}
