-- The published standard, the pledge, what officers must know; complaints about the service itself, and
-- requests for public information. Dates are days (YYYY-MM-DD in the office's zone).

-- A version of a standard of service (UU 25/2009, PermenPANRB 15/2014). A version never changes.
CREATE TABLE service_standard (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version @int NOT NULL,
    title TEXT NOT NULL,
    decree TEXT NOT NULL,               -- number of the decree, '' not decreed yet
    valid_from TEXT NOT NULL,           -- day, '' not known
    limit_min @int NOT NULL,
    start_step @int NOT NULL,           -- the clock starts with this step of the procedure …
    stop_step @int NOT NULL,            -- … and stops with this one
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX service_standard_by_version ON service_standard (office_id, version);

CREATE TABLE service_standard_part (
    office_id TEXT NOT NULL,
    standard_id TEXT NOT NULL,
    part TEXT NOT NULL,                 -- requirements procedure time fee product complaints legal …
    body TEXT NOT NULL,                 -- a line each
    PRIMARY KEY (office_id, standard_id, part)
) @strict;

-- Maklumat pelayanan.
CREATE TABLE service_pledge (
    office_id TEXT NOT NULL,
    version @int NOT NULL,
    body TEXT NOT NULL,
    place TEXT NOT NULL,
    day TEXT NOT NULL,
    signer TEXT NOT NULL,               -- role, name, rank and NIP; a line each
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (office_id, version)
) @strict;

-- The guideline on public information that officers must know; the newest row counts.
CREATE TABLE service_guideline (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    day TEXT NOT NULL,
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE TABLE service_guideline_read (
    office_id TEXT NOT NULL,
    guideline_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (office_id, guideline_id, staff_id)
) @strict;
CREATE TABLE staff_certificate (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- word excel
    number TEXT NOT NULL,
    issued TEXT NOT NULL,
    expires TEXT NOT NULL,              -- '' never
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;

-- A row only for what the office has changed; else the days of features/service/service.c hold.
CREATE TABLE service_limit (
    office_id TEXT NOT NULL,
    code TEXT NOT NULL,
    days @int NOT NULL,
    changed_at @int NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (office_id, code)
) @strict;

-- A complaint about the service. Not the sealed desk: these texts are under the server's key.
CREATE TABLE service_complaint (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    year @int NOT NULL,
    number @int NOT NULL,               -- gap-free in the year
    state TEXT NOT NULL,                -- sent verified rejected handling answered done
    category TEXT NOT NULL,             -- complaint supervisory information aspiration
    channel TEXT NOT NULL,              -- public counter
    received TEXT NOT NULL,
    code_hash @bytes NOT NULL,
    name_sealed @bytes,
    contact_sealed @bytes,
    text_sealed @bytes NOT NULL,
    verified TEXT NOT NULL,             -- days, '' not yet
    responded TEXT NOT NULL,
    answered TEXT NOT NULL,
    reopened TEXT NOT NULL,
    ended TEXT NOT NULL,
    reopened_count @int NOT NULL,
    lapor_number TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX service_complaint_by_number ON service_complaint (office_id, year, number);
CREATE UNIQUE INDEX service_complaint_by_code ON service_complaint (office_id, code_hash);
CREATE INDEX service_complaint_by_state ON service_complaint (office_id, state, received);
CREATE INDEX service_complaint_by_day ON service_complaint (office_id, received);

CREATE TABLE service_entry (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    seq @int NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- sent verified rejected handling answered reopened closed auto_closed
    by_id TEXT NOT NULL,
    body_sealed @bytes,
    PRIMARY KEY (office_id, complaint_id, seq)
) @strict;

-- Requests for public information (UU 14/2008).
CREATE TABLE info_request (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    year @int NOT NULL,
    number @int NOT NULL,               -- gap-free in the year
    received TEXT NOT NULL,
    way TEXT NOT NULL,                  -- see paper file
    name_sealed @bytes NOT NULL,
    contact_sealed @bytes,
    request_sealed @bytes NOT NULL,
    purpose_sealed @bytes,
    extended TEXT NOT NULL,             -- days, '' not
    extension_sealed @bytes,
    answered TEXT NOT NULL,
    answer TEXT NOT NULL,               -- given partly refused, ''
    answer_sealed @bytes,
    objected TEXT NOT NULL,
    ground TEXT NOT NULL,               -- a … g, ''
    objection_sealed @bytes,
    decided TEXT NOT NULL,
    decision_sealed @bytes,
    created_by TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX info_request_by_number ON info_request (office_id, year, number);
