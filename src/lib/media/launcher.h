/* The process that starts decoders. Inside lib/media only. */
#ifndef BT_LIB_MEDIA_LAUNCHER_H
#define BT_LIB_MEDIA_LAUNCHER_H

#include <sys/types.h>

#define LAUNCHER_JOBS_MAX    2
#define LAUNCHER_DEADLINE_MS 6500

#define JOB_PHOTO    'j'
#define JOB_EVIDENCE 'e'
/* A job is one datagram of one byte (which of these) with two descriptors: the upload (read) and the pipe for the
 * answer (write), in this order. The answer's end is the end of the job. */
enum { JOB_FD_UPLOAD, JOB_FD_ANSWER, JOB_FDS };

/* The launcher's whole life: serves jobs from `socket` until it closes, then ends its decoders and
 * itself. `parent` is who it dies with. */
_Noreturn void launcher_run(int socket, pid_t parent, const char *decoder_path);

#endif
