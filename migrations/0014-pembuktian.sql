-- Papers that left the house and can be checked: what is known of them, never the paper itself.
CREATE TABLE proof (
    office_id TEXT NOT NULL,
    code TEXT NOT NULL,                 -- on the paper and in its QR code; 100 random bits
    kind TEXT NOT NULL,                 -- export register
    subject_id TEXT NOT NULL,
    year @int NOT NULL,
    number @int NOT NULL,
    made_at @int NOT NULL,
    made_by TEXT NOT NULL,
    reason TEXT NOT NULL,               -- a code of ours; "" where none is asked
    note_sealed @bytes,                 -- the reason in words, sealed to the complaint
    with_reporter @int NOT NULL,        -- the reporter's identity is in it
    until_at @int NOT NULL,             -- while it is being made, so long at most; 0: over
    pages @int NOT NULL,                -- 0: never finished
    file_bytes @int NOT NULL,
    page_hashes @bytes,                 -- SHA-256 of each page, 32 bytes each (docs/adr/0017)
    file_hash @bytes,                   -- SHA-256 of the file
    PRIMARY KEY (office_id, code)
) @strict;
CREATE INDEX proof_of_subject ON proof (office_id, subject_id, made_at);
CREATE INDEX proof_of_person ON proof (office_id, made_by, made_at);
