/* The product's own schema with the outbox in it, and a channel that answers by script. */
#ifndef BT_TESTS_OUTBOX_FIXTURE_H
#define BT_TESTS_OUTBOX_FIXTURE_H

#include "db_fixture.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/outbox/outbox_rows.h"
#include "migrations.h"

static const struct db_sql *const *const outbox_tables[] = {
    outbox_statements, outbox_health_statements, outbox_carry_statements, NULL};

static inline struct fixture *outbox_fixture_new(void)
{
    struct fixture *f = fixture_new(bukutamu_migrations, bukutamu_migration_count);
    fixture_open(f, outbox_tables, 0);
    (void)snprintf(f->cx.actor.office_id, sizeof(f->cx.actor.office_id), "%s", OFFICE);
    return f;
}

static inline enum err enqueue_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_enqueue(tx, arg);
}

/* Queues a notice for a recipient; the id is the visit's too. */
static inline void queue_row(struct fixture *f, const char *id, const char *recipient)
{
    struct outbox_new n = {.id = id,
                           .office_id = OFFICE,
                           .kind = "visit_notice",
                           .subject_id = id,
                           .recipient_id = recipient,
                           .channel = "whatsapp",
                           .at = time_now_ms()};
    assert_int_equal(db_tx(&f->cx, "test_enqueue", enqueue_in_tx, &n), ERR_OK);
}

/* Seen by a looker to whom everybody is free. */
static inline enum err due_at(struct fixture *f, const char *office_id, const char *channel,
                              int64_t *ret)
{
    struct outbox_claim claim = {
        .office_id = office_id, .channel = channel, .now_ms = time_now_ms()};
    return outbox_row_due(f->cx.read, &claim, ret);
}

struct row_ask {
    const char *id;
    struct outbox_row row;
};

static inline enum err row_in_tx(struct db_conn *tx, void *arg)
{
    struct row_ask *ask = arg;
    return outbox_get(tx, OFFICE, ask->id, &ask->row);
}

/* The row now. Read in a transaction, because the readers belong to the workers. */
static inline struct outbox_row row_now(struct fixture *f, const char *id)
{
    struct row_ask ask = {.id = id};
    assert_int_equal(db_tx(&f->cx, "test_row", row_in_tx, &ask), ERR_OK);
    return ask.row;
}

struct status_ask {
    const char *wamid, *opaque_id, *status, *code;
    int64_t at;
    bool changed;
    struct outbox_row row;
};

static inline enum err status_in_tx(struct db_conn *tx, void *arg)
{
    struct status_ask *ask = arg;
    return outbox_apply_status(tx, OFFICE, ask->wamid, ask->opaque_id, ask->status, ask->at,
                               ask->code, &ask->changed, &ask->row);
}

#endif
