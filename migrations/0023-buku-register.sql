-- Books beside R.IN.21: letters that come in, the intelligence work register, and what an officer writes into a
-- book about a letter or a complaint. Letters that go out and telaahan stand in `letter`.

-- A line of a book that is not made of visits or letters. Numbers run per office, book and calendar year, without a
-- gap (counter 'register:BOOK').
CREATE TABLE register_entry (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,                 -- surat-masuk, surat-masuk-rahasia, kerja-ekokeu, …
    id TEXT NOT NULL,
    year @int NOT NULL,
    number @int NOT NULL,
    suffix TEXT NOT NULL,               -- '' or the letter of a late entry
    received_at @int NOT NULL,
    has_time @int NOT NULL,             -- 0: the day alone is known, or may be known
    source_kind TEXT NOT NULL,          -- hand visit complaint
    source_id TEXT,
    counts_at @int NOT NULL,            -- in which month it stands: received_at; late, after the closing: when it was made
    settled_at @int,                    -- disposed of or followed up; never in a month that was closed before
    made_at @int NOT NULL,
    made_by TEXT NOT NULL,
    cancelled_at @int,
    cancelled_by TEXT,
    cancel_reason TEXT,
    PRIMARY KEY (office_id, book, id)
) @strict;
CREATE UNIQUE INDEX register_entry_by_number ON register_entry (office_id, book, year, number, suffix);
CREATE UNIQUE INDEX register_entry_by_source ON register_entry (office_id, book, source_id)
    WHERE source_id IS NOT NULL AND cancelled_at IS NULL;
CREATE INDEX register_entry_by_time ON register_entry (office_id, book, received_at);
CREATE INDEX register_entry_by_month ON register_entry (office_id, book, counts_at);

-- The words of a line, as JSON under the server's key: of an entry, or of a letter that fills a line.
CREATE TABLE register_words (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,
    row_id TEXT NOT NULL,               -- register_entry.id or letter.id
    words_sealed @bytes NOT NULL,
    changed_at @int NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (office_id, book, row_id)
) @strict;

-- What happened to a line after its month was closed.
CREATE TABLE register_correction (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,
    id TEXT NOT NULL,
    row_id TEXT NOT NULL,
    row_at @int NOT NULL,               -- when the line was received or dated
    series TEXT NOT NULL,               -- number of the line: series, number, suffix, year
    number @int NOT NULL,
    suffix TEXT NOT NULL,
    year @int NOT NULL,
    field TEXT NOT NULL,                -- keys of the changed words; cancelled
    reason TEXT NOT NULL,
    before_sealed @bytes,               -- the words as they were
    at @int NOT NULL,
    by_id TEXT NOT NULL,
    PRIMARY KEY (office_id, book, id)
) @strict;
CREATE INDEX register_correction_by_time ON register_correction (office_id, book, at);

-- Whose posts sign: intel_chief office_head; acknowledged '' for nobody.
ALTER TABLE register_book ADD COLUMN keeper TEXT NOT NULL DEFAULT 'intel_chief';
ALTER TABLE register_book ADD COLUMN acknowledged TEXT NOT NULL DEFAULT 'office_head';

-- The end of the month in the office's zone: what happened to a line before its month was closed, and what after.
-- 0 in closings of before, which are of the guest book alone.
ALTER TABLE register_closing ADD COLUMN until_ms @int NOT NULL DEFAULT 0;

-- Of numbers taken by hand.
ALTER TABLE letter ADD COLUMN addressee TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN attachment TEXT NOT NULL DEFAULT '';
CREATE INDEX letter_by_date ON letter (office_id, dated_at);
