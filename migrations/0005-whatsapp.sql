-- WhatsApp in a rush and in trouble: messages that carry others, numbers in doubt, stopped templates.

ALTER TABLE outbox ADD COLUMN carried_by TEXT; -- the row in whose message this one went along
CREATE INDEX outbox_by_carrier ON outbox (office_id, carried_by) WHERE carried_by IS NOT NULL;
-- The token bucket of a recipient is told from when his last messages left.
CREATE INDEX outbox_by_recipient ON outbox (office_id, recipient_id, channel, sent_at);

-- WhatsApp said that it cannot deliver to this number; a delivered message takes it back.
ALTER TABLE staff ADD COLUMN phone_doubtful_at @int;

-- Templates that WhatsApp has paused or disabled: no message is made from them while a row is here.
CREATE TABLE template_stop (
    office_id TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT NOT NULL,                 -- 132015, 132016, or the event that told of it
    stopped_at @int NOT NULL,
    PRIMARY KEY (office_id, name)
) @strict;
