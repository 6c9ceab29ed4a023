-- Whom the report is mailed to, and what was mailed (docs/adr/0026).

CREATE TABLE report_recipient (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,                 -- a person or a post
    address_sealed @bytes,              -- NULL once the recipient is taken off the list
    address_index @bytes,               -- blind index, domain report_recipient
    report TEXT NOT NULL,               -- monthly yearly
    form TEXT NOT NULL,                 -- pdf docx
    day @int NOT NULL,                  -- 1 … 31 of the month after the period; a shorter month: its last
    test_id TEXT,                       -- the outbox row of the last test
    created_by TEXT NOT NULL,
    created_at @int NOT NULL,
    ended_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX report_recipient_by_address ON report_recipient (office_id, report, address_index)
    WHERE ended_at IS NULL;

-- One row a recipient and period: it is what keeps a report from being sent twice.
CREATE TABLE report_mailing (
    office_id TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    period TEXT NOT NULL,               -- 2026-10 2026
    outbox_id TEXT NOT NULL,
    due_at @int NOT NULL,
    queued_at @int NOT NULL,
    PRIMARY KEY (office_id, recipient_id, period)
) @strict;
