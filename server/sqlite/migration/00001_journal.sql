-- +goose Up
-- One row per record, clustered by office so that reading a day is reading
-- neighbouring pages and an append dirties one page.
CREATE TABLE journal (
  office  TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL, -- nanoseconds since 1970, UTC
  id      TEXT    NOT NULL,
  actor   TEXT    NOT NULL,
  opening INTEGER NOT NULL,
  hash    BLOB    NOT NULL,
  sum     BLOB    NOT NULL,
  body    BLOB    NOT NULL,
  PRIMARY KEY (office, seq)
) WITHOUT ROWID, STRICT;

CREATE INDEX journal_opening ON journal (office, seq) WHERE opening = 1;

-- The last record that was trimmed: what the first kept one is chained to.
CREATE TABLE journal_base (
  office TEXT    NOT NULL PRIMARY KEY,
  seq    INTEGER NOT NULL,
  sum    BLOB    NOT NULL
) WITHOUT ROWID, STRICT;
