-- What is handed over with a complaint: DIR/evidence/xx/id holds the bytes, sealed under a key of their own.
CREATE TABLE complaint_file (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- random: says nothing about when it came
    complaint_id TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- evidence clean_copy handover_photo letter_scan
    of_id TEXT,                         -- of a clean copy: its original
    ordinal @int NOT NULL,              -- 1, 2, …: the order in which they came
    sealed_bytes @int NOT NULL,         -- on disk, padding included
    key_sealed @bytes NOT NULL,         -- the file's key, sealed to the complaint's public key
    meta_sealed @bytes NOT NULL,        -- JSON under the file's key: name, type, size, SHA-256, who, when
    added_at @int NOT NULL,             -- the day alone
    added_by TEXT NOT NULL,             -- staff reporter
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX complaint_file_of_complaint ON complaint_file (office_id, complaint_id, ordinal);
