-- What tells an agent from a copy of it: the ticket that its next link has to show.
ALTER TABLE agents ADD COLUMN ticket_number INTEGER;
ALTER TABLE agents ADD COLUMN ticket BLOB;
ALTER TABLE agents ADD COLUMN copied_at INTEGER;
ALTER TABLE agents ADD COLUMN copied_host TEXT;

-- Looked through several times a second.
CREATE INDEX agents_revoked ON agents (id) WHERE revoked_at IS NOT NULL;
