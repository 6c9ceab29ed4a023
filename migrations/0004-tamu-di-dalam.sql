-- The list of open visits in its own order, ties included: one index answers it, whatever the years hold.
DROP INDEX visit_open;
CREATE INDEX visit_open ON visit (office_id, arrived_at, id) WHERE open = 1;
