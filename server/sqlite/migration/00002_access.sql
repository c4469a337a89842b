-- +goose Up
-- Times are nanoseconds since 1970, UTC; 0 means never. Grants are JSON.
CREATE TABLE account (
  id       TEXT    NOT NULL PRIMARY KEY,
  name     TEXT    NOT NULL,
  folded   TEXT    NOT NULL UNIQUE, -- the name as compared
  password TEXT    NOT NULL,
  disabled INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  grants   TEXT    NOT NULL
) STRICT;

-- Sessions, tokens and devices: the hash of a secret and what it is good for.
CREATE TABLE credential (
  id      TEXT    NOT NULL PRIMARY KEY,
  kind    TEXT    NOT NULL,
  hash    BLOB    NOT NULL UNIQUE,
  account TEXT    REFERENCES account (id) ON DELETE CASCADE,
  label   TEXT    NOT NULL,
  grants  TEXT    NOT NULL,
  created INTEGER NOT NULL,
  used    INTEGER NOT NULL,
  ends    INTEGER NOT NULL
) STRICT;

CREATE INDEX credential_account ON credential (account);

CREATE TABLE audit (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  act    TEXT    NOT NULL,
  object TEXT    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN
  SELECT raise(ABORT, 'the audit is only appended to');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE ON audit BEGIN
  SELECT raise(ABORT, 'the audit is only appended to');
END;
-- +goose StatementEnd

-- A REPLACE deletes without asking the trigger above.
-- +goose StatementBegin
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) BEGIN
  SELECT raise(ABORT, 'the audit is only appended to');
END;
-- +goose StatementEnd
