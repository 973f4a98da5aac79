-- What new passwords are held to besides the directory's rules, and how often what may happen
-- where it is not as the installation has it.

CREATE TABLE banned_rules (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    mode      TEXT NOT NULL CHECK (mode IN ('enforce', 'audit', 'off')),
    terms     TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_limits (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    limits    TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
