-- The audit trail proves itself: each record has a place in the chain of its tenant (or, without
-- a tenant, of the installation), and a hash that covers it and the record before.
--
-- What was kept before has neither. The first record of a chain carries the hash of all of it;
-- the program writes it in the transaction of this migration.
ALTER TABLE audit ADD COLUMN number INTEGER;
ALTER TABLE audit ADD COLUMN hash   BLOB;

-- Places in chains, signed with a key that is not in this file.
CREATE TABLE audit_checkpoints (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BLOB,
    purpose   TEXT    NOT NULL, -- checkpoint, pruned
    number    INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    public_key BLOB   NOT NULL,
    signature BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_checkpoints_of_tenant ON audit_checkpoints (tenant_id, number);

CREATE TRIGGER audit_is_chained BEFORE INSERT ON audit
WHEN NEW.number IS NULL OR NEW.hash IS NULL
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only: a record has a place in its chain');
END;

-- Old records may go once it is signed up to where. That the signature fits is for
-- `writeback admin audit verify` to say.
DROP TRIGGER audit_is_not_deleted;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN NOT EXISTS (
    SELECT 1 FROM audit_checkpoints
    WHERE tenant_id IS OLD.tenant_id AND purpose = 'pruned' AND seq >= OLD.seq
)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

CREATE TRIGGER audit_checkpoints_are_not_changed BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are append-only');
END;
CREATE TRIGGER audit_checkpoints_are_not_deleted BEFORE DELETE ON audit_checkpoints
WHEN NOT EXISTS (
    SELECT 1 FROM audit_checkpoints AS later
    WHERE later.tenant_id IS OLD.tenant_id AND later.purpose = 'pruned' AND later.seq > OLD.seq
)
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are append-only');
END;
CREATE TRIGGER audit_checkpoints_are_not_replaced BEFORE INSERT ON audit_checkpoints
WHEN NEW.id IS NOT NULL AND EXISTS (SELECT 1 FROM audit_checkpoints WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are append-only');
END;
