-- SPDX-License-Identifier: Apache-2.0
-- Ciphertext that does not fit into an entry and stands beside it, by its SHA-256. Kept with the first entry
-- that names it, in the same transaction; it stays as the entry does, for it says nothing without a key.

CREATE TABLE blob (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    blob BLOB NOT NULL CHECK (length(blob) > 0)
) STRICT;

CREATE TRIGGER blob_never_changes BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'a blob is never changed'); END;

CREATE TRIGGER blob_never_goes BEFORE DELETE ON blob
BEGIN SELECT RAISE(ABORT, 'a blob is never deleted'); END;
