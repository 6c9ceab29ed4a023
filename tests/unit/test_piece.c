/* lib/base/piece: what was kept is found by its whole key, stays good while it is held, and the oldest
 * gives way. */
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>

#include "lib/base/piece.h"
#include "lib/base/banned.h"

static void kept_is_found_by_its_key_alone(void **state)
{
    (void)state;
    struct pieces *p = pieces_new();
    assert_null(pieces_find(p, "tamu 1"));
    struct piece *made = pieces_keep(p, "tamu 1", "isi", 3, 42);
    struct piece *found = pieces_find(p, "tamu 1");
    assert_ptr_equal(found, made);
    assert_int_equal(found->n, 3);
    assert_memory_equal(found->bytes, "isi", 3);
    assert_int_equal(found->tag, 42);
    assert_null(pieces_find(p, "tamu 12"));
    assert_null(pieces_find(p, "tamu"));
    assert_null(pieces_find(NULL, "tamu 1"));
    piece_drop(found);
    piece_drop(made);
    piece_drop(NULL);
    pieces_free(p);
    pieces_free(NULL);
}

static void the_oldest_gives_way_but_stays_good(void **state)
{
    (void)state;
    struct pieces *p = pieces_new();
    struct piece *first = pieces_keep(p, "0", "lama", 4, 0);
    for (int i = 1; i <= 16; i++) {
        char key[8];
        (void)snprintf(key, sizeof(key), "%d", i);
        piece_drop(pieces_keep(p, key, key, strlen(key), 0));
    }
    assert_null(pieces_find(p, "0"));
    struct piece *last = pieces_find(p, "16");
    assert_non_null(last);
    pieces_free(p);
    assert_memory_equal(first->bytes, "lama", 4);
    assert_memory_equal(last->bytes, "16", 2);
    piece_drop(first);
    piece_drop(last);
}

static void *many_finds_and_keeps(void *arg)
{
    struct pieces *p = arg;
    for (int i = 0; i < 5000; i++) {
        char key[8];
        (void)snprintf(key, sizeof(key), "%d", i % 40);
        struct piece *piece = pieces_find(p, key);
        if (!piece)
            piece = pieces_keep(p, key, key, strlen(key) + 1, 0);
        assert_string_equal(piece->bytes, key);
        piece_drop(piece);
    }
    return NULL;
}

static void threads_share_them(void **state)
{
    (void)state;
    struct pieces *p = pieces_new();
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_finds_and_keeps, p), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pieces_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_is_found_by_its_key_alone),
        cmocka_unit_test(the_oldest_gives_way_but_stays_good),
        cmocka_unit_test(threads_share_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
