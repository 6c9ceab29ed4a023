-- What people answer on channels other than WhatsApp, and the test messages that prove an address.

-- Read from its carrier into events of ours at once: the raw bodies of some gateways hold keys.
CREATE TABLE inbound_event (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    channel TEXT NOT NULL,              -- gateway telegram
    received_at @int NOT NULL,
    body_sealed @bytes NOT NULL,        -- JSON, deleted after 30 days
    processed_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX inbound_waiting ON inbound_event (office_id, channel, received_at) WHERE processed_at IS NULL;
CREATE INDEX inbound_by_age ON inbound_event (office_id, received_at);

-- One's own answers of a day.
CREATE INDEX answer_of_official ON answer (office_id, official_id, at);
