/* argv → command table. */
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "lib/base/memory.h"
#include "lib/base/banned.h"

int main(int argc, char **argv)
{
    (void)umask(0077);
    memory_no_dumps();
    if (sodium_init() < 0) {
        (void)fputs("bukutamu: libsodium tidak dapat dimulai\n", stderr);
        return 1;
    }
    return commands_run(argc, argv);
}
