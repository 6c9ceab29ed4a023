-- Waiting events in the order in which they are read: a poll touches these rows and no others.
DROP INDEX webhook_waiting;
CREATE INDEX webhook_waiting ON webhook_event (office_id, received_at, id) WHERE processed_at IS NULL;
DROP INDEX inbound_waiting;
CREATE INDEX inbound_waiting ON inbound_event (office_id, received_at, id) WHERE processed_at IS NULL;

-- Which row names a photo: asked for files that a crash may have left without one.
CREATE INDEX visit_by_photo ON visit (office_id, photo_id) WHERE photo_id IS NOT NULL;
