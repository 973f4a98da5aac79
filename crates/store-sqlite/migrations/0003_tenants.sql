-- Several tenants in one installation: switched off and on, and found by verified domains.

ALTER TABLE tenants ADD COLUMN disabled_at INTEGER;

-- The token is what the domain's owner publishes in DNS: everybody may read it there.
CREATE TABLE tenant_domains (
    tenant_id   BLOB    NOT NULL REFERENCES tenants (id),
    name        TEXT    NOT NULL,
    token       TEXT    NOT NULL,
    added_at    INTEGER NOT NULL,
    verified_at INTEGER,
    verified_by TEXT CHECK (verified_by IN ('dns', 'operator')),
    PRIMARY KEY (tenant_id, name),
    CHECK ((verified_by IS NULL) = (verified_at IS NULL))
) STRICT, WITHOUT ROWID;
-- Many may claim a domain, one has it.
CREATE UNIQUE INDEX tenant_domains_verified ON tenant_domains (name)
    WHERE verified_at IS NOT NULL;

-- A name that no tenant has takes the same way as any other: its session and what is counted
-- are nobody's, and so refer to no tenant.
CREATE TABLE new_sessions (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id       BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    cookie          BLOB    NOT NULL UNIQUE CHECK (length(cookie) = 32),
    user_id         BLOB,
    typed_name      TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    code            BLOB CHECK (length(code) = 32),
    code_expires_at INTEGER NOT NULL,
    tries_left      INTEGER NOT NULL CHECK (tries_left BETWEEN 0 AND 255),
    verified_at     INTEGER,
    request_id      BLOB REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO new_sessions
    (id, tenant_id, cookie, user_id, typed_name, created_at, expires_at, code, code_expires_at,
     tries_left, verified_at, request_id)
SELECT id, tenant_id, cookie, user_id, typed_name, created_at, expires_at, code, code_expires_at,
    tries_left, verified_at, request_id
FROM sessions;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE new_throttle_events (
    tenant_id BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    rule      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
INSERT INTO new_throttle_events (tenant_id, rule, key, at)
SELECT tenant_id, rule, key, at FROM throttle_events;
DROP TABLE throttle_events;
ALTER TABLE new_throttle_events RENAME TO throttle_events;
CREATE INDEX throttle_events_of_key ON throttle_events (tenant_id, rule, key, at);
CREATE INDEX throttle_events_by_age ON throttle_events (tenant_id, rule, at);

CREATE TABLE new_throttle_blocks (
    tenant_id     BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    rule          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    blocked_until INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, rule, key)
) STRICT, WITHOUT ROWID;
INSERT INTO new_throttle_blocks (tenant_id, rule, key, blocked_until)
SELECT tenant_id, rule, key, blocked_until FROM throttle_blocks;
DROP TABLE throttle_blocks;
ALTER TABLE new_throttle_blocks RENAME TO throttle_blocks;
CREATE INDEX throttle_blocks_by_end ON throttle_blocks (tenant_id, rule, blocked_until);
