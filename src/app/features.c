/* The only list of all features: their SQL statements and routes. A new feature adds its two lines. */
#include "app/features.h"

#include <pthread.h>

#include "app/commands.h"
#include "app/doctor.h"
#include "app/operations.h"
#include "features/audit/audit.h"
#include "features/calendar/calendar.h"
#include "features/casefile/casefile.h"
#include "features/casework/casework.h"
#include "features/complaint/complaint.h"
#include "features/custody/custody.h"
#include "features/decision/decision.h"
#include "features/evidence/evidence.h"
#include "features/exchange/exchange.h"
#include "features/letter/letter.h"
#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/proof/proof.h"
#include "features/reach/reach.h"
#include "features/register/register.h"
#include "features/report/report.h"
#include "features/report/report_schedule.h"
#include "features/reporter/reporter.h"
#include "features/service/service.h"
#include "features/staff/staff.h"
#include "features/standard/standard.h"
#include "features/survey/survey.h"
#include "features/visit/visit.h"
#include "lib/counter/counter.h"
#include "lib/outbox/outbox.h"
#include "lib/replay/replay.h"
#include "lib/base/banned.h"

const struct db_sql *const *const *features_statements(void)
{
    static const struct db_sql *const *const tables[] = {audit_statements,
                                                         calendar_statements,
                                                         casefile_statements,
                                                         casework_statements,
                                                         casework_due_statements,
                                                         casework_move_statements,
                                                         complaint_statements,
                                                         counter_statements,
                                                         custody_statements,
                                                         decision_statements,
                                                         evidence_statements,
                                                         exchange_statements,
                                                         letter_statements,
                                                         letter_template_statements,
                                                         notice_statements,
                                                         escalation_statements,
                                                         inbound_statements,
                                                         whatsapp_statements,
                                                         office_statements,
                                                         outbox_statements,
                                                         outbox_health_statements,
                                                         outbox_carry_statements,
                                                         proof_statements,
                                                         register_statements,
                                                         register_entry_statements,
                                                         reach_statements,
                                                         report_read_statements,
                                                         report_statements,
                                                         report_schedule_statements,
                                                         reporter_statements,
                                                         service_statements,
                                                         info_statements,
                                                         replay_statements,
                                                         custody_day_statements,
                                                         office_pool_statements,
                                                         session_statements,
                                                         staff_statements,
                                                         standard_statements,
                                                         skill_statements,
                                                         survey_statements,
                                                         visit_statements,
                                                         doctor_statements,
                                                         recovery_statements,
                                                         restore_statements,
                                                         NULL};
    return tables;
}

static const struct route *route_tables[32];

static void collect_routes(void)
{
    const struct route *all[] = {portal_routes(),    session_routes(),         staff_routes(),
                                 staff_key_routes(), office_routes(),          visit_routes(),
                                 custody_routes(),   decision_routes(),        evidence_routes(),
                                 exchange_routes(),  letter_routes(),          notice_routes(),
                                 complaint_routes(), calendar_routes(),        casefile_routes(),
                                 casework_routes(),  proof_routes(),           register_routes(),
                                 report_routes(),    report_schedule_routes(), survey_routes(),
                                 reach_routes(),     reporter_routes(),        standard_routes(),
                                 service_routes(),   operations_routes(),      NULL};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        route_tables[i] = all[i];
}

const struct route *const *features_routes(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, collect_routes);
    return route_tables;
}
