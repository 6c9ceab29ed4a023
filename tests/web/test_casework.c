/* A complaint followed to its end: the board, moves with their letters, side states, hand-over, links; who may
 * do what; deadlines that follow the calendar; reminders that say nothing of what they are about. */
#include "web_fixture.h"

#include "features/casework/casework_store.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_store.h"
#include "lib/seal/seal.h"

#define DAY_MS INT64_C(86400000)

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    *state = w;
    return 0;
}

static struct got look(struct web *w, uint32_t role, const char *id)
{
    return web_get(w, role, web_complaint_path(w, id, ""));
}

static struct got act(struct web *w, uint32_t role, const char *id, const char *step,
                      const char *json)
{
    return web_post(w, role, web_complaint_path(w, id, step), json);
}

static struct got must(struct web *w, uint32_t role, const char *id, const char *step,
                       const char *json)
{
    struct got got = act(w, role, id, step, json);
    if (got.status != 200)
        print_error("%s %s: %d %s\n", step, json, got.status, got.body);
    assert_int_equal(got.status, 200);
    return got;
}

static void move(struct web *w, uint32_t role, const char *id, const char *to)
{
    struct got got = must(w, role, id, "/tahap", arena_printf(w->arena, "{\"to\":\"%s\"}", to));
    assert_string_equal(web_value(w, &got, "state"), to);
}

static void letter(struct web *w, const char *id, const char *kind)
{
    static int n;
    n++;
    house_exec(w->h, arena_printf(w->arena,
                                  "INSERT INTO letter (office_id, id, complaint_id, kind, type, "
                                  "year, sequence, suffix, month, subject_code, number, dated_at, "
                                  "about, template_version, made_at, made_by) VALUES ('%s', "
                                  "'surat-%d', '%s', '%s', 'R', 2026, %d, '', 7, 'Dek.3', 'R-%d', "
                                  "1, '', 0, %d, '%s')",
                                  w->h->office, n, id, kind, n, n, n, ARIEF));
}

static const char *column(struct web *w, const char *name, const char *id)
{
    return house_text(
        w->h, arena_printf(w->arena, "SELECT %s FROM casework WHERE complaint_id = '%s'", name, id));
}

static int64_t entries(struct web *w, const char *action)
{
    return house_number(w->h, arena_printf(w->arena,
                                           "SELECT count(*) FROM audit_entry WHERE "
                                           "action = '%s'",
                                           action));
}

/* To the Kajari's table. */
static void to_disposition(struct web *w, const char *id)
{
    move(w, ROLE_INTEL_CHIEF, id, "review");
    (void)must(w, ROLE_INTEL_CHIEF, id, "/nilai", "{\"source\":\"B\",\"content\":\"2\"}");
    letter(w, id, "review");
    move(w, ROLE_INTEL_CHIEF, id, "disposition");
}

/* --- the whole way -------------------------------------------------------------------------------------------- */

static void it_goes_step_by_step_with_its_letters(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = look(w, ROLE_INTEL_CHIEF, id);
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "number"), "PGD-1/2026");
    assert_string_equal(web_value(w, &got, "state"), "received");
    assert_string_equal(web_value(w, &got, "received_on"), "2026-07-23");
    assert_string_equal(web_value(w, &got, "stage_due_on"), "2026-07-24");
    assert_string_equal(web_value(w, &got, "overall_due_on"), "2026-09-21");
    assert_string_equal(web_value(w, &got, "moves.0"), "review");
    assert_null(strstr(got.body, "memotong"));
    assert_null(strstr(got.body, "Siti"));

    move(w, ROLE_INTEL_CHIEF, id, "review");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"disposition\"}");
    web_refused(w, &got, 409, "not_valued");
    (void)must(w, ROLE_INTEL_CHIEF, id, "/nilai", "{\"source\":\"B\",\"content\":\"2\"}");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"disposition\"}");
    web_refused(w, &got, 409, "letter_missing");
    assert_non_null(strstr(got.body, "Telaahan belum dibuat"));
    letter(w, id, "review");
    move(w, ROLE_INTEL_CHIEF, id, "disposition");

    letter(w, id, "disposition");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"order\"}");
    web_refused(w, &got, 403, "not_yours");
    move(w, ROLE_OFFICE_HEAD, id, "order");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"gathering\"}");
    web_refused(w, &got, 409, "letter_missing");
    letter(w, id, "order");
    house_later(w->h, 5 * DAY_MS); /* Tuesday, 28 July */
    move(w, ROLE_INTEL_CHIEF, id, "gathering");
    assert_string_equal(column(w, "due_day", id), "2026-08-06");
    move(w, ROLE_INTEL_CHIEF, id, "exposition");
    move(w, ROLE_INTEL_CHIEF, id, "report");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"done\"}");
    web_refused(w, &got, 409, "letter_missing");
    letter(w, id, "report");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"done\"}");
    assert_non_null(strstr(got.body, "Pemberitahuan kepada pelapor"));
    letter(w, id, "notice");
    got = must(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"done\"}");
    assert_string_equal(web_value(w, &got, "stage_due_on"), "");
    assert_string_equal(web_value(w, &got, "overall_due_on"), "");
    assert_true(house_number(w->h, "SELECT ended_at FROM complaint") > 0);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_stage"), 7);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_stage WHERE stage = 'order' AND "
                                        "started_day = '2026-07-23' AND ended_day = '2026-07-28' "
                                        "AND due_day = '2026-07-24'"),
                     1);
    assert_int_equal(entries(w, "case_moved"), 6);
    assert_int_equal(entries(w, "case_ended"), 1);
    got = act(w, ROLE_INTEL_CHIEF, id, "/nilai", "{\"source\":\"A\",\"content\":\"1\"}");
    web_refused(w, &got, 409, "ended");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"review\",\"note\":\"bukti baru\"}");
    web_refused(w, &got, 403, "not_yours");
    got = must(w, ROLE_OFFICE_HEAD, id, "/tahap", "{\"to\":\"review\",\"note\":\"bukti baru\"}");
    assert_string_equal(web_value(w, &got, "stage_due_on"), "2026-07-29");
}

static void a_step_back_has_a_sealed_reason(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    to_disposition(w, id);
    struct got got = act(w, ROLE_OFFICE_HEAD, id, "/tahap", "{\"to\":\"review\"}");
    web_fault(w, &got, "note", "missing");
    got = must(w, ROLE_OFFICE_HEAD, id, "/tahap",
               "{\"to\":\"review\",\"note\":\"Kenari: periksa kuitansi\"}");
    assert_string_equal(web_value(w, &got, "state"), "review");
    assert_null(strstr(got.body, "Kenari"));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_event WHERE "
                                        "instr(hex(note_sealed), hex('Kenari')) > 0"),
                     0);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_event WHERE kind = "
                                        "'stepped_back' AND note_sealed IS NOT NULL"),
                     1);
    got = web_get(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/riwayat"));
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "items.0.note"), "Kenari: periksa kuitansi");
    assert_int_equal(entries(w, "complaint_history_read"), 1);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE detail LIKE "
                                        "'%Kenari%'"),
                     0);
    house_exec(w->h, "UPDATE complaint SET public_key = NULL");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"received\",\"note\":\"x\"}");
    web_fault(w, &got, "note", "no_key");
}

static void who_acts_for_the_kajari_disposes(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    to_disposition(w, id);
    letter(w, id, "disposition");
    struct got got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"order\"}");
    web_refused(w, &got, 403, "not_yours");
    got = web_post(w, ROLE_ADMIN, "/petugas/" HENDRA "/pengganti",
                   "{\"kind\":\"plh\",\"deputy\":\"" ARIEF "\"}");
    assert_int_equal(got.status, 200);
    house_later(w->h, 60000);
    move(w, ROLE_INTEL_CHIEF, id, "order");
}

static void two_at_once_move_it_once(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    move(w, ROLE_INTEL_CHIEF, id, "review");
    struct got got = act(w, ROLE_OFFICE_HEAD, id, "/tahap", "{\"to\":\"review\"}");
    web_refused(w, &got, 409, "state");
    got = act(w, ROLE_OFFICE_HEAD, id, "/tahap", "{\"to\":\"nowhere\"}");
    web_fault(w, &got, "to", "not_a_choice");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_event"), 1);
}

/* --- side states -------------------------------------------------------------------------------------------------- */

static void waiting_stops_the_clock(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    move(w, ROLE_INTEL_CHIEF, id, "review");
    struct got got = must(w, ROLE_INTEL_CHIEF, id, "/kelengkapan",
                          "{\"complete\":[\"identity\",\"statement\",\"facts\",\"parties\"]}");
    assert_string_equal(web_value(w, &got, "missing.0"), "id_copy");
    assert_string_equal(web_value(w, &got, "missing.1"), "evidence");
    got = must(w, ROLE_INTEL_CHIEF, id, "/keadaan", "{\"side\":\"needs_completion\"}");
    assert_string_equal(web_value(w, &got, "stage_due_on"), "");
    assert_string_equal(web_value(w, &got, "overall_due_on"), "");
    /* Ten days from a Thursday end on a Sunday, so on the Monday after. */
    assert_string_equal(web_value(w, &got, "completion_due_on"), "2026-08-03");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"disposition\"}");
    web_refused(w, &got, 409, "waiting");
    got = act(w, ROLE_INTEL_CHIEF, id, "/keadaan", "{\"side\":\"awaiting_apip\"}");
    web_refused(w, &got, 409, "side_there");

    struct complaint c = {0};
    struct casework_public course;
    assert_int_equal(complaint_get(w->h->cx->read, w->h->office, id, &c), ERR_OK);
    assert_int_equal(casework_public_view(w->h->cx->read, w->h->office, &c, &course), ERR_OK);
    assert_string_equal(course.state, "review");
    assert_string_equal(course.asked_until, "2026-08-03");
    assert_int_equal(course.asked_count, 2);
    assert_string_equal(course.asked[0], "Fotokopi KTP atau identitas lain");
    assert_int_equal(course.step_count, 2);
    assert_string_equal(course.steps[1].label, "Telaah");
    assert_string_equal(course.steps[1].day, "2026-07-23");
    assert_null(course.due_day);

    house_later(w->h, 4 * DAY_MS); /* Monday, 27 July */
    got = must(w, ROLE_INTEL_CHIEF, id, "/keadaan", "{\"side\":\"none\"}");
    assert_string_equal(web_value(w, &got, "side"), "");
    assert_string_equal(web_value(w, &got, "stage_due_on"), "2026-07-27");
    /* The file is complete today: 60 days from here. */
    assert_string_equal(web_value(w, &got, "overall_due_on"), "2026-09-25");
    got = act(w, ROLE_INTEL_CHIEF, id, "/keadaan", "{\"side\":\"none\"}");
    web_refused(w, &got, 409, "side_none");
    must(w, ROLE_INTEL_CHIEF, id, "/kelengkapan",
         "{\"complete\":[\"identity\",\"statement\",\"facts\",\"parties\",\"id_copy\",\"evidence\"]"
         "}");
    got = act(w, ROLE_INTEL_CHIEF, id, "/keadaan", "{\"side\":\"needs_completion\"}");
    web_refused(w, &got, 409, "nothing_missing");
}

static void the_apip_answers(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    to_disposition(w, id);
    struct got got = must(w, ROLE_OFFICE_HEAD, id, "/keadaan",
                          "{\"side\":\"awaiting_apip\",\"apip\":\"Inspektorat Kabupaten\"}");
    assert_string_equal(web_value(w, &got, "transfers.0.to_kind"), "apip");
    const char *seq = web_value(w, &got, "transfers.0.seq");
    assert_string_equal(column(w, "sort_day", id), "9999-12-31");
    got = web_get(w, ROLE_INTEL_CHIEF, "/pengaduan?kelompok=waiting");
    assert_string_equal(web_value(w, &got, "items.0.id"), id);
    house_later(w->h, 60 * DAY_MS);
    const char *back = arena_printf(w->arena, "/pelimpahan/%s/dikembalikan", seq);
    got = act(w, ROLE_OFFICE_HEAD, id, back, "{}");
    web_fault(w, &got, "note", "missing");
    got = must(w, ROLE_OFFICE_HEAD, id, back, "{\"note\":\"tidak ada kerugian\"}");
    assert_string_equal(web_value(w, &got, "side"), "");
    assert_string_equal(web_value(w, &got, "state"), "disposition");
    got = act(w, ROLE_OFFICE_HEAD, id, back, "{\"note\":\"sekali lagi\"}");
    web_refused(w, &got, 409, "transfer_done");
    /* 60 days of waiting count for nothing. */
    assert_string_equal(column(w, "overall_due", id), "2026-11-19");
}

/* --- hand-over -------------------------------------------------------------------------------------------------------- */

static bool reads(struct web *w, const char *id, const char *staff_id)
{
    bool there = false;
    assert_int_equal(
        complaint_has_share(w->h->cx->read, w->h->office, id, staff_id, COMPLAINT_CONTENT, &there),
        ERR_OK);
    return there;
}

static void it_is_handed_over_and_comes_back(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    to_disposition(w, id);
    letter(w, id, "disposition");
    letter(w, id, "notice");
    struct got got = look(w, ROLE_SECTION_CHIEF, id);
    web_refused(w, &got, 404, "no_complaint");
    got = act(w, ROLE_OFFICE_HEAD, id, "/tahap", "{\"to\":\"handed_pidum\"}");
    web_fault(w, &got, "to_name", "missing");
    got = act(w, ROLE_OFFICE_HEAD, id, "/tahap",
              "{\"to\":\"handed_pidum\",\"to_name\":\"Seksi Pidum\",\"old_access\":\"taken\"}");
    web_fault(w, &got, "old_access", "no_reader");
    got = must(w, ROLE_OFFICE_HEAD, id, "/tahap",
               "{\"to\":\"handed_pidum\",\"to_staff\":\"" MARIA "\",\"old_access\":\"taken\"}");
    assert_string_equal(web_value(w, &got, "state"), "handed_pidum");
    assert_string_equal(web_value(w, &got, "transfers.0.to_name"), "Maria Tiara");
    assert_string_equal(web_value(w, &got, "transfers.0.old_access"), "taken");
    assert_true(reads(w, id, MARIA));
    assert_false(reads(w, id, ARIEF));
    assert_false(reads(w, id, HENDRA));
    assert_true(house_number(w->h, "SELECT count(*) FROM reporter_share") > 0);

    const char *seq = web_value(w, &got, "transfers.0.seq");
    got = must(w, ROLE_SECTION_CHIEF, id, arena_printf(w->arena, "/pelimpahan/%s/diterima", seq),
               "{\"receipt_number\":\"TT-7/Pidum\"}");
    assert_string_equal(web_value(w, &got, "transfers.0.receipt_number"), "TT-7/Pidum");
    got = act(w, ROLE_SECTION_CHIEF, id, arena_printf(w->arena, "/pelimpahan/%s/diterima", seq),
              "{}");
    web_refused(w, &got, 409, "transfer_done");
    got = must(w, ROLE_SECTION_CHIEF, id, arena_printf(w->arena, "/pelimpahan/%s/dikembalikan", seq),
               "{\"note\":\"bukan pidana umum\"}");
    assert_string_equal(web_value(w, &got, "state"), "disposition");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM transfer WHERE returned_by = '" MARIA
                                        "' AND reason_sealed IS NOT NULL"),
                     1);
    got = act(w, ROLE_SECTION_CHIEF, id, "/pelimpahan/99/diterima", "{}");
    web_refused(w, &got, 404, "transfer_unknown");
}

static void a_team_is_named(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = look(w, ROLE_CASE_OFFICER, id);
    web_refused(w, &got, 404, "no_complaint");
    got = must(w, ROLE_INTEL_CHIEF, id, "/tim", "{\"staff\":\"" BAYU "\"}");
    assert_string_equal(web_value(w, &got, "team.0.name"), "Bayu Saputra");
    assert_true(reads(w, id, BAYU));
    got = act(w, ROLE_INTEL_CHIEF, id, "/tim", "{\"staff\":\"" BAYU "\"}");
    web_refused(w, &got, 409, "member_there");
    got = act(w, ROLE_INTEL_CHIEF, id, "/tim", "{\"staff\":\"" RINA "\"}");
    web_fault(w, &got, "staff", "unknown");
    got = look(w, ROLE_CASE_OFFICER, id);
    assert_int_equal(got.status, 200);
    got = act(w, ROLE_CASE_OFFICER, id, "/tahap", "{\"to\":\"review\"}");
    web_refused(w, &got, 403, "not_yours");
    got = act(w, ROLE_CASE_OFFICER, id, "/tim", "{\"staff\":\"" MARIA "\"}");
    web_refused(w, &got, 403, "not_yours");
    must(w, ROLE_CASE_OFFICER, id, "/nilai", "{\"source\":\"C\",\"content\":\"3\"}");
    got = act(w, ROLE_CASE_OFFICER, id, "/golongan", "{\"class\":\"information\"}");
    web_refused(w, &got, 403, "not_yours");
    must(w, ROLE_INTEL_CHIEF, id, "/tim/" BAYU "/hapus", "{}");
    assert_true(reads(w, id, BAYU)); /* leaving the team takes nothing away by itself */
}

static void two_are_about_one_matter(void **state)
{
    struct web *w = *state;
    const char *one = web_complaint(w, NULL), *two = web_complaint(w, NULL);
    struct got got = must(w, ROLE_INTEL_CHIEF, one, "/kaitan", "{\"number\":\"PGD-2/2026\"}");
    assert_string_equal(web_value(w, &got, "links.0.id"), two);
    got = look(w, ROLE_OFFICE_HEAD, two);
    assert_string_equal(web_value(w, &got, "links.0.number"), "PGD-1/2026");
    got = act(w, ROLE_INTEL_CHIEF, two, "/kaitan", "{\"number\":\"pgd-1/2026\"}");
    web_refused(w, &got, 409, "link_there");
    got = act(w, ROLE_INTEL_CHIEF, one, "/kaitan", "{\"number\":\"1/2026\"}");
    web_fault(w, &got, "number", "same");
    got = act(w, ROLE_INTEL_CHIEF, one, "/kaitan", "{\"number\":\"PGD-9/2026\"}");
    web_fault(w, &got, "number", "unknown");
    /* A member of the team of one does not learn of the other. */
    must(w, ROLE_INTEL_CHIEF, one, "/tim", "{\"staff\":\"" BAYU "\"}");
    got = look(w, ROLE_CASE_OFFICER, one);
    assert_string_equal(web_value(w, &got, "links.0.id"), "");
    assert_null(strstr(got.body, two));
    got = act(w, ROLE_CASE_OFFICER, one, "/kaitan", "{\"number\":\"PGD-2/2026\"}");
    web_fault(w, &got, "number", "unknown");
    got = must(w, ROLE_INTEL_CHIEF, two, arena_printf(w->arena, "/kaitan/%s/hapus", one), "{}");
    assert_string_equal(web_value(w, &got, "links.0.id"), "");
}

/* --- the board ----------------------------------------------------------------------------------------------------------- */

static void the_board_goes_by_deadline(void **state)
{
    struct web *w = *state;
    const char *first = web_complaint(w, NULL);
    house_later(w->h, DAY_MS);
    const char *second = web_complaint(w, NULL);
    house_later(w->h, 3 * DAY_MS); /* Monday, 27 July: the first is late, the second is due */
    struct got got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?limit=1");
    assert_string_equal(web_value(w, &got, "items.0.id"), first);
    assert_string_equal(web_value(w, &got, "items.0.group"), "late");
    assert_string_equal(web_value(w, &got, "items.1.id"), "");
    const char *cursor = web_value(w, &got, "next_cursor");
    got = web_get(w, ROLE_OFFICE_HEAD,
                  arena_printf(w->arena, "/pengaduan?limit=1&cursor=%s", cursor));
    assert_string_equal(web_value(w, &got, "items.0.id"), second);
    assert_string_equal(web_value(w, &got, "items.0.group"), "today");
    assert_string_equal(web_value(w, &got, "next_cursor"), "");
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?kelompok=today");
    assert_string_equal(web_value(w, &got, "items.0.id"), second);
    assert_string_equal(web_value(w, &got, "items.1.id"), "");
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?nomor=PGD-2/2026");
    assert_string_equal(web_value(w, &got, "items.0.id"), second);
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?tahap=review");
    assert_string_equal(web_value(w, &got, "items.0.id"), "");
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?cursor=salah");
    web_refused(w, &got, 400, "cursor");

    must(w, ROLE_INTEL_CHIEF, first, "/tahap", "{\"to\":\"withdrawn\",\"note\":\"dicabut\"}");
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?kelompok=ended");
    assert_string_equal(web_value(w, &got, "items.0.id"), first);
    assert_string_equal(web_value(w, &got, "items.0.due_on"), "");
    got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?nomor=1/2026");
    assert_string_equal(web_value(w, &got, "items.0.id"), first);

    got = web_get(w, ROLE_CASE_OFFICER, "/pengaduan");
    assert_string_equal(web_value(w, &got, "items.0.id"), "");
    must(w, ROLE_INTEL_CHIEF, second, "/tim", "{\"staff\":\"" BAYU "\"}");
    got = web_get(w, ROLE_CASE_OFFICER, "/pengaduan");
    assert_string_equal(web_value(w, &got, "items.0.id"), second);
    assert_string_equal(web_value(w, &got, "items.1.id"), "");
    got = web_get(w, ROLE_ADMIN, "/pengaduan");
    web_refused(w, &got, 403, "role");
    got = web_ask(w, (struct ask){.method = HTTP_GET,
                                  .target = "/pengaduan",
                                  .role = ROLE_INTEL_CHIEF,
                                  .bearer = true});
    web_refused(w, &got, 403, "token_refused");
}

/* A leader who opens the board learns that the sheet is to be tried; others could do nothing about it. */
static void the_drill_is_announced_on_the_board(void **state)
{
    struct web *w = *state;
    struct got got = web_page(w, ROLE_OFFICE_HEAD, "/pengaduan");
    assert_null(strstr(got.body, "Latihan tahunan"));
    house_exec(w->h, arena_printf(w->arena, "UPDATE office SET recovery_confirmed_at = %lld",
                                  (long long)(w->h->cx->now_ms - 340 * DAY_MS)));
    got = web_page(w, ROLE_OFFICE_HEAD, "/pengaduan");
    assert_non_null(strstr(got.body, "pemulihan jatuh tempo Senin, 17 Agustus 2026."));
    assert_non_null(strstr(got.body, "href=\"/kunci\""));
    got = web_page(w, ROLE_CASE_OFFICER, "/pengaduan");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Latihan tahunan"));
}

static void the_pages_show_it(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = web_page(w, ROLE_INTEL_CHIEF, "/pengaduan");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "PGD-1/2026"));
    assert_non_null(strstr(got.body, "1 hari kerja lagi"));
    assert_null(strstr(got.body, "Hari libur tahun"));
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, ""));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Mulai telaah"));
    assert_null(strstr(got.body, "memotong"));
    struct ask a = {.method = HTTP_POST,
                    .target = web_complaint_path(w, id, "/tahap"),
                    .role = ROLE_INTEL_CHIEF,
                    .page = true,
                    .form = "to=review"};
    got = web_ask(w, a);
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, ""));
    assert_non_null(strstr(got.body, "Nilai sumber dan isi belum dicatat"));
    assert_non_null(strstr(got.body, arena_printf(w->arena, ", 23 Juli 2026, %s WIB",
                                                  time_hm(w->arena, w->h->cx->now_ms, 420))));
    assert_non_null(strstr(got.body, "href=\"#nilai\""));
    a.form = "to=received&note=";
    got = web_ask(w, a);
    assert_int_equal(got.status, 422);
    assert_non_null(strstr(got.body, "Tulis alasannya."));
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/riwayat"));
    assert_int_equal(got.status, 200);
    got = web_page(w, ROLE_OFFICE_HEAD, "/tenggat");
    assert_non_null(strstr(got.body, "Kejari Penajam Paser Utara"));
    got = web_page(w, ROLE_CASE_OFFICER, "/tenggat");
    assert_non_null(strstr(got.body, "Belum dicocokkan"));
}

/* --- the calendar and the limits move deadlines ------------------------------------------------------------------------------ */

static void deadlines_follow_the_calendar(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    assert_string_equal(column(w, "due_day", id), "2026-07-24");
    struct got got = web_post(w, ROLE_ADMIN, "/hari-libur",
                              "{\"day\":\"2026-07-24\",\"kind\":\"local\",\"name\":\"Pilkada\","
                              "\"decree\":\"Keputusan Bupati\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(column(w, "due_day", id), "2026-07-27");
    got = web_post(w, ROLE_INTEL_CHIEF, "/hari-libur/2026-07-24/hapus", "{}");
    assert_int_equal(got.status, 200);
    assert_string_equal(column(w, "due_day", id), "2026-07-24");
    got = web_post(w, ROLE_OFFICE_HEAD, "/tenggat",
                   "{\"limits\":[{\"stage\":\"received\",\"length\":3,\"unit\":\"working\","
                   "\"basis\":\"SOP kantor\",\"verified\":true}]}");
    assert_int_equal(got.status, 200);
    assert_string_equal(column(w, "due_day", id), "2026-07-28");
    got = web_post(w, ROLE_OFFICE_HEAD, "/tenggat",
                   "{\"limits\":[{\"stage\":\"received\",\"length\":3,\"unit\":\"minute\"}]}");
    web_fault(w, &got, "limits.0.unit", "unit");
    got = web_post(w, ROLE_OFFICE_HEAD, "/tenggat",
                   "{\"limits\":[{\"stage\":\"lain\",\"length\":3,\"unit\":\"working\"}]}");
    web_fault(w, &got, "limits.0.stage", "unknown");
    got = web_post(w, ROLE_CASE_OFFICER, "/tenggat", "{}");
    web_refused(w, &got, 403, "role");
    /* A complaint that nobody opened a stage for is found by the clock. */
    house_exec(w->h, "DELETE FROM casework");
    struct cx cx = web_cx(w);
    cx.actor.kind = ACTOR_SYSTEM;
    assert_int_equal(casework_tick(&cx, w->h->office), ERR_OK);
    assert_string_equal(column(w, "due_day", id), "2026-07-28");
}

/* More than one turn of 200, from an office of before: each has its row and its deadline afterwards. */
static void many_of_old_are_taken_up(void **state)
{
    struct web *w = *state;
    house_exec(
        w->h,
        arena_printf(w->arena,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                     "450) INSERT INTO complaint (office_id, id, year, number, received_at, "
                     "text_sealed, origin_sealed) SELECT '%s', printf('lama-%%04d', i), 2026, i, "
                     "%lld, x'00', x'00' FROM n",
                     w->h->office, (long long)(w->h->cx->now_ms - 9 * DAY_MS)));
    struct cx cx = web_cx(w);
    cx.actor.kind = ACTOR_SYSTEM;
    assert_int_equal(casework_tick(&cx, w->h->office), ERR_OK);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM casework WHERE stage_day = "
                                        "'2026-07-14' AND due_day = '2026-07-15'"),
                     450);
    struct got got = web_get(w, ROLE_OFFICE_HEAD, "/pengaduan?kelompok=late&limit=200");
    const char *cursor = web_value(w, &got, "next_cursor");
    got = web_get(w, ROLE_OFFICE_HEAD,
                  arena_printf(w->arena, "/pengaduan?kelompok=late&limit=200&cursor=%s", cursor));
    assert_string_equal(web_value(w, &got, "items.0.id"), "lama-0201");
    cursor = web_value(w, &got, "next_cursor");
    got = web_get(w, ROLE_OFFICE_HEAD,
                  arena_printf(w->arena, "/pengaduan?kelompok=late&limit=200&cursor=%s", cursor));
    assert_string_equal(web_value(w, &got, "items.49.id"), "lama-0450");
    assert_string_equal(web_value(w, &got, "next_cursor"), "");
    got = web_post(w, ROLE_ADMIN, "/hari-libur",
                   "{\"day\":\"2026-07-15\",\"kind\":\"local\",\"name\":\"Pilkada\"}");
    assert_int_equal(got.status, 200);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM casework WHERE due_day = "
                                        "'2026-07-16'"),
                     450);
}

/* --- anonymous: the day, nothing else ------------------------------------------------------------------------------------------ */

static void an_anonymous_one_leaves_its_day_alone(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, "{\"text\":\"Jalan rusak sejak lama.\",\"way\":\"letter\","
                                      "\"reporter_mode\":\"anonymous\"}");
    assert_string_equal(column(w, "stage_day", id), "2026-07-23");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_event"), 0);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM case_stage"), 0);
    struct got got = look(w, ROLE_INTEL_CHIEF, id);
    assert_string_equal(web_value(w, &got, "reporter_mode"), "anonymous");
    assert_string_equal(web_value(w, &got, "received_on"), "2026-07-23");
    assert_string_equal(web_value(w, &got, "events.0.kind"), "");
}

/* --- reminders ------------------------------------------------------------------------------------------------------------------- */

static int64_t reminders(struct web *w, const char *recipient)
{
    return house_number(w->h, arena_printf(w->arena,
                                           "SELECT count(*) FROM outbox WHERE kind = "
                                           "'case_reminder' AND recipient_id = '%s'",
                                           recipient));
}

static void tick(struct web *w)
{
    struct cx cx = web_cx(w);
    cx.actor.kind = ACTOR_SYSTEM;
    assert_int_equal(casework_tick(&cx, w->h->office), ERR_OK);
}

static enum err render(struct web *w, const char *recipient, struct outbox_message *ret)
{
    struct cx cx = web_cx(w);
    struct outbox_row row = {0};
    cx.actor.kind = ACTOR_SYSTEM;
    const char *id = house_text(w->h, arena_printf(w->arena,
                                                   "SELECT id FROM outbox WHERE kind = "
                                                   "'case_reminder' AND recipient_id = '%s' ORDER "
                                                   "BY round DESC",
                                                   recipient));
    assert_int_equal(outbox_get(cx.read, w->h->office, id, &row), ERR_OK);
    return notice_render(&cx, &row, ret);
}

static void who_has_something_due_is_reminded_once_a_day(void **state)
{
    struct web *w = *state;
    house_whatsapp(w->h);
    w->h->settings.template_reminder = "tenggat_pengaduan";
    const char *id = web_complaint(w, NULL); /* due on Friday, tomorrow */
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 0); /* it came today */
    house_later(w->h, DAY_MS);
    tick(w);
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 1);
    assert_int_equal(reminders(w, HENDRA), 0); /* nothing late, nothing for him to dispose */
    assert_string_equal(house_text(w->h, "SELECT subject_id FROM outbox WHERE kind = "
                                         "'case_reminder'"),
                        w->h->office);
    struct outbox_message m = {0};
    assert_int_equal(render(w, ARIEF, &m), ERR_OK);
    assert_string_equal(m.template_name, "tenggat_pengaduan");
    assert_string_equal(m.params[0], "1");
    assert_string_equal(m.params[1], "0");
    assert_null(strstr(m.text, "PGD"));
    assert_null(strstr(m.text, id));
    w->h->settings.template_reminder = "";
    assert_int_equal(render(w, ARIEF, &m), ERR_INVALID);

    house_later(w->h, 8 * 3600000); /* 17.40: closed */
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 1);
    assert_int_equal(render(w, ARIEF, &m), ERR_MISSING);
    house_later(w->h, DAY_MS); /* Saturday */
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 1);
    house_later(w->h, DAY_MS + 16 * 3600000); /* Monday, 9.40: late, so the Kajari hears too */
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 2);
    assert_int_equal(reminders(w, HENDRA), 1);
    w->h->settings.template_reminder = "tenggat_pengaduan";
    assert_int_equal(render(w, HENDRA, &m), ERR_OK);
    assert_string_equal(m.params[0], "0");
    assert_string_equal(m.params[1], "1");
    must(w, ROLE_INTEL_CHIEF, id, "/tahap", "{\"to\":\"withdrawn\",\"note\":\"dicabut\"}");
    assert_int_equal(render(w, HENDRA, &m), ERR_MISSING);
    house_later(w->h, DAY_MS);
    tick(w);
    assert_int_equal(reminders(w, ARIEF), 2);
    assert_int_equal(entries(w, "case_reminded"), 2);
}

static void a_member_hears_of_his_own(void **state)
{
    struct web *w = *state;
    house_whatsapp(w->h);
    const char *id = web_complaint(w, NULL);
    (void)web_complaint(w, NULL);
    must(w, ROLE_INTEL_CHIEF, id, "/tim", "{\"staff\":\"" BAYU "\"}");
    house_later(w->h, DAY_MS);
    tick(w);
    assert_int_equal(reminders(w, BAYU), 0); /* no number, no channel */
    house_exec(w->h, "DELETE FROM case_reminder");
    house_exec(w->h, "DELETE FROM outbox WHERE kind = 'case_reminder'");
    struct got got = web_post(w, ROLE_ADMIN, "/petugas/" BAYU "/saluran",
                              "{\"channel\":\"whatsapp\",\"address\":\"081200000108\"}");
    assert_int_equal(got.status, 200);
    tick(w);
    assert_int_equal(reminders(w, BAYU), 1);
    struct outbox_message m = {0};
    w->h->settings.template_reminder = "tenggat_pengaduan";
    assert_int_equal(render(w, BAYU, &m), ERR_OK);
    assert_string_equal(m.params[0], "1");
    assert_int_equal(render(w, ARIEF, &m), ERR_OK);
    assert_string_equal(m.params[0], "2");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, web_end)
    const struct CMUnitTest tests[] = {
        TEST(it_goes_step_by_step_with_its_letters),
        TEST(a_step_back_has_a_sealed_reason),
        TEST(who_acts_for_the_kajari_disposes),
        TEST(two_at_once_move_it_once),
        TEST(waiting_stops_the_clock),
        TEST(the_apip_answers),
        TEST(it_is_handed_over_and_comes_back),
        TEST(a_team_is_named),
        TEST(two_are_about_one_matter),
        TEST(the_board_goes_by_deadline),
        TEST(the_drill_is_announced_on_the_board),
        TEST(the_pages_show_it),
        TEST(deadlines_follow_the_calendar),
        TEST(many_of_old_are_taken_up),
        TEST(an_anonymous_one_leaves_its_day_alone),
        TEST(who_has_something_due_is_reminded_once_a_day),
        TEST(a_member_hears_of_his_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
