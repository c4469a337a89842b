-- +goose Up
-- What came of visits and of waits that were told, anonymous. Seq is the record
-- that began the visit; durations are seconds, -1 for none.
CREATE TABLE visit (
  office   TEXT    NOT NULL,
  seq      INTEGER NOT NULL,
  day      TEXT    NOT NULL, -- the office's local day, 2026-03-29
  hour     INTEGER NOT NULL, -- local, of the arrival
  service  TEXT    NOT NULL,
  category TEXT    NOT NULL,
  booked   INTEGER NOT NULL,
  arrival  TEXT    NOT NULL,
  wait     REAL    NOT NULL,
  served   REAL    NOT NULL,
  outcome  TEXT    NOT NULL,
  PRIMARY KEY (office, seq)
) WITHOUT ROWID, STRICT;

CREATE INDEX visit_day ON visit (office, day);

CREATE TABLE promise (
  office  TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  day     TEXT    NOT NULL,
  hour    INTEGER NOT NULL,
  service TEXT    NOT NULL,
  low     INTEGER NOT NULL, -- minutes, as the others
  high    INTEGER NOT NULL,
  p10     REAL    NOT NULL,
  p50     REAL    NOT NULL,
  p80     REAL    NOT NULL,
  p90     REAL    NOT NULL,
  came    REAL    NOT NULL, -- seconds until called
  outcome TEXT    NOT NULL,
  PRIMARY KEY (office, seq)
) WITHOUT ROWID, STRICT;

CREATE INDEX promise_day ON promise (office, day);

-- How far each office's journal was read for a purpose, and the opening of the
-- day from which it is read on.
CREATE TABLE follower (
  office  TEXT    NOT NULL,
  purpose TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  opening INTEGER NOT NULL,
  PRIMARY KEY (office, purpose)
) WITHOUT ROWID, STRICT;
