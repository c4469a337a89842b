-- +goose Up
-- Messages to be sent and what came of them. Nobody is named: the recipient is
-- read from the sealed contact when a message is sent. Times are nanoseconds
-- since 1970, UTC; 0 means none. Seq is the record that a message came of; 0
-- where somebody asked for it, and asked names that request.
CREATE TABLE outbox (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  office    TEXT    NOT NULL,
  seq       INTEGER NOT NULL,
  whose     TEXT    NOT NULL,
  kind      TEXT    NOT NULL,
  channel   TEXT    NOT NULL,
  asked     TEXT    NOT NULL,
  about     INTEGER NOT NULL, -- the time of the visit
  made      INTEGER NOT NULL,
  until     INTEGER NOT NULL,
  next      INTEGER NOT NULL,
  state     TEXT    NOT NULL,
  attempts  INTEGER NOT NULL,
  error     TEXT    NOT NULL,
  reference TEXT    NOT NULL,
  provider  TEXT    NOT NULL, -- the gateway's id
  report    TEXT    NOT NULL,
  segments  INTEGER NOT NULL,
  price     REAL    NOT NULL, -- cents
  changed   INTEGER NOT NULL,
  erased    INTEGER NOT NULL DEFAULT 0, -- of a cancelling: the contact is erased
  UNIQUE (office, seq, whose, kind, channel, asked)
) STRICT;

-- Of one visit at one time people are reminded once, however often it was moved
-- away and back.
CREATE UNIQUE INDEX outbox_once ON outbox (office, whose, kind, channel, about) WHERE kind IN ('reminder_day', 'reminder_hours');

CREATE INDEX outbox_due ON outbox (channel, state, next);
CREATE INDEX outbox_cancels ON outbox (office, whose) WHERE kind = 'cancelled' AND erased = 0;
CREATE INDEX outbox_provider ON outbox (provider) WHERE provider <> '';
CREATE INDEX outbox_office ON outbox (office, id);
CREATE INDEX outbox_made ON outbox (office, made);
