-- The yearly drill of the recovery sheet: when it opened every complaint the last time.
ALTER TABLE office ADD COLUMN recovery_tested_at @int; -- NULL: never since the sheet was typed back
