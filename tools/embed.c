/* Puts files into the binary: embed OUT.c OUT.h NAME=FILE…
 *
 * Makes a table sorted by name. The tag of a file is a hash of its bytes (FNV-1a, 64 bits): it names a
 * version for browser caches and protects nothing. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

struct input {
    const char *name;
    const char *path;
    size_t length;
    size_t gzip_length; /* 0: it would not be smaller */
    uint64_t tag;
};

static _Noreturn void fail(const char *path, const char *why)
{
    fprintf(stderr, "embed: %s: %s\n", path, why);
    exit(1);
}

static const char *content_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".txt", "text/plain; charset=utf-8"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    fail(name, "no content type is known for this ending");
}

static void write_byte(FILE *out, int c)
{
    if (c == '\n')
        fputs("\\n", out);
    else if (c == '"' || c == '\\' || c == '?') /* '?' because of trigraphs */
        fprintf(out, "\\%c", c);
    else if (c < 0x20 || c >= 0x7f)
        fprintf(out, "\\%03o", (unsigned)c);
    else
        fputc(c, out);
}

static void write_array(FILE *out, const char *name, size_t number, const unsigned char *bytes,
                        size_t n)
{
    fprintf(out, "static const unsigned char %s_%zu[] = \"", name, number);
    int column = 0;
    for (size_t i = 0; i < n; i++) {
        write_byte(out, bytes[i]);
        if (bytes[i] == '\n' || ++column == 100) {
            fputs("\"\n    \"", out);
            column = 0;
        }
    }
    fputs("\";\n\n", out);
}

static unsigned char *read_whole(struct input *in)
{
    FILE *f = fopen(in->path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        fail(in->path, strerror(errno));
    long n = ftell(f);
    unsigned char *bytes = n < 0 ? NULL : malloc((size_t)n + 1);
    rewind(f);
    if (!bytes || fread(bytes, 1, (size_t)n, f) != (size_t)n)
        fail(in->path, "cannot be read");
    fclose(f);
    in->length = (size_t)n;
    return bytes;
}

/* NULL when it saves less than a tenth. */
static unsigned char *gzip(struct input *in, const unsigned char *bytes)
{
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)bytes, .avail_in = (uInt)in->length};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        fail(in->path, "cannot be compressed");
    uLong room = deflateBound(&z, (uLong)in->length);
    unsigned char *packed = malloc(room);
    if (!packed)
        fail(in->path, "out of memory");
    z.next_out = packed;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        fail(in->path, "cannot be compressed");
    in->gzip_length = z.total_out;
    deflateEnd(&z);
    if (in->gzip_length < in->length - in->length / 10)
        return packed;
    in->gzip_length = 0;
    free(packed);
    return NULL;
}

static void write_bytes(FILE *out, struct input *in, size_t number)
{
    unsigned char *bytes = read_whole(in);
    in->tag = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < in->length; i++)
        in->tag = (in->tag ^ bytes[i]) * UINT64_C(0x100000001b3);
    write_array(out, "bytes", number, bytes, in->length);
    unsigned char *packed = gzip(in, bytes);
    if (packed)
        write_array(out, "gzip", number, packed, in->gzip_length);
    free(packed);
    free(bytes);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static const char header_text[] =
    "/* Made by embed: the files that the binary carries. */\n"
    "#ifndef BT_ASSET_DATA_H\n#define BT_ASSET_DATA_H\n\n"
    "#include <stddef.h>\n\n"
    "struct embedded_file {\n"
    "    const char *name;\n"
    "    const char *content_type;\n"
    "    const char *etag; /* without quotes; also the v= of its address */\n"
    "    const unsigned char *bytes;\n"
    "    size_t length;\n"
    "    const unsigned char *gzip; /* the same, compressed; NULL: that saves nothing */\n"
    "    size_t gzip_length;\n"
    "};\n\n"
    "/* Sorted by name. */\n"
    "extern const struct embedded_file embedded_files[];\n"
    "extern const size_t embedded_file_count;\n\n"
    "/* NULL when there is no such file. */\n"
    "const struct embedded_file *embedded_find(const char *name);\n\n"
    "#endif\n";

static const char find_text[] =
    "static int compare(const void *key, const void *item)\n"
    "{\n    return strcmp(key, ((const struct embedded_file *)item)->name);\n}\n\n"
    "const struct embedded_file *embedded_find(const char *name)\n"
    "{\n    return bsearch(name, embedded_files, embedded_file_count, sizeof(embedded_files[0]), "
    "compare);\n"
    "}\n";

static FILE *open_output(const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        fail(path, strerror(errno));
    return f;
}

static void close_output(FILE *f, const char *path)
{
    int bad = ferror(f);
    if (fclose(f) != 0 || bad)
        fail(path, "cannot be written");
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: embed OUT.c OUT.h NAME=FILE...\n", stderr);
        return 2;
    }
    size_t count = (size_t)argc - 3;
    struct input *inputs = calloc(count, sizeof(*inputs));
    if (!inputs)
        fail(argv[1], "out of memory");
    for (size_t i = 0; i < count; i++) {
        char *equals = strchr(argv[3 + i], '=');
        if (!equals)
            fail(argv[3 + i], "write NAME=FILE");
        *equals = '\0';
        inputs[i] = (struct input){.name = argv[3 + i], .path = equals + 1};
    }
    qsort(inputs, count, sizeof(*inputs), compare);

    FILE *c = open_output(argv[1]);
    const char *slash = strrchr(argv[2], '/');
    fprintf(c,
            "/* Made by embed. */\n#include \"%s\"\n\n#include <stdlib.h>\n#include <string.h>\n\n",
            slash ? slash + 1 : argv[2]);
    fputs("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n", c);
    for (size_t i = 0; i < count; i++)
        write_bytes(c, &inputs[i], i);
    fputs("const struct embedded_file embedded_files[] = {\n", c);
    for (size_t i = 0; i < count; i++) {
        fprintf(c, "    {\"%s\", \"%s\", \"%016llx\", bytes_%zu, %zu, ", inputs[i].name,
                content_type(inputs[i].name), (unsigned long long)inputs[i].tag, i,
                inputs[i].length);
        if (inputs[i].gzip_length)
            fprintf(c, "gzip_%zu, %zu},\n", i, inputs[i].gzip_length);
        else
            fputs("NULL, 0},\n", c);
    }
    fprintf(c, "};\nconst size_t embedded_file_count = %zu;\n\n%s", count, find_text);
    close_output(c, argv[1]);

    FILE *h = open_output(argv[2]);
    fputs(header_text, h);
    close_output(h, argv[2]);
    free(inputs);
    return 0;
}
