/* Build tool: sql2c OUT.c OUT.h FILE… → the table of migrations that the binary carries.
 * FILE is named NNNN-what-it-does.sql; the files must come numbered 1, 2, 3 … without a gap. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *file, const char *why)
{
    (void)fprintf(stderr, "sql2c: %s: %s\n", file, why);
    exit(1);
}

static FILE *must_open(const char *file, const char *mode)
{
    FILE *f = fopen(file, mode);
    if (!f)
        fail(file, "cannot be opened");
    return f;
}

/* One C string literal a source line, so that the compiler's limits on one literal are not met. */
static void write_text(FILE *in, FILE *out, const char *file)
{
    bool open = false;
    int c;
    while ((c = fgetc(in)) != EOF) {
        if (c == '\0' || c == '\r')
            fail(file, "holds a NUL or CR byte");
        if (!open)
            (void)fputs("        \"", out);
        open = true;
        if (c == '\n') {
            (void)fputs("\\n\"\n", out);
            open = false;
        } else if (c == '"' || c == '\\' || c == '?') {
            (void)fprintf(out, "\\%c", c);
        } else if (c < 0x20 || c > 0x7e) {
            (void)fprintf(out, "\\%03o", (unsigned)c);
        } else {
            (void)fputc(c, out);
        }
    }
    if (open)
        (void)fputs("\"\n", out);
}

static void write_migration(FILE *out, const char *file, int expected)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    char *rest = NULL;
    errno = 0;
    long number = strtol(base, &rest, 10);
    if (errno || rest - base != 4 || *rest != '-' || !dot || strcmp(dot, ".sql") != 0)
        fail(file, "is not named NNNN-what-it-does.sql");
    if (number != expected)
        fail(file, "does not follow the number before it");
    for (const char *p = rest; p < dot; p++) {
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
            fail(file, "has a name with other than a-z, 0-9 and -");
    }
    FILE *in = must_open(file, "rb");
    (void)fprintf(out, "    {.number = %ld, .name = \"%.*s\", .text = \n", number,
                  (int)(dot - rest - 1), rest + 1);
    write_text(in, out, file);
    (void)fputs("    },\n", out);
    (void)fclose(in);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        fail("usage", "sql2c OUT.c OUT.h FILE…");
    FILE *c = must_open(argv[1], "w");
    FILE *h = must_open(argv[2], "w");
    (void)fputs("/* Generated from migrations/ by tools/sql2c. */\n"
                "#pragma once\n#include <stddef.h>\n#include \"lib/db/migrate.h\"\n\n"
                "extern const struct migration bukutamu_migrations[];\n"
                "extern const size_t bukutamu_migration_count;\n",
                h);
    (void)fputs("/* Generated from migrations/ by tools/sql2c. */\n#include \"migrations.h\"\n\n"
                "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                "const struct migration bukutamu_migrations[] = {\n",
                c);
    for (int i = 3; i < argc; i++)
        write_migration(c, argv[i], i - 2);
    (void)fprintf(c, "    {.number = 0},\n};\nconst size_t bukutamu_migration_count = %d;\n",
                  argc - 3);
    if (fclose(c) != 0 || fclose(h) != 0)
        fail(argv[1], "cannot be written");
    return 0;
}
