/* Between the files of this feature's pages. */
#ifndef BT_STANDARD_WEB_H
#define BT_STANDARD_WEB_H

#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/standard/standard_view.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

#define STANDARD_EDITORS (ROLE_LEADERS | ROLE_ADMIN)

typedef enum err standard_handler(struct cx *cx, struct http_req *req, struct http_res *res);

/* standard_web.c */
/* "https://bukutamu.example/standar-pelayanan": of the settings, else as this browser calls us. */
const char *standard_address(struct cx *cx, const struct http_req *req, const char *path);
const char *standard_day_words(struct cx *cx, const char *day);
/* Without the weekday, as letters are dated. */
const char *standard_date_words(struct cx *cx, const char *day);
/* The lines of a text that hold something. */
const char **standard_lines(struct arena *a, const char *text, size_t *ret_count);
/* "Waktu 10 menit dihitung sejak langkah 1 sampai langkah 7." */
const char *standard_clock_words(struct cx *cx, const struct standard *s);
/* The office's day, as versions are valid by it. */
const char *standard_today(struct cx *cx);
/* The service that the request's address names ("{kind}"), else the visitor book's, with its version in force.
 * ERR_MISSING with its sentence. */
enum err standard_asked(struct cx *cx, const struct http_req *req, struct standard_kind *ret_kind,
                        struct standard *ret) MUST_USE;
/* "/standar-pelayanan/layanan/tamu" */
const char *standard_path(struct cx *cx, const char *kind);
/* The standard as a page: one that is asked for, or the only one. */
enum err standard_show(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct standard *s) MUST_USE;
bool standard_may_edit(const struct cx *cx);
/* The pledge in force, or the words that are to be signed by the head of the office. */
enum err standard_pledge(struct cx *cx, const struct office *o, struct pledge *ret) MUST_USE;
/* Withdrawn services are for editors alone. */
bool standard_kind_shown(const struct cx *cx, const struct standard_kind *k);
bool standard_again(const struct http_req *req, enum err e);

/* standard_web_paper.c */
standard_handler standard_poster_get, pledge_pdf_get, pledge_docx_get;
/* standard_web_edit.c */
extern const struct form standard_form, pledge_form;
standard_handler standard_edit_get, standard_edit_post, standard_new_get, standard_new_post,
    pledge_get, pledge_post;
/* standard_web_list.c */
standard_handler standard_list_get, standard_end_post, standard_restore_post;
/* standard_web_skill.c */
extern const struct form skill_read_form, skill_guideline_form, skill_certificate_form;
standard_handler skill_get, skill_read_post, skill_guideline_post, skill_certificate_post,
    skill_remove_post;

#endif
