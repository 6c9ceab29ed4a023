-- Looks at a reporter's identity, with the reason in words of one's own sealed to the complaint: the audit holds
-- the code of the reason alone.
CREATE TABLE reporter_read (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    reader_id TEXT NOT NULL,            -- staff id
    at @int NOT NULL,
    reason TEXT NOT NULL,               -- contact complete protection other
    note_sealed @bytes,                 -- dropped into the complaint; NULL: nothing was written
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX reporter_read_of_complaint ON reporter_read (office_id, complaint_id, id);

-- One search over complaints at a time for each person: it opens thousands of envelopes.
CREATE TABLE complaint_search (
    office_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    until_at @int NOT NULL,             -- after this time the search was broken off
    PRIMARY KEY (office_id, staff_id)
) @strict;
