-- SPDX-License-Identifier: Apache-2.0
-- The record of one mechanism as one node holds it. Nothing derived is kept here.

CREATE TABLE charter (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    charter BLOB NOT NULL
) STRICT;

CREATE TABLE log (
    log        INTEGER PRIMARY KEY,
    member     TEXT NOT NULL CHECK (member <> ''),
    generation INTEGER NOT NULL CHECK (generation >= 0),
    UNIQUE (member, generation)
) STRICT;

-- leaf_hash = SHA-256(0x00 || leaf), RFC 9162 2.1.1: held against the leaf at every reading.
CREATE TABLE entry (
    log       INTEGER NOT NULL REFERENCES log,
    seq       INTEGER NOT NULL CHECK (seq >= 0),
    leaf      BLOB NOT NULL CHECK (length(leaf) BETWEEN 1 AND 65535),
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
    PRIMARY KEY (log, seq)
) STRICT;

-- 12 bytes of nonce, then AES-256-GCM under the storage key, bound to the entry's place.
-- Openings may be shredded when retention ends; the entry stays and still verifies.
CREATE TABLE opening (
    log    INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    sealed BLOB NOT NULL CHECK (length(sealed) >= 28),
    PRIMARY KEY (log, seq),
    FOREIGN KEY (log, seq) REFERENCES entry (log, seq)
) STRICT;

CREATE TABLE note (
    member     TEXT NOT NULL CHECK (member <> ''),
    generation INTEGER NOT NULL CHECK (generation >= 0),
    size       INTEGER NOT NULL CHECK (size >= 0),
    note       BLOB NOT NULL,
    PRIMARY KEY (member, generation, size)
) STRICT;

CREATE TABLE floor (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    TEXT NOT NULL UNIQUE,
    message BLOB NOT NULL CHECK (length(message) BETWEEN 1 AND 16384)
) STRICT;

CREATE TABLE fact (
    name  TEXT PRIMARY KEY CHECK (name <> ''),
    value BLOB NOT NULL
) STRICT;

-- Something known, sealed under the storage key, so that a wrong key is noticed when the store is opened.
CREATE TABLE vault (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    sealed BLOB NOT NULL
) STRICT;

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

CREATE TRIGGER charter_never_changes BEFORE UPDATE ON charter
BEGIN SELECT RAISE(ABORT, 'a charter is never changed'); END;

CREATE TRIGGER charter_never_goes BEFORE DELETE ON charter
BEGIN SELECT RAISE(ABORT, 'a charter is never deleted'); END;
