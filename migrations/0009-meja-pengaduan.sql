-- The complaint desk: what a complaint is, where it stands, and who may add to it without reading it.
ALTER TABLE complaint ADD COLUMN state TEXT NOT NULL DEFAULT 'received';         -- features/complaint/complaint.h
ALTER TABLE complaint ADD COLUMN side TEXT;                                      -- side state, NULL: none
ALTER TABLE complaint ADD COLUMN way TEXT NOT NULL DEFAULT 'counter';            -- counter tablet oral letter post office public
ALTER TABLE complaint ADD COLUMN reporter_mode TEXT NOT NULL DEFAULT 'confidential'; -- known confidential anonymous
ALTER TABLE complaint ADD COLUMN class TEXT NOT NULL DEFAULT 'unsorted';
ALTER TABLE complaint ADD COLUMN content_sealed @bytes;                          -- JSON: what is not in text_sealed
ALTER TABLE complaint ADD COLUMN reporter_sealed @bytes;                         -- JSON, a compartment with its own key
ALTER TABLE complaint ADD COLUMN public_key @bytes;                              -- X25519, of the data key; NULL: from before
ALTER TABLE complaint ADD COLUMN ended_at @int;                                  -- an outcome was reached
CREATE UNIQUE INDEX complaint_by_receipt ON complaint (office_id, receipt_lookup) WHERE receipt_lookup IS NOT NULL;
CREATE INDEX complaint_by_day ON complaint (office_id, received_at, id);

-- The key of the reporter's identity, sealed to those who may know it.
CREATE TABLE reporter_share (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    reader_id TEXT NOT NULL,            -- staff id, or 'recovery'
    share @bytes NOT NULL,
    PRIMARY KEY (office_id, complaint_id, reader_id)
) @strict;
CREATE INDEX complaint_share_of_reader ON complaint_share (office_id, reader_id, complaint_id);
CREATE INDEX reporter_share_of_reader ON reporter_share (office_id, reader_id, complaint_id);

-- Anonymous complaints received on a day, for the audit: written at the end of that day, in the order of the
-- commitments, because an entry in the chain would tell the time between its neighbours.
CREATE TABLE complaint_commitment (
    office_id TEXT NOT NULL,
    commitment TEXT NOT NULL,           -- hash of the complaint's id and a salt that lies in its envelope
    day TEXT NOT NULL,                  -- YYYY-MM-DD in the office's zone
    PRIMARY KEY (office_id, commitment)
) @strict;
