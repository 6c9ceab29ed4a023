-- Whom WhatsApp has told to take fewer messages: asked before each message to a person, and few rows of the
-- many that may wait for him.
CREATE INDEX outbox_told ON outbox (office_id, recipient_id, channel, next_at) WHERE code = '131056';
