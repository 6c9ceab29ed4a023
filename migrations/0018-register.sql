-- Books of the office: what the office changed about a book, and the closed months.

-- A row only for a book that the office has changed; else the one of features/register/register.c holds.
CREATE TABLE register_book (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,                 -- key of the book: tamu
    code TEXT NOT NULL,                 -- R.IN.21
    title TEXT NOT NULL,
    organiser TEXT NOT NULL,            -- post that keeps it: Kepala Seksi Intelijen
    place TEXT NOT NULL,                -- where it is signed: Kuala Kapuas
    columns TEXT NOT NULL,              -- JSON array of {key, label}, in the order of the paper
    changed_at @int NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (office_id, book)
) @strict;

-- A closed month never changes: what comes later stands in the month after it as a dated correction.
CREATE TABLE register_closing (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,
    month TEXT NOT NULL,                -- YYYY-MM
    id TEXT NOT NULL,                   -- of the sealed file DIR/registers/xx/id
    closed_at @int NOT NULL,
    closed_by TEXT NOT NULL,
    carried @int NOT NULL,
    received @int NOT NULL,
    settled @int NOT NULL,
    individuals @int NOT NULL,
    organisations @int NOT NULL,
    signer TEXT NOT NULL,               -- as printed: role, name, rank, NIP; a line each
    acknowledged TEXT NOT NULL,
    proof_code TEXT NOT NULL,
    pages @int NOT NULL,
    file_hash @bytes NOT NULL,
    PRIMARY KEY (office_id, book, month)
) @strict;
CREATE INDEX register_closing_by_id ON register_closing (office_id, id);
CREATE INDEX correction_by_time ON correction (office_id, at);
CREATE INDEX visit_by_closing ON visit (office_id, closed_at) WHERE closed_at IS NOT NULL;
