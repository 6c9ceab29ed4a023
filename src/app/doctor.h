/* `doctor`: what is wrong with this installation, in plain words, one line a check. */
#ifndef BT_APP_DOCTOR_H
#define BT_APP_DOCTOR_H

#include "app/app.h"
#include "features/office/office.h"

struct doctor {
    struct app *app;
    int good, warned, bad;
};

void doctor_ok(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Works, but somebody should look at it. */
void doctor_warn(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Does not work, or is not safe. */
void doctor_bad(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- the machine: files, disk, clock, TLS, WhatsApp's files; before anything is opened ------------------ */
void doctor_machine(struct doctor *d);
/* --- the office: needs the opened database -------------------------------------------------------------- */
void doctor_office(struct doctor *d, const struct office *office);

/* --- the ways out: each channel that is set up; needs the office (a demo reaches this machine only) ------ */
void doctor_channels(struct doctor *d);
/* Sends a test message over each of a person's channels and says what came of it. */
void doctor_send(struct doctor *d, const char *username);

/* Only the owner may read it. False when it is not there. */
bool doctor_private_file(struct doctor *d, const char *what, const char *path);

extern const struct db_sql *const doctor_statements[];

#endif
