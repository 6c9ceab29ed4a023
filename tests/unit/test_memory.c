/* What is freed is gone: looked at through the kernel, which shows freed memory too. */
#include "support/test.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/banned.h"

static const char secret[] = "KenariRahasiaDalamMemori";

/* How many times the secret's tail stands in these bytes; the first 16 of a freed block are the allocator's. */
static int seen(uintptr_t at, size_t n)
{
    char *bytes = calloc(1, n);
    int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, bytes, n, (off_t)at), (ssize_t)n);
    (void)close(fd);
    int count = 0;
    for (size_t i = 0; i + 8 <= n; i++)
        count += memcmp(bytes + i, secret + 16, 8) == 0;
    free(bytes);
    return count;
}

static void fill(char *p, size_t n)
{
    for (size_t i = 0; i + sizeof(secret) <= n; i += sizeof(secret))
        memcpy(p + i, secret, sizeof(secret));
}

/* Sanitizers have an allocator of their own. */
static void skip_when_sanitized(void)
{
    if (!memory_wipes())
        skip();
}

static void freed_is_wiped(void **state)
{
    (void)state;
    skip_when_sanitized();
    static const size_t sizes[] = {48, 200, 1000, 5000, 60000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *p = malloc(sizes[i]);
        uintptr_t at = (uintptr_t)p;
        fill(p, sizes[i]);
        assert_true(seen(at, sizes[i]) > 0); /* the look would find it */
        free(p);
        assert_int_equal(seen(at, sizes[i]), 0);
    }
    free(NULL);
}

static void moved_leaves_nothing_behind(void **state)
{
    (void)state;
    skip_when_sanitized();
    char *p = malloc(300);
    fill(p, 300);
    uintptr_t before = (uintptr_t)p;
    char *more = realloc(p, 90000);
    assert_non_null(more);
    assert_string_equal(more, secret);
    assert_int_equal(seen((uintptr_t)more, 300), 12);
    assert_int_equal(seen(before, 300), 0);
    before = (uintptr_t)more;
    char *less = realloc(more, 100);
    assert_string_equal(less, secret);
    assert_int_equal(seen(before, 90000), 0);
    assert_null(realloc(less, 0));
    char *fresh = realloc(NULL, 40);
    assert_non_null(fresh);
    free(fresh);
}

__attribute__((noinline)) static void leave_on_stack(size_t deep, uintptr_t *ret_at)
{
    char room[2048];
    fill(room, sizeof(room));
    __asm__ volatile("" ::"r"(room) : "memory");
    *ret_at = (uintptr_t)room;
    if (deep)
        leave_on_stack(deep - 1, ret_at);
    __asm__ volatile("" ::"r"(room) : "memory"); /* no tail call: every frame stays */
}

static void left_on_the_stack_is_wiped(void **state)
{
    (void)state;
    skip_when_sanitized();
    struct memory_stack stack;
    memory_stack_here(&stack);
    assert_non_null(stack.low);
    uintptr_t at = 0;
    leave_on_stack(60, &at); /* 120 KiB below */
    assert_true(seen(at, 2048) > 0);
    memory_stack_drop(&stack);
    assert_int_equal(seen(at, 2048), 0);
    memory_stack_wipe();
    assert_int_equal(seen(at, 128 * 1024), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freed_is_wiped),
        cmocka_unit_test(moved_leaves_nothing_behind),
        cmocka_unit_test(left_on_the_stack_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
