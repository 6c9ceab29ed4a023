/* What was typed for a letter, as JSON that only readers of the complaint open; and the two papers of the
 * intake for other features. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/letter/letter_web.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define JSON_MAX (256u * 1024)

static const char *aad_of(struct cx *cx, const char *complaint_id, const char *letter_id)
{
    return complaint_aad(cx->arena, complaint_id, arena_printf(cx->arena, "letter|%s", letter_id));
}

/* clang-format off */
static const struct {
    const char *key;
    size_t offset;
} members[] = {
    {"addressee", offsetof(struct letter_input, addressee)},
    {"subject", offsetof(struct letter_input, subject)},
    {"nature", offsetof(struct letter_input, nature)},
    {"attachment", offsetof(struct letter_input, attachment)},
    {"basis", offsetof(struct letter_input, basis)},
    {"body", offsetof(struct letter_input, body)},
    {"analysis", offsetof(struct letter_input, analysis)},
    {"conclusion", offsetof(struct letter_input, conclusion)},
    {"advice", offsetof(struct letter_input, advice)},
    {"task", offsetof(struct letter_input, task)},
    {"period", offsetof(struct letter_input, period)},
    {"note", offsetof(struct letter_input, note)},
    {"copies", offsetof(struct letter_input, copies)},
    {"value", offsetof(struct letter_input, value)},
    {"place", offsetof(struct letter_input, place)},
};
/* clang-format on */

static const char **member(struct letter_input *in, size_t i)
{
    return (const char **)(void *)((char *)in + members[i].offset);
}

static json_t *person_json(const struct letter_person *p)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "name", json_text(p->name));
    json_object_set_new_nocheck(o, "rank", json_text(p->rank));
    json_object_set_new_nocheck(o, "nip", json_text(p->nip));
    json_object_set_new_nocheck(o, "title", json_text(p->title));
    return o;
}

static const char *text_of(struct cx *cx, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? arena_strdup(cx->arena, text) : NULL;
}

static struct letter_person person_read(struct cx *cx, const json_t *o)
{
    return (struct letter_person){.name = text_of(cx, o, "name"),
                                  .rank = text_of(cx, o, "rank"),
                                  .nip = text_of(cx, o, "nip"),
                                  .title = text_of(cx, o, "title")};
}

struct bytes letter_input_seal(struct cx *cx, const struct complaint *c, const char *letter_id,
                               const struct letter_input *in)
{
    struct letter_input copy = *in;
    json_t *o = json_object(), *team = json_array();
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        json_object_set_new_nocheck(o, members[i].key, json_text(*member(&copy, i)));
    for (size_t i = 0; i < in->team_count; i++)
        json_array_append_new(team, person_json(&in->team[i]));
    json_object_set_new_nocheck(o, "signer", person_json(&in->signer));
    json_object_set_new_nocheck(o, "team", team);
    struct buf text = buf_new(cx->arena, 4096, JSON_MAX);
    json_write(&text, json_keep(cx->arena, o));
    if (text.full || c->public_key.n != 32)
        return (struct bytes){NULL, 0};
    return seal_drop_text(cx->arena, c->public_key.p, aad_of(cx, c->id, letter_id), text.p);
}

enum err letter_input_open(struct cx *cx, const struct complaint *c, const struct letter *l,
                           const struct seal_envelope *key, struct letter_input *ret)
{
    char *text = NULL;
    TRY(seal_drop_open(key, cx->arena, aad_of(cx, c->id, l->id), l->input_sealed, &text));
    const json_t *o = json_keep(cx->arena, json_loads(str_or(text, ""), 0, NULL));
    if (!json_is_object(o))
        return cx_detail(cx, ERR_INTERNAL, "a letter's input is no object");
    struct letter_input in = {.signer = person_read(cx, json_object_get(o, "signer"))};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        *member(&in, i) = text_of(cx, o, members[i].key);
    const json_t *team = json_object_get(o, "team");
    in.team_count = json_array_size(team);
    in.team = ARENA_ARRAY(cx->arena, in.team_count + 1, struct letter_person);
    for (size_t i = 0; i < in.team_count; i++)
        in.team[i] = person_read(cx, json_array_get(team, i));
    *ret = in;
    return ERR_OK;
}

static bool same_person(const struct letter_person *a, const struct letter_person *b)
{
    return str_eq(str_or(a->name, ""), str_or(b->name, "")) &&
           str_eq(str_or(a->rank, ""), str_or(b->rank, "")) &&
           str_eq(str_or(a->nip, ""), str_or(b->nip, "")) &&
           str_eq(str_or(a->title, ""), str_or(b->title, ""));
}

bool letter_input_same(const struct letter_input *a, const struct letter_input *b)
{
    struct letter_input x = *a, y = *b;
    bool same = a->team_count == b->team_count && same_person(&a->signer, &b->signer);
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        same = same && str_eq(str_or(*member(&x, i), ""), str_or(*member(&y, i), ""));
    for (size_t i = 0; same && i < a->team_count; i++)
        same = same_person(&a->team[i], &b->team[i]);
    return same;
}

/* --- the papers of the intake ------------------------------------------------------------------------------------ */

static enum err paper(struct cx *cx, const char *kind, const struct letter_intake *in,
                      struct bytes *ret)
{
    const char *place = "";
    int64_t version = 0;
    TRY(letter_place(cx->read, cx->actor.office_id, &place));
    TRY(letter_template_active(cx->read, cx->actor.office_id, kind, &version));
    const struct letter_case c = {.kind = kind,
                                  .template_version = version,
                                  .intake = in,
                                  .dated_at = in->received_at,
                                  .place = place};
    return letter_document(cx, &c, ret);
}

enum err letter_written_complaint(struct cx *cx, const struct letter_intake *in, struct bytes *ret)
{
    return paper(cx, "complaint_form", in, ret);
}

enum err letter_receipt(struct cx *cx, const struct letter_intake *in, struct bytes *ret)
{
    return paper(cx, "receipt", in, ret);
}
