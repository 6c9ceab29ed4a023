-- Letters: templates edited in Word, the book of numbers, and the letters of complaints.

-- Files uploaded by the office; version 0 is the one shipped with the program and has no row.
CREATE TABLE letter_template (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- features/letter/letter.h
    version @int NOT NULL,
    file @bytes NOT NULL,               -- .docx, holds no complaint
    bytes @int NOT NULL,
    active @int NOT NULL,               -- 1: used for new letters; none: the shipped one
    uploaded_at @int NOT NULL,
    uploaded_by TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX letter_template_by_version ON letter_template (office_id, kind, version);
CREATE UNIQUE INDEX letter_template_active ON letter_template (office_id, kind) WHERE active = 1;

-- What stands in the number of a kind; without a row as shipped.
CREATE TABLE letter_rule (
    office_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,                 -- B, R, Print, R-LAPHASTUG
    subject_code TEXT NOT NULL,         -- Dek.3
    PRIMARY KEY (office_id, kind)
) @strict;

CREATE TABLE letter_setting (
    office_id TEXT NOT NULL,
    place TEXT NOT NULL,                -- where letters are signed: Kuala Kapuas
    PRIMARY KEY (office_id)
) @strict;

-- The book. Numbers run per office, type and calendar year, without a gap (counter 'letter:TYPE').
CREATE TABLE letter (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    complaint_id TEXT,                  -- NULL: of no complaint
    kind TEXT NOT NULL,                 -- 'other': taken by hand
    type TEXT NOT NULL,
    year @int NOT NULL,
    sequence @int NOT NULL,
    suffix TEXT NOT NULL,               -- '' or the letter of a late entry
    month @int NOT NULL,
    subject_code TEXT NOT NULL,
    number TEXT NOT NULL,               -- as written on the letter
    dated_at @int NOT NULL,
    about TEXT NOT NULL,                -- of numbers taken by hand; '' for complaints
    template_version @int NOT NULL,
    input_sealed @bytes,                -- what was typed: a drop of the complaint (letter id in its aad)
    made_at @int NOT NULL,
    made_by TEXT NOT NULL,
    cancelled_at @int,
    cancelled_by TEXT,
    cancel_reason TEXT,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX letter_by_number ON letter (office_id, type, year, sequence, suffix);
CREATE INDEX letter_of_complaint ON letter (office_id, complaint_id, made_at) WHERE complaint_id IS NOT NULL;
CREATE INDEX letter_by_time ON letter (office_id, made_at, id);
