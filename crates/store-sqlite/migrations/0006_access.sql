-- Who may reset, whether passwords are written back, and the sealing keys that are to be rolled.

CREATE TABLE reset_policies (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    policy    TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- What was ever switched. What was not is on.
CREATE TABLE writeback_switches (
    tenant_id  BLOB    NOT NULL REFERENCES tenants (id),
    forest     TEXT    NOT NULL, -- empty for the whole tenant
    is_on      INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, forest)
) STRICT, WITHOUT ROWID;

-- The last time that each agent was to roll its sealing key.
CREATE TABLE key_rolls (
    tenant_id BLOB    NOT NULL,
    agent_id  BLOB    NOT NULL,
    wanted_at INTEGER NOT NULL,
    rolled_at INTEGER,
    key_id    BLOB,
    PRIMARY KEY (tenant_id, agent_id),
    CHECK ((rolled_at IS NULL) = (key_id IS NULL))
) STRICT, WITHOUT ROWID;
