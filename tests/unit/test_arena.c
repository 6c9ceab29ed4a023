/* lib/base/arena: lifetimes, alignment, zeroing, and the red zone that ASan watches. */
#include "support/test.h"

#include <fcntl.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#endif

#include "lib/base/banned.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *a = arena_new(256);
    unsigned char *before = NULL;
    for (size_t n = 1; n < 600; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
        if (before)
            assert_int_equal(before[0], 0xAA);
        before = p;
    }
    assert_true(arena_used(a) >= 600);
    arena_free(a);
}

static void reset_wipes_what_was_handed_out(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);
    char *first = arena_strdup(a, "0812 0000 1122");
    assert_string_equal(first, "0812 0000 1122");
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    /* The first block is kept, so the same place comes back: it must hold nothing. */
    char *again = arena_alloc(a, 15);
    assert_ptr_equal(first, again);
    for (int i = 0; i < 15; i++)
        assert_int_equal(again[i], 0);
    arena_free(a);
}

static void an_allocation_larger_than_a_block_gets_its_own(void **state)
{
    (void)state;
    struct arena *a = arena_new(64);
    char *large = arena_alloc(a, 10000);
    memset(large, 'x', 10000);
    char *small = arena_strdup(a, "after");
    assert_string_equal(small, "after");
    assert_int_equal(large[9999], 'x');
    arena_free(a);
}

static void text_helpers_copy(void **state)
{
    (void)state;
    struct arena *a = arena_new(256);
    assert_null(arena_strdup(a, NULL));
    assert_string_equal(arena_strndup(a, "Kejaksaan", 4), "Keja");
    assert_string_equal(arena_strndup(a, "", 0), "");
    assert_memory_equal(arena_memdup(a, "a\0b", 3), "a\0b", 3);
    assert_string_equal(arena_printf(a, "%s-%02d", "A", 7), "A-07");
    char *wide = arena_printf(a, "%0500d", 1);
    assert_int_equal(strlen(wide), 500);
    arena_free(a);
}

struct trace {
    char order[8];
    size_t n;
};

static struct trace trace;

static void note(void *letter)
{
    trace.order[trace.n++] = *(const char *)letter;
}

static void deferred_calls_run_once_last_first(void **state)
{
    (void)state;
    static char letters[] = "abc";
    memset(&trace, 0, sizeof(trace));
    struct arena *a = arena_new(256);
    for (size_t i = 0; i < 3; i++)
        arena_defer(a, note, &letters[i]);
    assert_int_equal(trace.n, 0);
    arena_reset(a);
    assert_string_equal(trace.order, "cba");
    arena_defer(a, note, &letters[0]);
    arena_free(a);
    assert_string_equal(trace.order, "cbaa");
    arena_free(NULL);
}

/* Runs `fn` in a child with stderr closed; true when the child did not end well. */
static bool dies(void (*fn)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null >= 0)
            (void)dup2(null, STDERR_FILENO);
        fn();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void overflowing_product(void)
{
    struct arena *a = arena_new(64);
    size_t count = SIZE_MAX / 4;
    (void)arena_array(a, count, 8);
}

static void an_overflowing_product_ends_the_process(void **state)
{
    (void)state;
    assert_true(dies(overflowing_product));
}

#ifdef HAVE_ASAN
static void write_two_behind(void)
{
    struct arena *a = arena_new(256);
    volatile char *p = arena_alloc(a, 21);
    (void)arena_alloc(a, 21);
    p[22] = 'x';
}

static void use_after_reset(void)
{
    struct arena *a = arena_new(256);
    volatile char *p = arena_alloc(a, 21);
    arena_reset(a);
    p[0] = 'x';
}

static void asan_sees_the_red_zone_and_use_after_reset(void **state)
{
    (void)state;
    struct arena *a = arena_new(256);
    char *p = arena_alloc(a, 21);
    assert_false(__asan_address_is_poisoned(p + 20));
    for (int i = 21; i < 40; i++)
        assert_true(__asan_address_is_poisoned(p + i));
    arena_reset(a);
    assert_true(__asan_address_is_poisoned(p));
    arena_free(a);
    assert_true(dies(write_two_behind));
    assert_true(dies(use_after_reset));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(reset_wipes_what_was_handed_out),
        cmocka_unit_test(an_allocation_larger_than_a_block_gets_its_own),
        cmocka_unit_test(text_helpers_copy),
        cmocka_unit_test(deferred_calls_run_once_last_first),
        cmocka_unit_test(an_overflowing_product_ends_the_process),
#ifdef HAVE_ASAN
        cmocka_unit_test(asan_sees_the_red_zone_and_use_after_reset),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
