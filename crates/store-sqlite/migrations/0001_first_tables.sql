-- The first tables.
--
-- Identifiers are the 16 bytes of a UUID. Times are microseconds since 1970, UTC. Structures
-- that are only read and written whole are JSON. States and operations are the names that
-- `writeback-model` gives them. No column holds a password, sealed or not; codes and tokens
-- are SHA-256 hashes.

CREATE TABLE tenants (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time tokens by which agents enrol. A spent one is kept, so that it can be told from one
-- that never was.
CREATE TABLE enrolments (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenants (id),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id   BLOB    NOT NULL REFERENCES tenants (id),
    public_key  BLOB    NOT NULL CHECK (length(public_key) = 32),
    host        TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    enrolled_at INTEGER NOT NULL,
    seen_at     INTEGER,
    revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX agents_of_tenant ON agents (tenant_id, enrolled_at);

-- Client assertions that were used, until they expire: a copied one is refused.
CREATE TABLE spent_assertions (
    agent_id   BLOB    NOT NULL REFERENCES agents (id),
    assertion  BLOB    NOT NULL CHECK (length(assertion) = 32),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, assertion)
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_assertions_by_end ON spent_assertions (expires_at);

CREATE TABLE access_tokens (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    agent_id   BLOB    NOT NULL REFERENCES agents (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_tokens_by_end ON access_tokens (expires_at);
CREATE INDEX access_tokens_of_agent ON access_tokens (agent_id);

CREATE TABLE forests (
    tenant_id        BLOB    NOT NULL REFERENCES tenants (id),
    name             TEXT    NOT NULL,
    domains          TEXT    NOT NULL, -- JSON: what agents reported
    imported_at      INTEGER,
    import_wanted_at INTEGER,
    import_began_at  INTEGER,
    PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- The running imports, one at most for a forest: beginning another deletes the one before.
CREATE TABLE imports (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id BLOB    NOT NULL,
    forest    TEXT    NOT NULL,
    agent_id  BLOB    NOT NULL,
    began_at  INTEGER NOT NULL,
    UNIQUE (tenant_id, forest),
    FOREIGN KEY (tenant_id, forest) REFERENCES forests (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- Which batches a running import brought: it is complete only without a gap.
CREATE TABLE import_batches (
    import_id BLOB    NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    sequence  INTEGER NOT NULL,
    PRIMARY KEY (import_id, sequence)
) STRICT, WITHOUT ROWID;

-- The columns *_key hold what names are looked up by: lower case as Unicode has it, which the
-- program computes, since SQLite's own lower() knows ASCII only.
CREATE TABLE users (
    id                  BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id           BLOB    NOT NULL,
    forest              TEXT    NOT NULL,
    anchor              BLOB    NOT NULL CHECK (length(anchor) = 16),
    domain              TEXT    NOT NULL,
    netbios             TEXT,
    account_name        TEXT    NOT NULL,
    user_principal_name TEXT    NOT NULL,
    display_name        TEXT,
    mail                TEXT,
    other_mail          TEXT    NOT NULL, -- JSON: a list of addresses
    mobile              TEXT,
    language            TEXT,
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    account_expires     INTEGER,
    netbios_key         TEXT,
    account_key         TEXT    NOT NULL,
    upn_key             TEXT    NOT NULL,
    mail_key            TEXT,
    imported_at         INTEGER NOT NULL,
    last_import         BLOB    NOT NULL, -- the import that brought it last
    UNIQUE (tenant_id, forest, anchor),
    FOREIGN KEY (tenant_id, forest) REFERENCES forests (tenant_id, name)
) STRICT;
CREATE INDEX users_by_upn ON users (tenant_id, upn_key);
CREATE INDEX users_by_mail ON users (tenant_id, mail_key) WHERE mail_key IS NOT NULL;
CREATE INDEX users_by_account ON users (tenant_id, account_key, netbios_key);

-- A request outlives the user it is about, and its claim the agent that made it: no foreign
-- keys to these.
CREATE TABLE requests (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenants (id),
    user_id    BLOB    NOT NULL,
    operation  TEXT    NOT NULL
        CHECK (operation IN ('reset', 'reset_force_change', 'change', 'unlock')),
    forest     TEXT    NOT NULL,
    domain     TEXT    NOT NULL,
    anchor     BLOB    NOT NULL CHECK (length(anchor) = 16),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    claimed_by BLOB,
    claimed_at INTEGER,
    outcome    TEXT, -- JSON
    evidence   TEXT, -- JSON
    ended_at   INTEGER,
    -- What each state has and has not. An unknown state fits none.
    CHECK (CASE state
        WHEN 'pending' THEN claimed_by IS NULL AND ended_at IS NULL
        WHEN 'claimed' THEN claimed_by IS NOT NULL AND ended_at IS NULL
        WHEN 'unknown' THEN claimed_by IS NOT NULL AND ended_at IS NULL
        WHEN 'done'    THEN claimed_by IS NOT NULL AND ended_at IS NOT NULL
        WHEN 'expired' THEN claimed_by IS NULL AND ended_at IS NOT NULL
        ELSE 0
    END),
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
    CHECK ((state = 'done') = (outcome IS NOT NULL)),
    CHECK ((outcome IS NULL) = (evidence IS NULL))
) STRICT, WITHOUT ROWID;
-- What the sweeps look for: small, since nearly all requests are done.
CREATE INDEX requests_pending ON requests (expires_at) WHERE state = 'pending';
CREATE INDEX requests_claimed ON requests (claimed_at) WHERE state = 'claimed';
CREATE INDEX requests_unknown ON requests (tenant_id, forest, created_at)
    WHERE state = 'unknown';

-- States only move forward, whatever a later version or a hand at the database tries: a done
-- request that became pending again would be run a second time.
CREATE TRIGGER requests_only_move_forward BEFORE UPDATE OF state ON requests
WHEN NOT (
    OLD.state = NEW.state
    OR (OLD.state = 'pending' AND NEW.state IN ('claimed', 'expired'))
    OR (OLD.state = 'claimed' AND NEW.state IN ('unknown', 'done'))
    OR (OLD.state = 'unknown' AND NEW.state = 'done')
)
BEGIN
    SELECT RAISE(ABORT, 'a request only moves forward');
END;

CREATE TABLE sessions (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id       BLOB    NOT NULL REFERENCES tenants (id),
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
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Every counted event that a rule's window may still see, and the blocks that hold.
CREATE TABLE throttle_events (
    tenant_id BLOB    NOT NULL REFERENCES tenants (id),
    rule      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX throttle_events_of_key ON throttle_events (tenant_id, rule, key, at);
CREATE INDEX throttle_events_by_age ON throttle_events (tenant_id, rule, at);

CREATE TABLE throttle_blocks (
    tenant_id     BLOB    NOT NULL REFERENCES tenants (id),
    rule          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    blocked_until INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, rule, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_blocks_by_end ON throttle_blocks (tenant_id, rule, blocked_until);

-- The audit trail, in the order in which it was kept. It outlives all that it speaks of: no
-- foreign keys.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   BLOB,
    at          INTEGER NOT NULL,
    actor       TEXT    NOT NULL, -- JSON
    activity    TEXT    NOT NULL,
    user_id     BLOB,
    correlation BLOB,
    address     TEXT,
    result      TEXT    NOT NULL,
    detail      TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_of_tenant ON audit (tenant_id, seq);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- A row written over by INSERT OR REPLACE fires no DELETE trigger.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN NEW.seq IS NOT NULL AND EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
