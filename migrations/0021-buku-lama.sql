-- Old guest books, read from a file: one row an import, and which visits came from it.
CREATE TABLE import_batch (
    office_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- of the sealed file DIR/imports/xx/id too, a day long
    state TEXT NOT NULL CHECK (state IN ('uploaded', 'running', 'done', 'undoing', 'undone')),
    format TEXT NOT NULL,               -- xlsx, csv
    created_at @int NOT NULL,
    created_by TEXT NOT NULL,
    mapping TEXT NOT NULL,              -- JSON: field → column, head, order; '' until chosen
    head_index @bytes,                  -- blind index of the heads: the same book is mapped the same way again
    row_next @int NOT NULL,             -- last row of the file that is done
    accepted @int NOT NULL,
    refused @int NOT NULL,
    warned @int NOT NULL,
    from_ms @int,                       -- first and last arrival
    until_ms @int,
    ended_at @int,
    undone_at @int,
    undone_by TEXT,
    PRIMARY KEY (office_id, id)
) @strict;
CREATE INDEX import_batch_by_time ON import_batch (office_id, created_at);
CREATE INDEX import_batch_by_head ON import_batch (office_id, head_index, created_at);

ALTER TABLE visit ADD COLUMN import_id TEXT;   -- NULL: written here when the guest came
ALTER TABLE visitor ADD COLUMN import_id TEXT; -- the import that brought the guest, while nothing else did
CREATE INDEX visit_by_import ON visit (office_id, import_id, id) WHERE import_id IS NOT NULL;
CREATE INDEX visit_import_number ON visit (office_id, year, number) WHERE import_id IS NOT NULL;
CREATE INDEX visitor_by_import ON visitor (office_id, import_id, id) WHERE import_id IS NOT NULL;
