-- +goose Up
-- How people are called and reached, sealed: each with a data key of its own,
-- wrapped with a town key that is not in this file. Times are nanoseconds since
-- 1970, UTC.
CREATE TABLE contact (
  office  TEXT    NOT NULL,
  id      TEXT    NOT NULL, -- of an appointment, a ticket or a wish
  kind    TEXT    NOT NULL,
  ends    INTEGER NOT NULL,
  key_id  TEXT    NOT NULL,
  wrapped BLOB    NOT NULL,
  sealed  BLOB    NOT NULL,
  PRIMARY KEY (office, id)
) WITHOUT ROWID, STRICT;

CREATE INDEX contact_ends ON contact (ends);

-- What a contact is found by: keyed hashes that go with it.
CREATE TABLE contact_hash (
  office TEXT NOT NULL,
  hash   BLOB NOT NULL,
  id     TEXT NOT NULL,
  PRIMARY KEY (office, hash, id),
  FOREIGN KEY (office, id) REFERENCES contact (office, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

CREATE INDEX contact_hash_of ON contact_hash (office, id);

-- What was erased, as numbers alone. Scrubbed is 0 until the file is rid of it.
CREATE TABLE contact_erased (
  office   TEXT    NOT NULL,
  day      TEXT    NOT NULL, -- the office's local day
  kind     TEXT    NOT NULL,
  why      TEXT    NOT NULL,
  n        INTEGER NOT NULL,
  scrubbed INTEGER NOT NULL,
  PRIMARY KEY (office, day, kind, why)
) WITHOUT ROWID, STRICT;
