/* Writes a workbook of many rows through lib/xlsx, as an export would, and says what it took: seconds, how much more
 * memory the process needed at its height, and the size of the file.
 *   xlsx_rows [ROWS]        100,000 when not given; the file has no name and is gone afterwards */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

#define COLUMNS 13
#define CELL    64

static long peak_kib(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0;
}

/* One line of the export of visits: eleven texts, a day and a number. */
static enum err write_rows(struct xlsx *x, long rows)
{
    static char texts[COLUMNS][CELL];
    struct xlsx_cell cells[COLUMNS];
    for (long i = 0; i < rows; i++) {
        for (int c = 0; c < COLUMNS; c++) {
            (void)snprintf(texts[c], CELL, "Isian %d dari kunjungan nomor %ld", c, i);
            cells[c] = (struct xlsx_cell){.text = texts[c]};
        }
        cells[11] = (struct xlsx_cell){.number = 1785000000000 + i * 60000};
        cells[12] = (struct xlsx_cell){.number = i};
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err write_book(struct arena *a, const char *dir, long rows, int64_t *ret_bytes)
{
    struct xlsx_column columns[COLUMNS];
    const struct xlsx_sheet sheet = {
        .name = "Kunjungan", .columns = columns, .column_count = COLUMNS, .offset_min = 420};
    struct xlsx *x = NULL;
    int fd = -1;
    for (int c = 0; c < COLUMNS; c++)
        columns[c] = (struct xlsx_column){"Kolom", 20, XLSX_TEXT};
    columns[11].kind = XLSX_TIME;
    columns[12].kind = XLSX_INT;
    TRY(xlsx_begin(a, dir, &x));
    enum err e = xlsx_sheet_begin(x, &sheet);
    if (e == ERR_OK)
        e = write_rows(x, rows);
    if (e != ERR_OK) {
        xlsx_drop(x);
        return e;
    }
    TRY(xlsx_end(x, &fd, ret_bytes));
    (void)close(fd);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    int64_t rows = 100000, bytes = 0;
    char dir[] = "/tmp/bukutamu-rows.XXXXXX";
    if ((argc > 1 && !str_to_i64(argv[1], 1, XLSX_ROWS_MAX - 1, &rows)) || !mkdtemp(dir))
        return 2;
    struct arena *a = arena_new(64 * 1024);
    long before = peak_kib();
    int64_t begun = time_monotonic_ms();
    enum err e = write_book(a, dir, (long)rows, &bytes);
    int64_t ms = time_monotonic_ms() - begun;
    arena_free(a);
    (void)rmdir(dir);
    if (e != ERR_OK)
        return 1;
    (void)printf("rows=%lld seconds=%.2f memory_mib=%.1f file_mib=%.1f\n", (long long)rows,
                 (double)ms / 1000.0, (double)(peak_kib() - before) / 1024.0,
                 (double)bytes / 1048576.0);
    return 0;
}
