/* The decoder's cage. Two independent walls: Landlock takes away the file system (and, on newer
 * kernels, TCP, abstract sockets and signals), seccomp every system call that is not for memory, the
 * two given descriptors or the end of the process. */
#include "lib/media/sandbox.h"

#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/banned.h"

#define MEMORY_BYTES (512u * 1024 * 1024)
#define CPU_SECONDS  5

static bool limit(int resource, rlim_t value)
{
    const struct rlimit l = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &l) == 0;
}

bool sandbox_limit(void)
{
    /* Files: what the dynamic linker needs until main. Processes: one for the decoder itself (as
     * root this limit does not bind; seccomp does). */
    return limit(RLIMIT_AS, MEMORY_BYTES) && limit(RLIMIT_CPU, CPU_SECONDS) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 8) &&
           limit(RLIMIT_NPROC, 1);
}

/* Own constants: the headers of Debian 12 know only the second of the interface's versions. */
enum {
    LANDLOCK_CREATE = 444,
    LANDLOCK_RESTRICT = 446,
    LANDLOCK_ASK_VERSION = 1,
};

struct landlock_rules {
    uint64_t handled_fs;
    uint64_t handled_net; /* from version 4 */
    uint64_t scoped;      /* from version 6 */
};

static bool landlock_enter(void)
{
    long version = syscall(LANDLOCK_CREATE, NULL, (size_t)0, LANDLOCK_ASK_VERSION);
    if (version < 1)
        return false;
    struct landlock_rules rules = {.handled_fs = (1u << 13) - 1};
    size_t size = sizeof(rules.handled_fs);
    if (version >= 2)
        rules.handled_fs |= 1u << 13; /* link and rename across folders */
    if (version >= 3)
        rules.handled_fs |= 1u << 14; /* truncate */
    if (version >= 5)
        rules.handled_fs |= 1u << 15; /* ioctl on devices */
    if (version >= 4) {
        rules.handled_net = 3; /* TCP bind and connect */
        size = offsetof(struct landlock_rules, scoped);
    }
    if (version >= 6) {
        rules.scoped = 3; /* abstract sockets, signals */
        size = sizeof(rules);
    }
    int fd = (int)syscall(LANDLOCK_CREATE, &rules, size, 0);
    if (fd < 0)
        return false;
    bool good = syscall(LANDLOCK_RESTRICT, fd, 0) == 0;
    (void)close(fd);
    return good;
}

/* Whatever the mask, memory never becomes executable. */
static bool allow_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp no_file = SCMP_A4(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, 0xFFFFFFFFu);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_exec, no_file) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec) == 0;
}

static bool allow_descriptors(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                            SCMP_A0(SCMP_CMP_EQ, 0, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                            SCMP_A0(SCMP_CMP_EQ, 1, 0)) == 0;
}

static bool allow_plain(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(munmap),     SCMP_SYS(brk),           SCMP_SYS(mremap),    SCMP_SYS(madvise),
        SCMP_SYS(futex),      SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(exit),
        SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return true;
}

static bool seccomp_enter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return false;
    bool good = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                allow_memory(filter) && allow_descriptors(filter) && allow_plain(filter) &&
                seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}

bool sandbox_enter(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    bool landlocked = landlock_enter();
    bool filtered = seccomp_enter();
    return landlocked || filtered;
}
