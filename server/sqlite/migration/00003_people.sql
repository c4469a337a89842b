-- +goose Up
-- Clerks' notes, sealed: each with a data key of its own, wrapped with a key
-- that lies beside this file and never in it.
CREATE TABLE note (
  office  TEXT NOT NULL,
  ticket  TEXT NOT NULL,
  day     TEXT NOT NULL, -- the office's local day, 2026-03-29
  key_id  TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  sealed  BLOB NOT NULL,
  PRIMARY KEY (office, ticket)
) STRICT;

CREATE INDEX note_day ON note (office, day);
