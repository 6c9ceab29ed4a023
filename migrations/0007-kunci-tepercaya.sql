-- Complaints are sealed for leaders whose key somebody vouches for: not for an account that an administrator
-- made or whose password he set. Accounts that are there already keep what they had.
ALTER TABLE staff ADD COLUMN key_trusted_at @int; -- NULL: waits for a leader, or for `bukutamu user trust`
ALTER TABLE staff ADD COLUMN key_trusted_by TEXT; -- staff id; '' for the program on the server
UPDATE staff SET key_trusted_at = created_at, key_trusted_by = '';

-- The day alone: to the millisecond it was the time of the visit's audit entry, and so named the visit.
UPDATE complaint SET received_at =
    (received_at + (SELECT o.offset_min * 60000 FROM office o WHERE o.office_id = complaint.office_id))
    / 86400000 * 86400000
    - (SELECT o.offset_min * 60000 FROM office o WHERE o.office_id = complaint.office_id);
