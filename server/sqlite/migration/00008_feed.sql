-- +goose Up
-- What is remembered of calendars of other systems, and of their events: no
-- name, no address, no text of theirs. Identities and codes are keyed hashes.
CREATE TABLE feed (
  source TEXT NOT NULL PRIMARY KEY, -- a keyed hash of office and address
  status TEXT NOT NULL              -- how its reading goes, JSON
) WITHOUT ROWID, STRICT;

CREATE TABLE feed_event (
  source      TEXT    NOT NULL,
  uid         TEXT    NOT NULL,
  appointment TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  services    TEXT    NOT NULL,
  code        TEXT    NOT NULL,
  gone        TEXT    NOT NULL,
  turn        INTEGER NOT NULL,
  PRIMARY KEY (source, uid)
) WITHOUT ROWID, STRICT;
