-- Figures of the days that are over, so that a year is the sum of a few hundred rows. All of it can be counted
-- again from the visits: emptying these tables loses nothing.
CREATE TABLE report_day (
    office_id TEXT NOT NULL,
    day TEXT NOT NULL,                  -- YYYY-MM-DD in the office's zone
    visits @int NOT NULL,               -- without the cancelled
    cancelled @int NOT NULL,
    late_entries @int NOT NULL,         -- written down later
    forgotten @int NOT NULL,            -- not closed on that day
    unreceived @int NOT NULL,
    kept @int NOT NULL,                 -- received in time
    missed @int NOT NULL,
    times @bytes NOT NULL,              -- durations in buckets: features/report/report.c
    counted_at @int NOT NULL,
    PRIMARY KEY (office_id, day)
) @strict;

CREATE TABLE report_count (
    office_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- hour category host reason notice answer custody closing
    code TEXT NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (office_id, day, kind, code)
) @strict;

-- How far the counting has come: days up to `day`, changes up to the audit's `seq`.
CREATE TABLE report_state (
    office_id TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    seq @int NOT NULL
) @strict;

-- What was lost on a day.
CREATE INDEX badge_hold_lost ON badge_hold (office_id, ended_at) WHERE lost_reason IS NOT NULL;
CREATE INDEX item_lost ON item (office_id, lost_at) WHERE lost_at IS NOT NULL;
