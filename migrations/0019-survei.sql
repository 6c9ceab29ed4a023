-- Satisfaction survey (PermenPANRB 14/2017). No answer names a visit or a person: the day alone is kept.
CREATE TABLE survey_answer (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- random: says nothing about when it was given
    day TEXT NOT NULL,                  -- YYYY-MM-DD in the office's zone
    requirements @int,                  -- 1 to 4; NULL: not answered
    procedure_ @int,
    time_ @int,
    fee @int,
    product @int,
    competence @int,
    behaviour @int,
    complaints @int,
    facilities @int,
    gender TEXT NOT NULL,               -- L P, '' not said
    age TEXT NOT NULL,                  -- u25 25-34 35-44 45-54 55+, ''
    education TEXT NOT NULL,            -- sd smp sma d3 s1 s2, ''
    occupation TEXT NOT NULL,           -- asn tni polri swasta wirausaha lainnya, ''
    suggestion_sealed @bytes,           -- free text, by the server's key
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX survey_answer_by_day ON survey_answer (office_id, day);
