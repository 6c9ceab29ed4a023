-- The notice chain: several channels a person, deputies and acting holders, escalation, proof of life.

-- A person's ways to be reached, in order. Without any row the telephone number is his WhatsApp.
CREATE TABLE staff_channel (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    sort @int NOT NULL,
    channel TEXT NOT NULL,              -- whatsapp, gateway, telegram, mail, webpush
    address_sealed @bytes NOT NULL,     -- number, chat id, mail address; for webpush the subscription as JSON
    address_index @bytes NOT NULL,      -- blind index, domain staff_channel
    verified_at @int,                   -- an answer to the test message came back
    created_at @int NOT NULL,
    gone_at @int,                       -- taken away, or the other side said that it is no more
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX staff_channel_of_staff ON staff_channel (office_id, staff_id, sort);
CREATE UNIQUE INDEX staff_channel_by_address ON staff_channel (office_id, channel, address_index) WHERE gone_at IS NULL;

-- Hours in which a person is not disturbed (minutes of the office's day; 22:00–05:00 is 1320–300).
CREATE TABLE staff_quiet (
    office_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    from_min @int NOT NULL,
    until_min @int NOT NULL,
    PRIMARY KEY (office_id, staff_id)
) @strict;

-- Who stands in for whom: a deputy at all times, somebody away until a time, an acting holder of a post.
CREATE TABLE stand_in (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('deputy', 'away', 'plt', 'plh')),
    staff_id TEXT NOT NULL,             -- who is replaced
    deputy_id TEXT NOT NULL,            -- by whom
    sort @int NOT NULL,                 -- of several deputies: first, second
    from_at @int NOT NULL,
    until_at @int,                      -- NULL: until ended
    created_by TEXT NOT NULL,
    created_at @int NOT NULL,
    ended_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX stand_in_of_staff ON stand_in (office_id, staff_id, kind, sort);

-- Who of several holders of a post is on duty on a day.
CREATE TABLE duty (
    office_id TEXT NOT NULL,
    day TEXT NOT NULL,                  -- YYYY-MM-DD in the office's zone
    post TEXT NOT NULL,                 -- intel_chief, office_head, section_chief
    staff_id TEXT NOT NULL,
    PRIMARY KEY (office_id, day, post)
) @strict;

-- What happens when nobody answers, step by step.
CREATE TABLE escalation_rule (
    office_id TEXT NOT NULL,
    sort @int NOT NULL,                 -- 1, 2, 3, …
    after_s @int NOT NULL,              -- since the question was asked
    condition TEXT NOT NULL CHECK (condition IN ('undelivered', 'unanswered')),
    action TEXT NOT NULL CHECK (action IN ('next_channel', 'repeat_and_deputy', 'next_deputy_or_head', 'counter_alarm')),
    PRIMARY KEY (office_id, sort)
) @strict;

-- How far the escalation of the open question of a visit has come: one row a question.
CREATE TABLE escalation (
    office_id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    question TEXT NOT NULL,             -- visit_notice, head_question
    asked_at @int NOT NULL,
    done_sort @int NOT NULL,            -- rules up to here were looked at
    next_at @int,                       -- when the next rule is due; NULL: no rule is left, or answered
    alarm_at @int,                      -- the counter's alarm rings since; NULL again with the answer
    PRIMARY KEY (office_id, visit_id, question)
) @strict;
CREATE INDEX escalation_due ON escalation (office_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX escalation_ringing ON escalation (office_id, alarm_at) WHERE alarm_at IS NOT NULL;

-- The sane default for the offices that are there already (a new office gets it when it is made).
INSERT INTO escalation_rule (office_id, sort, after_s, condition, action)
    SELECT office_id, 1, 60, 'undelivered', 'next_channel' FROM office;
INSERT INTO escalation_rule (office_id, sort, after_s, condition, action)
    SELECT office_id, 2, 120, 'unanswered', 'repeat_and_deputy' FROM office;
INSERT INTO escalation_rule (office_id, sort, after_s, condition, action)
    SELECT office_id, 3, 240, 'unanswered', 'next_deputy_or_head' FROM office;
INSERT INTO escalation_rule (office_id, sort, after_s, condition, action)
    SELECT office_id, 4, 360, 'unanswered', 'counter_alarm' FROM office;

-- Proof of life: a channel is healthy only by real acknowledgements.
CREATE TABLE channel_health (
    office_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    tried_at @int,
    accepted_at @int,                   -- the provider took a message
    delivered_at @int,                  -- a device had one
    failing_since @int,                 -- first failure after the last success
    paused_at @int,                     -- the channel stopped itself (token, account, template)
    code TEXT,
    reason TEXT,
    dead_at @int,                       -- the counter is told since
    PRIMARY KEY (office_id, channel)
) @strict;

ALTER TABLE answer_token ADD COLUMN number @int; -- of a numbered text answer ("Balas 1")

-- Each channel has a sending thread of its own, which looks for its own rows.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (office_id, channel, next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_unproven ON outbox (office_id, sent_at) WHERE state = 'sent';
CREATE INDEX outbox_dead ON outbox (office_id, failed_at) WHERE state = 'failed';

-- Answers come on more ways than before: the list of them lies in the code from now on.
CREATE TABLE answer_wider (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    at @int NOT NULL,
    official_id TEXT NOT NULL,          -- whose answer it is
    official_role TEXT NOT NULL,        -- as whom: intel_chief office_head section_chief
    outcome TEXT NOT NULL,
    minutes @int,
    note_sealed @bytes,
    channel TEXT NOT NULL,              -- whatsapp gateway telegram link page spoken silence api
    recorded_by TEXT,                   -- the desk, for a spoken answer
    effect TEXT NOT NULL,               -- proposed, final, asked_head, later, too_late
    message_id TEXT,                    -- of the webhook, so that a repeated one has no second effect
    PRIMARY KEY (office_id, id)
) @strict;
INSERT INTO answer_wider (office_id, id, visit_id, at, official_id, official_role, outcome, minutes,
    note_sealed, channel, recorded_by, effect, message_id)
    SELECT office_id, id, visit_id, at, official_id, official_role, outcome, minutes, note_sealed, channel,
        recorded_by, effect, message_id FROM answer;
DROP TABLE answer;
ALTER TABLE answer_wider RENAME TO answer;
CREATE INDEX answer_of_visit ON answer (office_id, visit_id, at);
CREATE UNIQUE INDEX answer_by_message ON answer (office_id, message_id) WHERE message_id IS NOT NULL;
