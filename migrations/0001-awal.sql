-- The first schema: one office's people, custody, visits, messages, complaints and the audit chain.
-- Type words @int and @bytes and the table word @strict are replaced per engine (lib/db/migrate.h).
-- Times are epoch milliseconds UTC. office_id is first in every key and index.

CREATE TABLE office (
    office_id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,                 -- letter code, e.g. O.2.12
    name TEXT NOT NULL,
    parent_name TEXT NOT NULL,          -- the Kejaksaan Tinggi above it
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    offset_min @int NOT NULL,           -- WIB 420, WITA 480, WIT 540
    limit_s @int NOT NULL,              -- the standard's time: 600
    ask_head TEXT NOT NULL CHECK (ask_head IN ('always', 'when_asked')),
    head_silence_s @int NOT NULL,       -- then a proposal becomes final
    notice_name @int NOT NULL,          -- 1: a notice may carry the guest's name (never for complaints)
    recovery_public @bytes,             -- office recovery key, public half
    recovery_confirmed_at @int,         -- the sheet was typed back: complaint intake is open
    demo @int NOT NULL,                 -- 1: telephone numbers are sent to on loopback only
    created_at @int NOT NULL
) @strict;

CREATE TABLE counter (
    office_id TEXT NOT NULL,
    book TEXT NOT NULL,                 -- visit, complaint, call
    period TEXT NOT NULL,               -- calendar year, or day for call numbers
    value @int NOT NULL,
    PRIMARY KEY (office_id, book, period)
) @strict;

-- The hash-chained audit. It is the event log of the live pages too: an event's number is its seq.
CREATE TABLE audit_head (
    office_id TEXT NOT NULL PRIMARY KEY,
    seq @int NOT NULL,
    hash @bytes NOT NULL,
    at @int NOT NULL
) @strict;

CREATE TABLE audit_entry (
    office_id TEXT NOT NULL,
    seq @int NOT NULL,
    at @int NOT NULL,
    actor_kind TEXT NOT NULL,           -- user, token, system, official (by message or link)
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,               -- visit_registered, photo_viewed, …
    subject_kind TEXT NOT NULL,         -- visit, staff, badge, …
    subject_id TEXT NOT NULL,
    detail TEXT NOT NULL,               -- codes and ids only, no personal data
    hash @bytes NOT NULL,
    PRIMARY KEY (office_id, seq)
) @strict;
CREATE INDEX audit_by_subject ON audit_entry (office_id, subject_id, seq);

CREATE TABLE staff (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,                -- jabatan, as printed
    rank TEXT NOT NULL,                 -- pangkat/golongan
    nip TEXT NOT NULL,
    roles @int NOT NULL,                -- bits of features/staff/staff.h
    section TEXT NOT NULL,              -- of a section chief: pidum, pidsus, datun, bin, pb3r
    phone_sealed @bytes,
    phone_index @bytes,                 -- blind index, domain staff_phone
    whatsapp_user_id TEXT,              -- business-scoped user id learnt from traffic
    last_inbound_at @int,               -- last message from this person: the 24-hour window
    password_hash TEXT NOT NULL,
    public_key @bytes NOT NULL,         -- X25519, made with the account
    wrapped_key @bytes NOT NULL,        -- secret half under the password
    created_at @int NOT NULL,
    disabled_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX staff_by_username ON staff (office_id, username);
CREATE INDEX staff_by_phone ON staff (office_id, phone_index);

CREATE TABLE session (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    secret_hash @bytes NOT NULL,
    staff_id TEXT NOT NULL,
    lang TEXT NOT NULL,
    wrapped_key @bytes,                 -- the person's secret key under the cookie
    created_at @int NOT NULL,
    seen_at @int NOT NULL,
    expires_at @int NOT NULL,
    ended_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX session_by_secret ON session (office_id, secret_hash);
CREATE INDEX session_by_staff ON session (office_id, staff_id);

CREATE TABLE token (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    secret_hash @bytes NOT NULL,
    staff_id TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at @int NOT NULL,
    revoked_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX token_by_secret ON token (office_id, secret_hash);

CREATE TABLE badge (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,                -- A-01, upper case
    state TEXT NOT NULL CHECK (state IN ('ready', 'lost', 'retired')),
    created_at @int NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX badge_by_label ON badge (office_id, label);

CREATE TABLE place (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('slot', 'locker')),
    label TEXT NOT NULL,                -- K-01, 12
    sort @int NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'retired')),
    created_at @int NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX place_by_label ON place (office_id, kind, label);

CREATE TABLE room (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    sort @int NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'retired')),
    created_at @int NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX room_by_label ON room (office_id, label);

-- Suggests at the next visit; a visit keeps its own copy of the identity as entered.
CREATE TABLE visitor (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    id_index @bytes NOT NULL,           -- blind index of type and number, domain visitor
    id_type TEXT NOT NULL,
    identity_sealed @bytes NOT NULL,    -- JSON: number, phone, email, address, gender, birth date
    name TEXT NOT NULL,
    organization TEXT NOT NULL,
    photo_id TEXT,
    first_at @int NOT NULL,
    last_at @int NOT NULL,
    visits @int NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX visitor_by_document ON visitor (office_id, id_index);

CREATE TABLE visit (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    year @int NOT NULL,
    number @int NOT NULL,
    number_suffix TEXT NOT NULL,        -- '' or the letter of a late entry
    state TEXT NOT NULL CHECK (state IN ('registered', 'checked_in', 'waiting', 'received', 'leaving',
        'closed', 'cancelled', 'left')),
    open @int NOT NULL,                 -- 1 until closed, cancelled or left
    arrived_at @int NOT NULL,
    due_at @int NOT NULL,
    registered_at @int NOT NULL,
    registered_by TEXT NOT NULL,
    late_reason TEXT,                   -- a late entry: why it was written down later
    visitor_id TEXT NOT NULL,
    name TEXT NOT NULL,
    id_type TEXT NOT NULL,
    id_index @bytes NOT NULL,
    identity_sealed @bytes NOT NULL,    -- JSON as in visitor
    visitor_kind TEXT NOT NULL,
    organization TEXT NOT NULL,
    companions TEXT NOT NULL,           -- JSON array of {name}
    companion_count @int NOT NULL,
    guardian TEXT,                      -- of a child
    priority TEXT,
    purpose TEXT NOT NULL,
    category TEXT NOT NULL,
    service TEXT,
    host TEXT,                          -- post asked for: intel_chief, office_head, section_chief
    host_id TEXT,                       -- person asked for
    photo_id TEXT,
    no_photo_reason TEXT,
    accepted_warnings TEXT NOT NULL,    -- codes the officer overruled by name, comma-separated
    badge TEXT,                         -- label of the badge now or last held
    no_card_reason TEXT,
    room TEXT,
    call_number @int,
    notice_state TEXT NOT NULL,         -- of the Kasi Intel's message: none queued sent delivered read answered failed
    notice_reason TEXT,
    notice_at @int,
    question_state TEXT NOT NULL,       -- of the Kajari's question
    question_reason TEXT,
    question_at @int,
    decision_state TEXT NOT NULL CHECK (decision_state IN ('none', 'proposed', 'final')),
    decision_outcome TEXT,
    decision_by TEXT,                   -- staff id of who decided
    decision_at @int,
    decision_due_at @int,               -- silence makes the proposal final then
    ask_again_at @int,                  -- "nanti": ask again then
    receiver_id TEXT,                   -- who receives: known once the decision is final
    received_at @int,
    received_by TEXT,
    note_sealed @bytes,                 -- interview note, documents, signature
    note_at @int,
    complaint_sealed @bytes,            -- id, number and writer of the complaint
    leaving_at @int,
    unreceived @int NOT NULL,           -- 1: leaves without having been received
    end_reason TEXT,
    closed_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX visit_by_number ON visit (office_id, year, number, number_suffix);
CREATE INDEX visit_by_arrival ON visit (office_id, arrived_at, id);
CREATE INDEX visit_open ON visit (office_id, arrived_at) WHERE open = 1;
CREATE INDEX visit_open_by_document ON visit (office_id, id_index) WHERE open = 1;
CREATE INDEX visit_to_decide ON visit (office_id, decision_due_at) WHERE decision_due_at IS NOT NULL;
CREATE INDEX visit_to_ask ON visit (office_id, ask_again_at) WHERE ask_again_at IS NOT NULL;

CREATE TABLE visit_step (
    office_id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    step @int NOT NULL CHECK (step BETWEEN 1 AND 9),
    at @int NOT NULL,
    by_id TEXT NOT NULL,                -- staff id, '' for the program itself
    skipped TEXT,                       -- reason
    PRIMARY KEY (office_id, visit_id, step)
) @strict;

-- One open hold per badge and per visit, guaranteed here.
CREATE TABLE badge_hold (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    badge_id TEXT NOT NULL,
    label TEXT NOT NULL,
    issued_at @int NOT NULL,
    issued_by TEXT NOT NULL,
    ended_at @int,                      -- returned or lost
    ended_by TEXT,
    lost_reason TEXT,
    lost_witness TEXT,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX badge_hold_open ON badge_hold (office_id, badge_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX badge_hold_of_visit ON badge_hold (office_id, visit_id) WHERE ended_at IS NULL;

CREATE TABLE item (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('id_card', 'phone', 'laptop', 'bag', 'other')),
    label TEXT NOT NULL,
    place_id TEXT,                      -- slot or locker
    slot TEXT NOT NULL,                 -- its label
    taken_at @int NOT NULL,
    taken_by TEXT NOT NULL,
    returned_at @int,
    returned_by TEXT,
    lost_at @int,
    lost_reason TEXT,
    lost_witness TEXT,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX item_of_visit ON item (office_id, visit_id);
CREATE UNIQUE INDEX item_place_open ON item (office_id, place_id) WHERE returned_at IS NULL AND lost_at IS NULL;

CREATE TABLE correction (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    field TEXT NOT NULL,
    old_sealed @bytes,
    new_sealed @bytes,
    reason TEXT NOT NULL,
    at @int NOT NULL,
    by_id TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX correction_of_visit ON correction (office_id, visit_id);

-- Every answer is kept, also those that came too late.
CREATE TABLE answer (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    at @int NOT NULL,
    official_id TEXT NOT NULL,          -- whose answer it is
    official_role TEXT NOT NULL,        -- as whom: intel_chief office_head section_chief
    outcome TEXT NOT NULL,
    minutes @int,
    note_sealed @bytes,
    channel TEXT NOT NULL CHECK (channel IN ('whatsapp', 'link', 'page', 'spoken', 'silence', 'api')),
    recorded_by TEXT,                   -- the desk, for a spoken answer
    effect TEXT NOT NULL,               -- proposed, final, asked_head, later, too_late
    message_id TEXT,                    -- of the webhook, so that a repeated one has no second effect
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX answer_of_visit ON answer (office_id, visit_id, at);
CREATE UNIQUE INDEX answer_by_message ON answer (office_id, message_id) WHERE message_id IS NOT NULL;

-- Single-use answers: one per message and button, one (action '') per link.
CREATE TABLE answer_token (
    office_id TEXT NOT NULL,
    hash @bytes NOT NULL,
    visit_id TEXT NOT NULL,
    outbox_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    as_role TEXT NOT NULL,              -- intel_chief or office_head or section_chief
    action TEXT NOT NULL,               -- outcome, or '' for the page with all of them
    expires_at @int NOT NULL,
    used_at @int,
    PRIMARY KEY (office_id, hash)
) @strict;
CREATE INDEX answer_token_of_visit ON answer_token (office_id, visit_id);

CREATE TABLE outbox (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- visit_notice, head_question, late_reply
    subject_id TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    round @int NOT NULL,                -- 1; more when it is asked again
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'dropped')),
    attempts @int NOT NULL,
    queued_at @int NOT NULL,
    next_at @int NOT NULL,
    lease_until @int,
    sent_at @int,
    delivered_at @int,
    read_at @int,
    failed_at @int,
    provider_id TEXT,
    code TEXT,
    reason TEXT,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX outbox_once ON outbox (office_id, subject_id, recipient_id, kind, round);
CREATE INDEX outbox_due ON outbox (office_id, next_at) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_by_provider ON outbox (office_id, provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE webhook_event (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    received_at @int NOT NULL,
    body_sealed @bytes NOT NULL,        -- raw, deleted after 30 days
    processed_at @int,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX webhook_waiting ON webhook_event (office_id, received_at) WHERE processed_at IS NULL;
CREATE INDEX webhook_by_age ON webhook_event (office_id, received_at);

-- Complaints: sealed from the first day. No column names the visit.
CREATE TABLE complaint (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- random UUIDv4
    year @int NOT NULL,
    number @int NOT NULL,
    received_at @int NOT NULL,
    text_sealed @bytes NOT NULL,
    reported_sealed @bytes,
    documents_sealed @bytes,
    origin_sealed @bytes NOT NULL,      -- visit, writer, way: inside the envelope
    receipt_lookup @bytes,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE UNIQUE INDEX complaint_by_number ON complaint (office_id, year, number);

CREATE TABLE complaint_share (
    office_id TEXT NOT NULL,
    complaint_id TEXT NOT NULL,
    reader_id TEXT NOT NULL,            -- staff id, or 'recovery', or 'receipt'
    share @bytes NOT NULL,
    PRIMARY KEY (office_id, complaint_id, reader_id)
) @strict;

CREATE TABLE day_closing (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,                  -- YYYY-MM-DD in the office's zone
    at @int NOT NULL,
    by_id TEXT NOT NULL,
    differences @int NOT NULL,
    explanation TEXT NOT NULL,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX day_closing_by_day ON day_closing (office_id, day);

-- Idempotency-Key: no copy of data, the answer is rendered again. Kept 7 days.
CREATE TABLE replay (
    office_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    key_hash @bytes NOT NULL,
    route TEXT NOT NULL,
    body_hash @bytes NOT NULL,
    status @int NOT NULL,
    subject_id TEXT NOT NULL,
    at @int NOT NULL,
    PRIMARY KEY (office_id, actor_id, key_hash)
) @strict;
CREATE INDEX replay_by_age ON replay (office_id, at);
