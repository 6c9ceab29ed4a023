/* The .docx as a zip: read into memory under ceilings, written again with fixed times. libzip only. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

#include "lib/base/cx.h"
#include "lib/base/utf8.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define RATIO_FLOOR     ((uint64_t)64 << 10) /* below this a file may be as dense as it likes */
#define SPARE_PARTS     40u
#define PART_NAME_MAX   200u
#define DOS_DAY_OF_1980 0x21u /* 1 January 1980: the first day a zip can name */

void docx_fault_add(struct docx_faults *f, const char *code, const char *msgid, const char *about,
                    const char *where)
{
    if (!f || f->count == DOCX_FAULTS_MAX)
        return;
    f->list[f->count++] = (struct docx_fault){.code = code,
                                              .msgid = msgid,
                                              .about = arena_strdup(f->arena, str_or(about, "")),
                                              .where = str_or(where, "")};
}

static enum err refuse(struct docx_faults *f, const char *code, const char *msgid, const char *about)
{
    docx_fault_add(f, code, msgid, about, "");
    return ERR_INVALID;
}

static enum err not_docx(struct docx_faults *f)
{
    return refuse(f, "not_docx",
                  T("Berkas ini bukan dokumen Word (.docx). Di Word, pilih Simpan Sebagai, lalu "
                    "jenis Dokumen Word (.docx)."),
                  "");
}

static enum err too_big(struct docx_faults *f, const char *about)
{
    return refuse(f, "too_big",
                  T("Isi berkas terlalu besar. Perkecil atau hapus gambar di dalamnya."), about);
}

/* --- finding ------------------------------------------------------------------------------------------ */

struct docx_part *docx_part_find(const struct docx_package *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcasecmp(p->parts[i].name, name) == 0)
            return &p->parts[i];
    }
    return NULL;
}

void docx_part_put(struct docx_package *p, const char *name, struct bytes data)
{
    struct docx_part *part = docx_part_find(p, name);
    if (part) {
        part->data = data;
        return;
    }
    if (p->count == p->capacity) {
        struct docx_part *more = ARENA_ARRAY(p->arena, p->capacity * 2 + 1, struct docx_part);
        if (p->count)
            memcpy(more, p->parts, p->count * sizeof(*more));
        p->parts = more;
        p->capacity = p->capacity * 2 + 1;
    }
    p->parts[p->count++] = (struct docx_part){.name = arena_strdup(p->arena, name), .data = data};
}

char *docx_rels_name(struct arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part + 1) : 0;
    return arena_printf(a, "%.*s_rels/%s.rels", folder, part, part + folder);
}

/* --- reading ------------------------------------------------------------------------------------------- */

static void close_zip(zip_t **z)
{
    if (*z)
        zip_discard(*z);
}

/* A name that could not lead out of a folder, nor be read as two. */
static bool name_fine(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= PART_NAME_MAX && utf8_valid(name, n) && !utf8_has_control(name, false) &&
           *name != '/' && !strchr(name, '\\') && !strchr(name, ':') && !strstr(name, "..") &&
           !strstr(name, "//");
}

struct reading {
    zip_t *zip;
    struct docx_package *package;
    struct docx_faults *faults;
    uint64_t total;
};

static enum err check_entry(struct reading *r, const zip_stat_t *s)
{
    const zip_uint64_t wanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((s->valid & wanted) != wanted || !name_fine(s->name) || docx_part_find(r->package, s->name))
        return not_docx(r->faults);
    if (s->encryption_method != ZIP_EM_NONE)
        return refuse(r->faults, "encrypted",
                      T("Berkas ini dikunci dengan kata sandi. Hapus kata sandinya di Word, lalu "
                        "unggah lagi."),
                      "");
    if (s->comp_method != ZIP_CM_STORE && s->comp_method != ZIP_CM_DEFLATE)
        return not_docx(r->faults);
    r->total += s->size;
    bool dense = s->size > RATIO_FLOOR && s->size / (s->comp_size + 1) > DOCX_RATIO_MAX;
    if (s->size > DOCX_PART_MAX || r->total > DOCX_UNPACKED_MAX || dense)
        return too_big(r->faults, "");
    return ERR_OK;
}

/* The size of the directory may lie: what is more or less than it said is refused. */
static enum err read_entry(struct reading *r, zip_uint64_t index, const zip_stat_t *s)
{
    size_t n = (size_t)s->size;
    zip_file_t *file = zip_fopen_index(r->zip, index, 0);
    if (!file)
        return not_docx(r->faults);
    uint8_t *data = arena_alloc(r->package->arena, n + 1);
    zip_int64_t got = zip_fread(file, data, n);
    uint8_t more;
    bool exact = got == (zip_int64_t)n && zip_fread(file, &more, 1) == 0;
    bool whole = zip_fclose(file) == 0;
    if (!exact || !whole)
        return not_docx(r->faults);
    docx_part_put(r->package, s->name, (struct bytes){data, n});
    return ERR_OK;
}

static enum err read_entries(struct reading *r)
{
    zip_int64_t entries = zip_get_num_entries(r->zip, 0);
    if (entries <= 0)
        return not_docx(r->faults);
    if (entries > DOCX_ENTRIES_MAX)
        return too_big(r->faults, "");
    for (zip_uint64_t i = 0; i < (zip_uint64_t)entries; i++) {
        zip_stat_t s;
        zip_stat_init(&s);
        if (zip_stat_index(r->zip, i, 0, &s) != 0 || !s.name)
            return not_docx(r->faults);
        size_t n = strlen(s.name);
        if (n > 0 && s.name[n - 1] == '/')
            continue; /* a folder */
        TRY(check_entry(r, &s));
        TRY(read_entry(r, i, &s));
    }
    return ERR_OK;
}

enum err docx_package_read(struct arena *a, struct bytes file, struct docx_package *ret,
                           struct docx_faults *faults)
{
    if (file.n > DOCX_FILE_MAX)
        return too_big(faults, "");
    if (file.n < 22 || memcmp(file.p, "PK", 2) != 0)
        return not_docx(faults);
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, &error);
    zip_t *zip __attribute__((
        cleanup(close_zip))) = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    if (!zip) {
        zip_source_free(source);
        return not_docx(faults);
    }
    struct docx_package package = {.arena = a, .capacity = SPARE_PARTS};
    package.parts = ARENA_ARRAY(a, package.capacity, struct docx_part);
    struct reading r = {.zip = zip, .package = &package, .faults = faults};
    TRY(read_entries(&r));
    *ret = package;
    return ERR_OK;
}

/* --- writing ------------------------------------------------------------------------------------------- */

static bool add_part(zip_t *zip, const struct docx_part *part)
{
    zip_source_t *data = zip_source_buffer(zip, part->data.p, part->data.n, 0);
    if (!data)
        return false;
    zip_int64_t at = zip_file_add(zip, part->name, data, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(data);
        return false;
    }
    zip_uint64_t index = (zip_uint64_t)at;
    return zip_file_set_dostime(zip, index, 0, DOS_DAY_OF_1980, 0) == 0 &&
           zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_DOS, 0) == 0;
}

static enum err take_result(struct arena *a, zip_source_t *source, struct bytes *ret)
{
    zip_stat_t s;
    zip_stat_init(&s);
    if (zip_source_stat(source, &s) != 0 || !(s.valid & ZIP_STAT_SIZE) ||
        zip_source_open(source) != 0)
        return ERR_INTERNAL;
    uint8_t *p = arena_alloc(a, (size_t)s.size + 1);
    bool whole = zip_source_read(source, p, s.size) == (zip_int64_t)s.size;
    (void)zip_source_close(source);
    if (!whole)
        return ERR_INTERNAL;
    *ret = (struct bytes){p, (size_t)s.size};
    return ERR_OK;
}

enum err docx_package_write(const struct docx_package *p, struct bytes *ret)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, &error) : NULL;
    zip_error_fini(&error);
    if (!zip) {
        zip_source_free(source);
        return ERR_INTERNAL;
    }
    zip_source_keep(source);
    bool fine = true;
    for (size_t i = 0; fine && i < p->count; i++)
        fine = add_part(zip, &p->parts[i]);
    if (fine)
        fine = zip_close(zip) == 0;
    else
        zip_discard(zip);
    enum err e = fine ? take_result(p->arena, source, ret) : ERR_INTERNAL;
    zip_source_free(source);
    return e;
}
