-- Following complaints to their end: the office's calendar, states with their deadlines, history, hand-over.

CREATE TABLE holiday (
    office_id TEXT NOT NULL,
    day TEXT NOT NULL,                  -- YYYY-MM-DD
    kind TEXT NOT NULL CHECK (kind IN ('public_holiday', 'collective_leave', 'local')),
    name TEXT NOT NULL,
    decree TEXT NOT NULL,               -- SKB 3 Menteri, or the order of a local holiday
    PRIMARY KEY (office_id, day)
) @strict;

-- Perpres 21/2023, until the office decides otherwise. Minutes of the office's day; open = close: closed.
CREATE TABLE office_hours (
    office_id TEXT NOT NULL,
    weekday @int NOT NULL,              -- 0 = Sunday
    open_min @int NOT NULL,
    close_min @int NOT NULL,
    break_from_min @int NOT NULL,
    break_until_min @int NOT NULL,
    PRIMARY KEY (office_id, weekday)
) @strict;

-- What the product brings along stands under the empty office: the offices that are there take it from here,
-- and so does a new one when it is made.
INSERT INTO holiday (office_id, day, kind, name, decree) VALUES
    ('', '2026-01-01', 'public_holiday', 'Tahun Baru 2026 Masehi', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-01-16', 'public_holiday', 'Isra Mikraj Nabi Muhammad SAW', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-02-16', 'collective_leave', 'Cuti bersama Tahun Baru Imlek 2577 Kongzili', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-02-17', 'public_holiday', 'Tahun Baru Imlek 2577 Kongzili', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-18', 'collective_leave', 'Cuti bersama Hari Suci Nyepi', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-19', 'public_holiday', 'Hari Suci Nyepi Tahun Baru Saka 1948', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-20', 'collective_leave', 'Cuti bersama Idulfitri 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-21', 'public_holiday', 'Idulfitri 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-22', 'public_holiday', 'Idulfitri 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-23', 'collective_leave', 'Cuti bersama Idulfitri 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-03-24', 'collective_leave', 'Cuti bersama Idulfitri 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-04-03', 'public_holiday', 'Wafat Yesus Kristus', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-04-05', 'public_holiday', 'Kebangkitan Yesus Kristus (Paskah)', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-01', 'public_holiday', 'Hari Buruh Internasional', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-14', 'public_holiday', 'Kenaikan Yesus Kristus', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-15', 'collective_leave', 'Cuti bersama Kenaikan Yesus Kristus', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-27', 'public_holiday', 'Iduladha 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-28', 'collective_leave', 'Cuti bersama Iduladha 1447 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-05-31', 'public_holiday', 'Hari Raya Waisak 2570 BE', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-06-01', 'public_holiday', 'Hari Lahir Pancasila', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-06-16', 'public_holiday', '1 Muharam Tahun Baru Islam 1448 Hijriah', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-08-17', 'public_holiday', 'Proklamasi Kemerdekaan', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-08-25', 'public_holiday', 'Maulid Nabi Muhammad SAW', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-12-24', 'collective_leave', 'Cuti bersama Kelahiran Yesus Kristus', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025'),
    ('', '2026-12-25', 'public_holiday', 'Kelahiran Yesus Kristus (Natal)', 'SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025');
INSERT INTO holiday (office_id, day, kind, name, decree)
    SELECT o.office_id, s.day, s.kind, s.name, s.decree FROM office o JOIN holiday s ON s.office_id = '';
INSERT INTO office_hours (office_id, weekday, open_min, close_min, break_from_min, break_until_min) VALUES
    ('', 0, 0, 0, 0, 0), ('', 1, 450, 960, 720, 780), ('', 2, 450, 960, 720, 780), ('', 3, 450, 960, 720, 780),
    ('', 4, 450, 960, 720, 780), ('', 5, 450, 990, 690, 780), ('', 6, 0, 0, 0, 0);
INSERT INTO office_hours (office_id, weekday, open_min, close_min, break_from_min, break_until_min)
    SELECT o.office_id, s.weekday, s.open_min, s.close_min, s.break_from_min, s.break_until_min
    FROM office o JOIN office_hours s ON s.office_id = '';

-- How long each stage may take. Every figure is the office's to change; `verified` says whether the rule
-- named in `basis` was read.
CREATE TABLE stage_limit (
    office_id TEXT NOT NULL,
    stage TEXT NOT NULL,                -- a state, or intake overall examination completion
    length @int NOT NULL,               -- 0: no limit
    unit TEXT NOT NULL CHECK (unit IN ('minute', 'working', 'calendar')),
    basis TEXT NOT NULL,
    verified @int NOT NULL,
    PRIMARY KEY (office_id, stage)
) @strict;
INSERT INTO stage_limit (office_id, stage, length, unit, basis, verified) VALUES
    ('', 'intake', 10, 'minute', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'received', 1, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'review', 1, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'disposition', 1, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'order', 1, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'gathering', 7, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'exposition', 3, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'report', 1, 'working', 'Standar pelayanan Kejari Penajam Paser Utara', 1),
    ('', 'examination', 30, 'calendar', 'PP 43/2018 pasal 9 ayat (2)', 0),
    ('', 'completion', 10, 'calendar', 'PP 43/2018', 0),
    ('', 'overall', 60, 'calendar', 'Perpres 76/2013', 1);
INSERT INTO stage_limit (office_id, stage, length, unit, basis, verified)
    SELECT o.office_id, s.stage, s.length, s.unit, s.basis, s.verified
    FROM office o JOIN stage_limit s ON s.office_id = '';

-- Where a complaint stands, beside its state: days only, one row a complaint. The first row of a complaint
-- holds nothing but the day of its receipt.
CREATE TABLE casework (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    stage_day TEXT NOT NULL,            -- the present state began
    overall_day TEXT NOT NULL,          -- the overall limit runs from here
    due_day TEXT,                       -- of the stage; NULL: no limit, waiting, ended
    overall_due TEXT,
    side_day TEXT,                      -- the side state began
    side_due TEXT,                      -- until when the reporter completes the file
    sort_day TEXT NOT NULL,             -- the first of those that run, else 9999-12-31; ended: that day
    value_source TEXT,                  -- A–F
    value_content TEXT,                 -- 1–6
    complete TEXT,                      -- codes of what is there; NULL: not looked at
    event_seq @int NOT NULL,
    PRIMARY KEY (office_id, complaint_id)
) @strict;
CREATE INDEX casework_by_day ON casework (office_id, sort_day, complaint_id);

-- Stages that are over.
CREATE TABLE case_stage (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,                  -- of the event that ended it
    stage TEXT NOT NULL,
    started_day TEXT NOT NULL,
    due_day TEXT,
    stopped_days @int NOT NULL,         -- days on which the clock stood still
    ended_day TEXT NOT NULL,
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;

-- Stretches in which the clock stands still: from_day <= day < until_day.
CREATE TABLE case_pause (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,
    side TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT,                     -- NULL: still waiting
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;

-- What people did, numbered for each complaint. The receipt is no event: it has a day only.
CREATE TABLE case_event (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,
    at @int NOT NULL,
    by_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    detail TEXT NOT NULL,               -- codes of ours
    note_sealed @bytes,                 -- to complaint.public_key
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;

-- Who works on it. Reading is another matter: complaint_share.
CREATE TABLE case_team (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    since_day TEXT NOT NULL,
    PRIMARY KEY (office_id, complaint_id, staff_id)
) @strict;
CREATE INDEX case_team_of_staff ON case_team (office_id, staff_id, complaint_id);

CREATE TABLE transfer (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,
    to_kind TEXT NOT NULL CHECK (to_kind IN ('section', 'office', 'apip')),
    to_name TEXT NOT NULL,
    to_staff TEXT,                      -- when the recipient is a person here
    old_access TEXT NOT NULL CHECK (old_access IN ('kept', 'taken')),
    at @int NOT NULL,
    by_id TEXT NOT NULL,
    received_at @int,
    received_by TEXT,                   -- who noted it
    receipt_number TEXT,
    returned_at @int,
    returned_by TEXT,
    reason_sealed @bytes,
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;

-- Complaints on the same matter; a_id < b_id.
CREATE TABLE complaint_link (
    office_id TEXT NOT NULL,
    a_id TEXT NOT NULL,
    b_id TEXT NOT NULL,
    by_id TEXT NOT NULL,
    at @int NOT NULL,
    PRIMARY KEY (office_id, a_id, b_id)
) @strict;
CREATE INDEX complaint_link_back ON complaint_link (office_id, b_id, a_id);

-- The day on which a person was last reminded.
CREATE TABLE case_reminder (
    office_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (office_id, staff_id)
) @strict;
