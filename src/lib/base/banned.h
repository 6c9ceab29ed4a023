/* C functions that hurt: using one is a compile error. Included last by every .c file through
 * the build (-include is not used, so that an editor sees the same code). */
#ifndef BT_BASE_BANNED_H
#define BT_BASE_BANNED_H

#define BANNED(name) sorry_##name##_is_banned_see_lib_base_banned_h

#undef strcpy
#define strcpy(a, b) BANNED(strcpy)
#undef strcat
#define strcat(a, b) BANNED(strcat)
#undef strncpy
#define strncpy(a, b, n) BANNED(strncpy)
#undef strncat
#define strncat(a, b, n) BANNED(strncat)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef strtok
#define strtok(a, b) BANNED(strtok)
#undef gets
#define gets(a) BANNED(gets)
#undef atoi
#define atoi(a) BANNED(atoi)
#undef atol
#define atol(a) BANNED(atol)
#undef atof
#define atof(a) BANNED(atof)
#undef scanf
#define scanf(...) BANNED(scanf)
#undef sscanf
#define sscanf(...) BANNED(sscanf)
#undef system
#define system(a) BANNED(system)
#undef popen
#define popen(a, b) BANNED(popen)
#undef gmtime
#define gmtime(a) BANNED(gmtime)
#undef localtime
#define localtime(a) BANNED(localtime)
#undef ctime
#define ctime(a) BANNED(ctime)
#undef asctime
#define asctime(a) BANNED(asctime)
#undef mktemp
#define mktemp(a) BANNED(mktemp)
#undef tmpnam
#define tmpnam(a) BANNED(tmpnam)
#undef rand
#define rand() BANNED(rand)
#undef random
#define random() BANNED(random)
#undef strerror
#define strerror(a) BANNED(strerror_use_log_errno)

#endif
