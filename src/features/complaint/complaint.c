/* Rules of the written complaint: when it may be written, who may see that it is there. Pure. */
#include "features/complaint/complaint.h"

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static struct refusal conflict(const char *code, const char *msgid)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid};
}

struct refusal complaint_may_write(const struct visit *v)
{
    if (!v->open)
        return conflict("state", T("Kunjungan ini sudah berakhir."));
    if (!visit_state_is(v, "received") && !visit_state_is(v, "leaving"))
        return conflict("state", T("Pengaduan ditulis setelah tamu diterima (langkah 7)."));
    if (v->complaint_sealed.n)
        return conflict("complaint_exists",
                        T("Pengaduan tertulis untuk kunjungan ini sudah disimpan."));
    return (struct refusal){.err = ERR_OK};
}

struct refusal complaint_no_reader(void)
{
    return conflict(
        "no_trusted_reader",
        T("Pengaduan belum dapat diterima: belum ada Kasi Intelijen atau Kajari yang kuncinya "
          "dipercayai. Minta pengelola server menjalankan bukutamu user trust."));
}

bool complaint_may_see(const struct actor *actor, const char *writer_id)
{
    if (actor->kind != ACTOR_USER)
        return false;
    return (actor->roles & ROLE_LEADERS) != 0 || (*actor->id && str_eq(actor->id, writer_id));
}

char *complaint_number_text(struct arena *a, int64_t number, int64_t year)
{
    return arena_printf(a, "PGD-%lld/%lld", (long long)number, (long long)year);
}

char *complaint_aad(struct arena *a, const char *complaint_id, const char *part)
{
    return arena_printf(a, "%s|%s", complaint_id, part);
}
