/* Fields the server must read (identity number, telephone, address): sealed on the way into a row,
 * opened on the way out. */
#include <string.h>

#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

static struct seal_binding field_binding(const char *table, const char *column, const char *row_id)
{
    return (struct seal_binding){
        .kind = "field", .names = {table, column, row_id}, .key_id = SEAL_KEY_FIRST};
}

struct bytes seal_field_bytes(const struct seal *s, struct arena *a, const char *table,
                              const char *column, const char *row_id, struct bytes plain)
{
    if (!plain.p || plain.n == 0)
        return (struct bytes){NULL, 0};
    struct seal_binding binding = field_binding(table, column, row_id);
    return seal_box(a, s->field, &binding, plain);
}

struct bytes seal_field(const struct seal *s, struct arena *a, const char *table,
                        const char *column, const char *row_id, const char *plain)
{
    struct bytes bytes = {(const uint8_t *)plain, plain ? strlen(plain) : 0};
    return seal_field_bytes(s, a, table, column, row_id, bytes);
}

enum err seal_field_open_bytes(const struct seal *s, struct arena *a, const char *table,
                               const char *column, const char *row_id, struct bytes sealed,
                               struct bytes *ret)
{
    if (sealed.n == 0) {
        *ret = (struct bytes){NULL, 0};
        return ERR_OK;
    }
    struct seal_binding binding = field_binding(table, column, row_id);
    return seal_box_open(a, s->field, &binding, sealed, ret);
}

enum err seal_field_open(const struct seal *s, struct arena *a, const char *table,
                         const char *column, const char *row_id, struct bytes sealed, char **ret)
{
    struct bytes plain;
    TRY(seal_field_open_bytes(s, a, table, column, row_id, sealed, &plain));
    *ret = plain.p ? arena_strndup(a, (const char *)plain.p, plain.n) : NULL;
    return ERR_OK;
}
