/* Files of complaints, from an upload in memory to the sealed file and back: what is kept about whom and when,
 * where it opens and where not, and the ceilings. */
#include "house_fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "features/evidence/evidence_store.h"
#include "features/evidence/evidence_web.h"
#include "lib/http/http.h"
#include "lib/seal/seal.h"

#define CASE  "7f0c2a66-9f0e-4c7e-9c5a-2f6a1f0b77e3"
#define OTHER "7f0c2a66-9f0e-4c7e-9c5a-2f6a1f0b77e4"
#define PDF   "%PDF-1.4 KenariDiBukti"

struct desk {
    struct house *h;
    struct cx cx;
    struct seal_envelope key;
    struct complaint c;
    uint8_t public_key[32];
};

static int begin(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    uint8_t secret[32];
    assert_non_null(d);
    d->h = house_new();
    d->cx = *d->h->cx;
    seal_envelope_new(&d->key);
    seal_envelope_pair(&d->key, d->public_key, secret);
    d->c = (struct complaint){
        .id = CASE, .reporter_mode = "confidential", .public_key = {d->public_key, 32}};
    d->cx.actor.kind = ACTOR_USER;
    d->cx.actor.roles = ROLE_FRONT_DESK;
    memcpy(d->cx.actor.id, RINA, UUID_TEXT_BYTES);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    house_free(d->h);
    free(d);
    return 0;
}

static struct http_file file_of(const char *name, const char *text)
{
    return (struct http_file){.field = "files",
                              .client_name = name,
                              .content_type = "application/x-whatever",
                              .bytes = strlen(text),
                              .data = {(const uint8_t *)text, strlen(text)}};
}

static enum err add(struct desk *d, const char *name, const char *text, const char *by,
                    struct evidence_added *ret)
{
    struct http_req req = {.method = HTTP_POST};
    struct http_file file = file_of(name, text);
    const struct evidence_new n = {.kind = EVIDENCE_EVIDENCE, .added_by = by};
    d->cx.diag = (struct diag){.code = NULL};
    return evidence_add(&d->cx, &d->c, &req, &file, &n, ret);
}

static const char *file_path(struct desk *d, const char *id)
{
    return arena_printf(d->cx.arena, "%s/evidence/%s/%s", d->cx.data_dir, id + 34, id);
}

static void test_there_and_back(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    struct evidence_file *files = NULL;
    size_t count = 0;
    assert_int_equal(add(d, "C:\\Users\\budi\\kuitansi.pdf", PDF, EVIDENCE_BY_STAFF, &added),
                     ERR_OK);
    assert_null(added.copy_id);
    assert_int_equal(evidence_list(&d->cx, &d->c, &d->key, &files, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(files[0].name, "kuitansi.pdf");
    assert_string_equal(files[0].type, "application/pdf");
    assert_int_equal(files[0].bytes, strlen(PDF));
    assert_string_equal(files[0].adder, "Rina Wahyuni");
    assert_true(files[0].exact);
    assert_int_equal(files[0].added_at, d->cx.now_ms);
    uint8_t hash[32];
    (void)crypto_hash_sha256(hash, (const uint8_t *)PDF, strlen(PDF));
    assert_string_equal(files[0].sha256, str_hex(d->cx.arena, hash, 32));
    struct http_res res = {.status = 200};
    uint8_t back[100];
    size_t n = 0;
    assert_int_equal(evidence_send(&d->cx, &d->c, &d->key, added.id, &res), ERR_OK);
    assert_int_equal(res.source.bytes, strlen(PDF));
    assert_int_equal(res.source.read(res.source.arg, back, sizeof(back), &n), ERR_OK);
    assert_int_equal(n, strlen(PDF));
    assert_memory_equal(back, PDF, n);
    res.source.close(res.source.arg);
}

/* No path, no sign that lets a name end in ".pdf" where it does not, no broken character. */
static void test_names(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    struct evidence_file *files = NULL;
    size_t count = 0;
    char longest[700] = "";
    for (int i = 0; i < 300; i++)
        memcpy(longest + 2 * i, "\xC3\xA9", 2); /* é */
    memcpy(longest + 600, ".pdf", 5);
    const char *const names[][2] = {{"foto\xE2\x80\xAEgpj.pdf", "foto_gpj.pdf"},
                                    {"a\tb\x1B[2J.pdf", "a_b_[2J.pdf"},
                                    {"../../etc/x.pdf", "x.pdf"},
                                    {"\xC3.pdf", "berkas"},
                                    {"<b>&\"'.pdf", "<b>&\"'.pdf"}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_int_equal(add(d, names[i][0], PDF, EVIDENCE_BY_STAFF, &added), ERR_OK);
    assert_int_equal(add(d, longest, PDF, EVIDENCE_BY_STAFF, &added), ERR_OK);
    assert_int_equal(evidence_list(&d->cx, &d->c, &d->key, &files, &count), ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_string_equal(files[i].name, names[i][1]);
    assert_int_equal(strlen(files[count - 1].name), 400);
}

/* Who holds the disk learns the day, and not even the hour. */
static void test_what_stands_in_clear(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    struct evidence_row row = {0};
    struct stat st;
    int64_t day = time_day_start(d->cx.now_ms, d->cx.offset_min);
    assert_int_equal(add(d, "rahasia.pdf", PDF, EVIDENCE_BY_STAFF, &added), ERR_OK);
    assert_int_equal(evidence_row_get(d->cx.read, d->h->office, CASE, added.id, &row), ERR_OK);
    assert_int_equal(row.added_at, day);
    assert_int_equal(stat(file_path(d, added.id), &st), 0);
    assert_int_equal(st.st_mtim.tv_sec, day / 1000);
    assert_int_equal(st.st_size, row.sealed_bytes);
    assert_null(memmem(row.meta_sealed.p, row.meta_sealed.n, "rahasia", 7));
    assert_int_equal(added.id[14], '4'); /* a random id: nothing of a time in it */
}

static int64_t number(struct desk *d, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(d->h->look, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    return n;
}

static void test_anonymous_and_reporter(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    struct evidence_file *files = NULL;
    size_t count = 0;
    static const char entries[] = "SELECT count(*) FROM audit_entry WHERE action = 'file_added'";
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_OK);
    assert_int_equal(number(d, entries), 0);
    d->c.reporter_mode = "anonymous";
    assert_int_equal(add(d, "b.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_OK);
    assert_int_equal(add(d, "c.pdf", PDF, EVIDENCE_BY_STAFF, &added), ERR_OK);
    assert_int_equal(number(d, entries), 0);
    d->c.reporter_mode = "known";
    assert_int_equal(add(d, "d.pdf", PDF, EVIDENCE_BY_STAFF, &added), ERR_OK);
    assert_int_equal(number(d, entries), 1);
    assert_int_equal(evidence_list(&d->cx, &d->c, &d->key, &files, &count), ERR_OK);
    assert_int_equal(count, 4);
    static const char *const names[] = {"a.pdf", "b.pdf", "c.pdf", "d.pdf"}; /* in their order */
    static const bool exact[] = {true, false, false, true};
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(files[i].name, names[i]);
        assert_int_equal(files[i].exact, exact[i]);
        assert_int_equal(files[i].adder != NULL, i >= 2);
    }
}

/* A row or a file in another place does not open; one that does not open hides no other. */
static void test_moved(void **state)
{
    struct desk *d = *state;
    struct evidence_added one = {NULL, NULL}, two = {NULL, NULL};
    struct evidence_file *files = NULL;
    struct http_res res = {.status = 200};
    size_t count = 0;
    assert_int_equal(add(d, "satu.pdf", PDF " satu", EVIDENCE_BY_STAFF, &one), ERR_OK);
    assert_int_equal(add(d, "dua.pdf", PDF " dua", EVIDENCE_BY_STAFF, &two), ERR_OK);
    assert_int_equal(
        rename(file_path(d, one.id), arena_printf(d->cx.arena, "%s/x", d->cx.data_dir)), 0);
    char *to = arena_strdup(d->cx.arena, file_path(d, one.id));
    assert_int_equal(link(file_path(d, two.id), to), 0);
    assert_int_equal(evidence_send(&d->cx, &d->c, &d->key, one.id, &res), ERR_INTERNAL);
    assert_int_equal(evidence_send(&d->cx, &d->c, &d->key, two.id, &res), ERR_OK);
    res.source.close(res.source.arg);
    struct complaint other = d->c;
    other.id = OTHER;
    assert_int_equal(evidence_send(&d->cx, &other, &d->key, two.id, &res), ERR_MISSING);
    const char *swap = arena_printf(
        d->cx.arena,
        "UPDATE complaint_file SET meta_sealed = (SELECT meta_sealed FROM "
        "complaint_file WHERE id = '%s') WHERE id = '%s'",
        two.id, one.id);
    assert_int_equal(sqlite3_exec(d->h->look, swap, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(evidence_list(&d->cx, &d->c, &d->key, &files, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_null(files[0].name);
    assert_string_equal(files[1].name, "dua.pdf");
    struct seal_envelope wrong;
    seal_envelope_new(&wrong);
    assert_int_equal(evidence_list(&d->cx, &d->c, &wrong, &files, &count), ERR_OK);
    assert_null(files[1].name);
}

static size_t files_on_disk(struct desk *d)
{
    size_t n = 0;
    const char *root = arena_printf(d->cx.arena, "%s/evidence", d->cx.data_dir);
    DIR *dir = opendir(root);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        DIR *shard = e->d_name[0] == '.'
                         ? NULL
                         : opendir(arena_printf(d->cx.arena, "%s/%s", root, e->d_name));
        for (const struct dirent *f; shard && (f = readdir(shard));)
            n += strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0;
        if (shard)
            (void)closedir(shard);
    }
    if (dir)
        (void)closedir(dir);
    return n;
}

static void test_refused(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    assert_int_equal(add(d, "a.exe", "MZ", EVIDENCE_BY_STAFF, &added), ERR_INVALID);
    assert_string_equal(d->cx.diag.code, "file_type");
    assert_string_equal(d->cx.diag.fields->field, "files");
    assert_non_null(strstr(d->cx.diag.fields->message, "a.exe: jenis berkas"));
    assert_int_equal(add(d, "a.pdf", "", EVIDENCE_BY_STAFF, &added), ERR_INVALID);
    assert_string_equal(d->cx.diag.code, "file_empty");
    struct http_req req = {.method = HTTP_POST};
    struct http_file large = file_of("a.pdf", PDF);
    large.bytes = (uint64_t)EVIDENCE_FILE_BYTES + 1;
    const struct evidence_new n = {.kind = EVIDENCE_EVIDENCE, .added_by = EVIDENCE_BY_STAFF};
    assert_int_equal(evidence_add(&d->cx, &d->c, &req, &large, &n, &added), ERR_INVALID);
    assert_string_equal(d->cx.diag.code, "file_size");
    d->c.public_key = (struct bytes){NULL, 0};
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_STAFF, &added), ERR_CONFLICT);
    assert_string_equal(d->cx.diag.code, "no_public_key");
    assert_int_equal(files_on_disk(d), 0);
}

static void test_ceilings(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    int64_t count = 0;
    for (int i = 0; i < EVIDENCE_FILES; i++)
        assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_OK);
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_CONFLICT);
    assert_string_equal(d->cx.diag.code, "too_many_files");
    assert_int_equal(files_on_disk(d), EVIDENCE_FILES);
    assert_int_equal(evidence_count(d->cx.read, d->h->office, CASE, &count), ERR_OK);
    assert_int_equal(count, EVIDENCE_FILES);
    d->c.id = OTHER;
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_OK);
    assert_int_equal(
        sqlite3_exec(
            d->h->look,
            "UPDATE complaint_file SET sealed_bytes = 545250000 WHERE complaint_id = '" OTHER "'",
            NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &added), ERR_CONFLICT);
    assert_string_equal(d->cx.diag.code, "too_many_bytes");
}

/* What no row names goes a day later, and nothing else. */
static void test_swept(void **state)
{
    struct desk *d = *state;
    struct evidence_added one = {NULL, NULL}, two = {NULL, NULL};
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &one), ERR_OK);
    assert_int_equal(add(d, "b.pdf", PDF, EVIDENCE_BY_REPORTER, &two), ERR_OK);
    const char *drop = arena_printf(d->cx.arena, "DELETE FROM complaint_file WHERE id = '%s'",
                                    two.id);
    assert_int_equal(sqlite3_exec(d->h->look, drop, NULL, NULL, NULL), SQLITE_OK);
    d->cx.now_ms = time_now_ms();
    assert_int_equal(evidence_sweep(&d->cx, d->h->office), ERR_OK);
    assert_int_equal(files_on_disk(d),
                     2); /* too young, although its own time is the day's beginning */
    d->cx.now_ms += 25 * INT64_C(3600000);
    assert_int_equal(evidence_sweep(&d->cx, d->h->office), ERR_OK);
    assert_int_equal(files_on_disk(d), 1);
    assert_int_equal(access(file_path(d, one.id), F_OK), 0);
}

#define THE_FORM "0b6b0a6e-2f34-4d0e-8f5e-6d3f1f0c1a11"

static enum err send_form(struct desk *d, const char *form_id, const char *name, const char *text,
                          struct evidence_added *ret)
{
    struct http_req req = {.method = HTTP_POST};
    struct http_file file = file_of(name, text);
    const struct evidence_new n = {
        .kind = EVIDENCE_EVIDENCE, .added_by = EVIDENCE_BY_STAFF, .form_id = form_id};
    return evidence_add(&d->cx, &d->c, &req, &file, &n, ret);
}

/* The answer was lost, the page is sent again: one file, and on the disk too. Another name, another content and
 * another form are another file. */
static void test_sent_twice(void **state)
{
    struct desk *d = *state;
    struct evidence_added one = {NULL, NULL}, again = {NULL, NULL};
    int64_t count = 0;
    assert_int_equal(send_form(d, THE_FORM, "a.pdf", PDF, &one), ERR_OK);
    assert_non_null(one.id);
    house_later(d->h, 3600000);
    d->cx.now_ms = d->h->cx->now_ms;
    assert_int_equal(send_form(d, THE_FORM, "a.pdf", PDF, &again), ERR_OK);
    assert_null(again.id);
    assert_int_equal(evidence_count(d->cx.read, d->h->office, CASE, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(files_on_disk(d), 1);
    assert_int_equal(house_number(d->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'file_added'"),
                     1);
    assert_int_equal(send_form(d, THE_FORM, "b.pdf", PDF, &again), ERR_OK);
    assert_int_equal(send_form(d, THE_FORM, "a.pdf", PDF ".", &again), ERR_OK);
    assert_int_equal(send_form(d, "1b6b0a6e-2f34-4d0e-8f5e-6d3f1f0c1a11", "a.pdf", PDF, &again),
                     ERR_OK);
    assert_int_equal(send_form(d, NULL, "a.pdf", PDF, &again), ERR_OK);
    assert_int_equal(send_form(d, NULL, "a.pdf", PDF, &again), ERR_OK);
    assert_int_equal(evidence_count(d->cx.read, d->h->office, CASE, &count), ERR_OK);
    assert_int_equal(count, 6);
    assert_int_equal(files_on_disk(d), 6);
}

/* What is kept for that names neither complaint, file, person nor hour. */
static void test_sent_twice_leaves_no_trace(void **state)
{
    struct desk *d = *state;
    struct evidence_added one = {NULL, NULL};
    d->c.reporter_mode = "anonymous";
    assert_int_equal(send_form(d, THE_FORM, "a.pdf", PDF, &one), ERR_OK);
    assert_int_equal(house_number(d->h, "SELECT count(*) FROM replay WHERE actor_id = '' AND "
                                        "subject_id = '' AND key_hash = body_hash"),
                     1);
    assert_int_equal(house_number(d->h, "SELECT at FROM replay"),
                     time_day_start(d->cx.now_ms, d->cx.offset_min));
    uint8_t hash[32];
    (void)crypto_hash_sha256(hash, (const uint8_t *)PDF, strlen(PDF));
    assert_string_not_equal(house_text(d->h, "SELECT lower(hex(body_hash)) FROM replay"),
                            str_hex(d->cx.arena, hash, 32));
}

/* A file that fills the last place is found again when its answer was lost. */
static void test_sent_twice_when_full(void **state)
{
    struct desk *d = *state;
    struct evidence_added added = {NULL, NULL};
    for (int i = 0; i < EVIDENCE_FILES; i++)
        assert_int_equal(
            send_form(d, THE_FORM, arena_printf(d->cx.arena, "%d.pdf", i), PDF, &added), ERR_OK);
    assert_int_equal(send_form(d, THE_FORM, "19.pdf", PDF, &added), ERR_OK);
    assert_int_equal(send_form(d, THE_FORM, "20.pdf", PDF, &added), ERR_CONFLICT);
    assert_int_equal(files_on_disk(d), EVIDENCE_FILES);
}

static void test_withdrawn(void **state)
{
    struct desk *d = *state;
    struct evidence_added one = {NULL, NULL}, two = {NULL, NULL};
    struct evidence_file *files = NULL;
    struct http_res res = {.status = 200};
    size_t count = 0;
    assert_int_equal(add(d, "a.pdf", PDF, EVIDENCE_BY_REPORTER, &one), ERR_OK);
    assert_int_equal(add(d, "b.pdf", PDF, EVIDENCE_BY_REPORTER, &two), ERR_OK);
    assert_int_equal(evidence_withdraw(&d->cx, &d->c, &d->key, one.id, "KelirukanSalakBerkas"),
                     ERR_OK);
    assert_int_equal(evidence_list(&d->cx, &d->c, &d->key, &files, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(files[0].name, "a.pdf");
    assert_int_equal(files[0].withdrawn_at, d->cx.now_ms);
    assert_string_equal(files[0].withdrawn_by, "Rina Wahyuni");
    assert_string_equal(files[0].withdrawn_why, "KelirukanSalakBerkas");
    assert_int_equal(files[1].withdrawn_at, 0);
    /* Given out as before, and in clear nowhere. */
    assert_int_equal(evidence_send(&d->cx, &d->c, &d->key, one.id, &res), ERR_OK);
    res.source.close(res.source.arg);
    assert_int_equal(house_number(d->h, "SELECT count(*) FROM complaint_file WHERE "
                                        "instr(meta_sealed, 'KelirukanSalak') > 0"),
                     0);
    assert_string_equal(
        house_text(d->h, "SELECT detail FROM audit_entry WHERE action = 'file_withdrawn'"),
        arena_printf(d->cx.arena, "file=%s", one.id));
    assert_int_equal(evidence_withdraw(&d->cx, &d->c, &d->key, one.id, "lagi"), ERR_CONFLICT);
    assert_string_equal(d->cx.diag.code, "withdrawn");
    assert_int_equal(evidence_withdraw(&d->cx, &d->c, &d->key, OTHER, "lagi"), ERR_MISSING);
    assert_int_equal(house_number(d->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'file_withdrawn'"),
                     1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_there_and_back),
        TEST(test_names),
        TEST(test_what_stands_in_clear),
        TEST(test_anonymous_and_reporter),
        TEST(test_moved),
        TEST(test_refused),
        TEST(test_ceilings),
        TEST(test_swept),
        TEST(test_sent_twice),
        TEST(test_sent_twice_leaves_no_trace),
        TEST(test_sent_twice_when_full),
        TEST(test_withdrawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
