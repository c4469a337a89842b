-- +goose Up
-- Papers that visitors did not bring, anonymous. Seq is the record that began
-- the visit; service is the one of the visit that asks for the paper.
CREATE TABLE missing (
  office  TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  paper   TEXT    NOT NULL,
  day     TEXT    NOT NULL, -- the office's local day, 2026-03-29
  service TEXT    NOT NULL,
  PRIMARY KEY (office, seq, paper)
) WITHOUT ROWID, STRICT;

CREATE INDEX missing_day ON missing (office, day);
