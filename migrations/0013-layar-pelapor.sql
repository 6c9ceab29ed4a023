-- The reporter's own pages: the guest's tablet, the public intake, messages between reporter and office.

-- A guest at the tablet. The row is removed when the screen is cleared, at the latest when its time is over: it
-- would tell which visit wrote something.
CREATE TABLE kiosk_session (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- random: says nothing about when
    code_hash @bytes,                   -- what the officer's page shows; NULL: it was used
    cookie_hash @bytes,                 -- what the tablet holds from then on
    ends_at @int NOT NULL,              -- of the code, then of the session
    visit_sealed @bytes,                -- the visit it was opened for; NULL: none
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX kiosk_session_by_code ON kiosk_session (office_id, code_hash) WHERE code_hash IS NOT NULL;
CREATE UNIQUE INDEX kiosk_session_by_cookie ON kiosk_session (office_id, cookie_hash) WHERE cookie_hash IS NOT NULL;

-- The public page takes complaints only where a leader or the administrator switched it on.
CREATE TABLE public_intake (
    office_id TEXT NOT NULL,
    opened_at @int,                     -- NULL: closed
    changed_by TEXT NOT NULL,
    PRIMARY KEY (office_id)
) @strict;

CREATE TABLE complaint_message (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,                  -- order within the complaint
    id TEXT NOT NULL,                   -- random; the text is bound to it
    at @int NOT NULL,                   -- the day alone when the reporter is anonymous
    from_reporter @int NOT NULL,
    kind TEXT NOT NULL,                 -- message, withdrawal
    by_id TEXT NOT NULL,                -- staff id; '' for the reporter
    body_sealed @bytes NOT NULL,        -- to the complaint's public key
    seen_at @int,                       -- a reporter's message was read by the office
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;
CREATE UNIQUE INDEX complaint_message_by_id ON complaint_message (office_id, id);
