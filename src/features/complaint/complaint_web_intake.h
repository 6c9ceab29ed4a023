/* Taking a complaint in, whatever the way: the counter, the guest's own tablet, a letter, the public page.
 * One field table, one set of form parts, one act. The pages around them belong to whoever shows them. */
#ifndef BT_COMPLAINT_WEB_INTAKE_H
#define BT_COMPLAINT_WEB_INTAKE_H

#include "features/complaint/complaint.h"
#include "lib/html/html.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

/* The form as parsed. Machines and older forms may give `text`, `reported_party` and `documents` alone. */
struct complaint_intake_form {
    const char *text, *reported_party;
    struct object_list parties;   /* struct complaint_party */
    struct object_list documents; /* struct complaint_document */
    const char *who, *when, *where, *how, *why;
    const char *place, *period, *earlier;
    int64_t loss_rupiah;
    const char *reporter_mode, *class, *way;
    const char *reporter_name, *reporter_id_type, *reporter_id_number, *reporter_occupation;
    const char *reporter_address, *reporter_phone, *reporter_email;
    const char *receipt; /* the code this form was given when it was opened; empty: one is made */
};
extern const struct form complaint_intake_form;

/* Body ceiling of a route with this form. */
#define COMPLAINT_BODY_BYTES (512u * 1024)

/* Everything typed, again, for the template parts complaint_intake_fields(). */
struct complaint_intake_view;
/* What a page wants of the form parts. */
struct complaint_intake_want {
    bool own_words; /* the reporter writes alone ("Anda"), else an officer writes ("pelapor") */
    bool ask_way;   /* letter, post, office, oral: an officer writes without a visit */
    bool ask_class; /* routing class: officers only */
    bool modes;     /* ask how the identity is treated */
};
/* Reads what was typed (also "_rows…", "_add_party", "_add_document"). The code for the receipt is made here
 * when the form is opened the first time, and comes back with it: so a form sent twice is one complaint. */
struct complaint_intake_view *complaint_intake_view(struct cx *cx, const struct http_req *req,
                                                    const struct complaint_intake_want *want);
/* A button that only changes the form was pressed (another row): show it again, nothing is wrong. */
bool complaint_intake_reshow(const struct http_req *req);
/* The fields, without <form> around them. */
void complaint_intake_fields(struct html *h, const struct complaint_intake_view *v);

/* Why nothing can be taken in now: the recovery sheet is not proven, or nobody could read it.
 * err ERR_OK: intake is open. */
enum err complaint_intake_open(struct cx *cx, struct refusal *ret) MUST_USE;

struct complaint_received {
    const char *id, *number; /* "PGD-31/2026"; NULL when an Idempotency-Key was repeated */
    const char *receipt;     /* XXXX-…-C: shown once, kept nowhere; NULL: none */
    bool anonymous;
    bool repeated; /* this code or key was taken in before: nothing was written again */
    int status;    /* 201 */
};
/* Parses, checks, seals and stores. `visit_id` NULL: without a visit. An anonymous complaint never keeps
 * the visit. `way`: used when the form has none. Refusals: 422 with the fields, 409 intake closed. */
enum err complaint_receive(struct cx *cx, struct http_req *req, const char *visit_id,
                           const char *way, struct complaint_received *ret) MUST_USE;

#endif
