/* An office in a fresh database of the real schema, with keys, and a cx that acts as the program itself. */
#ifndef BT_TESTS_OFFICE_FIXTURE_H
#define BT_TESTS_OFFICE_FIXTURE_H

#include "db_fixture.h"

#include "features/audit/audit.h"
#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/seal/seal.h"
#include "migrations.h"

#define NOW_MS INT64_C(1784774400000) /* 23 July 2026, 09.40 WIB */

struct office_fixture {
    struct fixture *f;
    struct cx *cx;
    char office[UUID_TEXT_BYTES];
};

static inline struct office_fixture *office_fixture_new(const struct db_sql *const *const *statements)
{
    struct office_fixture *o = calloc(1, sizeof(*o));
    assert_non_null(o);
    o->f = fixture_new(bukutamu_migrations, bukutamu_migration_count);
    fixture_open(o->f, statements, 0);
    o->cx = &o->f->cx;
    assert_int_equal(seal_create(o->f->folder), ERR_OK);
    const char *message = "";
    assert_int_equal(seal_open(o->f->arena, o->f->folder, &o->cx->seal, &message), ERR_OK);
    o->cx->now_ms = NOW_MS;
    o->cx->offset_min = 420;
    o->cx->actor.kind = ACTOR_SYSTEM;
    const struct office_new n = {
        .code = "O.2.12", .name = "Kejaksaan Negeri Kapuas", .offset_min = 420, .demo = true};
    assert_int_equal(office_create(o->cx, &n, o->office), ERR_OK);
    memcpy(o->cx->actor.office_id, o->office, sizeof(o->office));
    return o;
}

static inline void office_fixture_free(struct office_fixture *o)
{
    char path[128];
    seal_close(o->cx->seal);
    (void)snprintf(path, sizeof(path), "%s/keys/master.key", o->f->folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/keys", o->f->folder);
    (void)rmdir(path);
    fixture_free(o->f);
    free(o);
}

/* Entries of an action, from the audit itself. */
static inline int office_fixture_entries(struct office_fixture *o, const char *subject_id,
                                         const char *action)
{
    struct audit_entry *entries = NULL;
    size_t count = 0;
    int found = 0;
    assert_int_equal(audit_of_subject(o->cx->read, o->office, subject_id, 200, &entries, &count),
                     ERR_OK);
    for (size_t i = 0; i < count; i++)
        found += strcmp(entries[i].action, action) == 0;
    return found;
}

/* A fresh request: what the last one left is gone. */
static inline void office_fixture_next(struct office_fixture *o)
{
    o->cx->diag = (struct diag){.code = NULL};
}

#endif
