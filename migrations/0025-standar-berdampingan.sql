-- Several standards of service side by side, each with its own versions; a time may be in minutes, hours or
-- days. The register of objections to answers about public information in full.

-- What the office serves besides guests. The standard of the visitor book, 'tamu', is always there and has no row.
CREATE TABLE service_kind (
    office_id TEXT NOT NULL,
    code TEXT NOT NULL,                 -- in addresses: informasi-publik
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    ended TEXT NOT NULL,                -- day on which the office withdrew it, '' in force
    PRIMARY KEY (office_id, code)
) @strict;

ALTER TABLE service_standard ADD COLUMN kind TEXT NOT NULL DEFAULT 'tamu';
ALTER TABLE service_standard RENAME COLUMN limit_min TO limit_count;
ALTER TABLE service_standard ADD COLUMN limit_unit TEXT NOT NULL DEFAULT 'minute'; -- minute hour working_day day
DROP INDEX service_standard_by_version;
CREATE UNIQUE INDEX service_standard_by_version ON service_standard (office_id, kind, version);

ALTER TABLE info_request ADD COLUMN objection_year @int NOT NULL DEFAULT 0;   -- 0: nobody objected
ALTER TABLE info_request ADD COLUMN objection_number @int NOT NULL DEFAULT 0; -- gap-free in that year
ALTER TABLE info_request ADD COLUMN superior TEXT NOT NULL DEFAULT '';        -- who decided: name and post
ALTER TABLE info_request ADD COLUMN reacted TEXT NOT NULL DEFAULT '';         -- day, '' not
ALTER TABLE info_request ADD COLUMN reaction_sealed @bytes;                   -- of the one who objected
UPDATE info_request SET objection_year = CAST(substr(objected, 1, 4) AS INTEGER), objection_number = (
    SELECT count(*) FROM info_request o WHERE o.office_id = info_request.office_id
    AND substr(o.objected, 1, 4) = substr(info_request.objected, 1, 4)
    AND (o.objected < info_request.objected OR (o.objected = info_request.objected
        AND (o.year < info_request.year OR (o.year = info_request.year AND o.number <= info_request.number)))))
WHERE objected <> '';
CREATE UNIQUE INDEX info_request_by_objection ON info_request (office_id, objection_year, objection_number)
    WHERE objection_number > 0;
