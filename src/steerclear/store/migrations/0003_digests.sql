-- SPDX-License-Identifier: Apache-2.0
-- What lies beside the logs is held against its digest at every reading, as leaves are: a bit that falls over on
-- the disk is found and never read. digest_of(place, content) is the store's own (store/digest.py).

DROP TRIGGER charter_never_changes;

ALTER TABLE charter ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE charter SET digest = digest_of('charter', charter);

ALTER TABLE note ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE note SET digest = digest_of('note ' || member || '/' || generation || '/' || size, note);

ALTER TABLE floor ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE floor SET digest = digest_of('floor ' || hash, message);

ALTER TABLE fact ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
UPDATE fact SET digest = digest_of('fact ' || name, value);

CREATE TRIGGER charter_never_changes BEFORE UPDATE ON charter
BEGIN SELECT RAISE(ABORT, 'a charter is never changed'); END;
