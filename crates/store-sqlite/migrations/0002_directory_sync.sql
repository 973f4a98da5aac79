-- Directory synchronisation: connector spaces, runs, rules, and people who outlive imports.
--
-- SQLite keeps a copy of every page that a statement changes if the statement may have to be
-- taken back alone. So where many rows are written at once foreign keys are looked at when the
-- transaction ends, and no CHECK calls a function: the lengths of identifiers and anchors are
-- seen to when rows are read.

DROP TABLE import_batches;
DROP TABLE imports;

-- What was imported was made a person in the same step: both were complete together.
ALTER TABLE forests RENAME COLUMN imported_at TO full_import_at;
ALTER TABLE forests DROP COLUMN import_wanted_at;
ALTER TABLE forests DROP COLUMN import_began_at;
ALTER TABLE forests ADD COLUMN delta_import_at INTEGER;
ALTER TABLE forests ADD COLUMN full_sync_at INTEGER;
ALTER TABLE forests ADD COLUMN delta_sync_at INTEGER;
ALTER TABLE forests ADD COLUMN export_at INTEGER;
ALTER TABLE forests ADD COLUMN scope TEXT;
ALTER TABLE forests ADD COLUMN sees_deletions INTEGER NOT NULL DEFAULT 0
    CHECK (sees_deletions IN (0, 1));
ALTER TABLE forests ADD COLUMN positions TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE forests ADD COLUMN full_import_positions TEXT NOT NULL DEFAULT '[]'; -- JSON
-- The number of the full import that is under way or was interrupted.
ALTER TABLE forests ADD COLUMN full_import_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE forests ADD COLUMN guard_stopped_at INTEGER;
UPDATE forests SET full_sync_at = full_import_at;

ALTER TABLE users RENAME TO imported_users;

-- The columns *_key hold what names are looked up by: lower case as Unicode has it, which the
-- program computes, since SQLite's own lower() knows ASCII only.
CREATE TABLE users (
    tenant_id           BLOB    NOT NULL REFERENCES tenants (id)
        DEFERRABLE INITIALLY DEFERRED,
    id                  BLOB    NOT NULL,
    origin              TEXT    NOT NULL CHECK (origin IN ('cloud', 'synchronised')),
    source_anchor       BLOB,
    account_name        TEXT    NOT NULL,
    netbios             TEXT,
    user_principal_name TEXT    NOT NULL,
    display_name        TEXT,
    mail                TEXT,
    other_mail          TEXT    NOT NULL, -- JSON: a list of addresses
    mobile              TEXT,
    language            TEXT,
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    account_expires     INTEGER,
    account_key         TEXT    NOT NULL,
    netbios_key         TEXT,
    upn_key             TEXT    NOT NULL,
    mail_key            TEXT,
    -- Where a password goes.
    target_forest       TEXT,
    target_domain       TEXT,
    target_anchor       BLOB,
    enabled_twice       INTEGER NOT NULL DEFAULT 0 CHECK (enabled_twice IN (0, 1)),
    holds_admin_role    INTEGER NOT NULL DEFAULT 0 CHECK (holds_admin_role IN (0, 1)),
    changed_at          INTEGER NOT NULL,
    -- The staged removal.
    removal             TEXT CHECK (removal IN
        ('deleted', 'out_of_scope', 'not_found', 'not_in_group', 'filtered_out')),
    removal_forest      TEXT,
    removal_staged_at   INTEGER,
    removal_approved    INTEGER NOT NULL DEFAULT 0 CHECK (removal_approved IN (0, 1)),
    -- The removal that was carried out.
    removed_at          INTEGER,
    removed_forest      TEXT,
    removed_approved    INTEGER CHECK (removed_approved IN (0, 1)),
    PRIMARY KEY (tenant_id, id),
    CHECK (CASE origin
        WHEN 'cloud' THEN target_anchor IS NULL AND NOT enabled_twice AND removal IS NULL
        WHEN 'synchronised' THEN source_anchor IS NOT NULL
    END),
    CHECK ((target_forest IS NULL) = (target_anchor IS NULL)),
    CHECK ((target_domain IS NULL) = (target_anchor IS NULL)),
    CHECK (target_anchor IS NULL OR NOT enabled_twice),
    CHECK ((removal_forest IS NULL) = (removal IS NULL)),
    CHECK ((removal_staged_at IS NULL) = (removal IS NULL)),
    CHECK (removal IS NOT NULL OR NOT removal_approved),
    CHECK ((removed_forest IS NULL) = (removed_at IS NULL)),
    CHECK ((removed_approved IS NULL) = (removed_at IS NULL)),
    CHECK (removed_at IS NULL
        OR (removal IS NULL AND target_anchor IS NULL AND NOT enabled_twice))
) STRICT;

-- Of those who shared a user principal name, which could not be told apart by it, the first
-- stays. The others are kept as removed: they get their identifiers back when the directory
-- gives them names of their own.
INSERT INTO users
    (tenant_id, id, origin, source_anchor, account_name, netbios, user_principal_name,
     display_name, mail, other_mail, mobile, language, enabled, account_expires, account_key,
     netbios_key, upn_key, mail_key, target_forest, target_domain, target_anchor, changed_at,
     removed_at, removed_forest, removed_approved)
SELECT tenant_id, id, 'synchronised', anchor, account_name, netbios, user_principal_name,
    display_name, mail, other_mail, mobile, language, enabled, account_expires, account_key,
    netbios_key, upn_key, mail_key, iif(shared, NULL, forest), iif(shared, NULL, domain),
    iif(shared, NULL, anchor), imported_at, iif(shared, imported_at, NULL),
    iif(shared, forest, NULL), iif(shared, 1, NULL)
FROM (
    SELECT *, EXISTS (
        SELECT 1 FROM imported_users AS other
        WHERE other.tenant_id = one.tenant_id AND other.upn_key = one.upn_key
            AND other.id < one.id
    ) AS shared
    FROM imported_users AS one
    -- The same objectGUID in two forests: one is a copy of the other.
    WHERE NOT EXISTS (
        SELECT 1 FROM imported_users AS other
        WHERE other.tenant_id = one.tenant_id AND other.anchor = one.anchor
            AND other.id < one.id
    )
);

-- A connector space: one row for each user and group that was imported and is not gone for
-- good. The columns *_key are as those of people.
CREATE TABLE connector_objects (
    id               INTEGER PRIMARY KEY,
    tenant_id        BLOB    NOT NULL,
    forest           TEXT    NOT NULL,
    anchor           BLOB    NOT NULL,
    kind             TEXT    NOT NULL CHECK (kind IN ('user', 'group')),
    domain           TEXT    NOT NULL,
    netbios          TEXT,
    dn               TEXT    NOT NULL,
    rid              INTEGER,
    primary_group    INTEGER,
    enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    account_expires  INTEGER,
    consistency_guid BLOB,
    attributes       TEXT    NOT NULL, -- JSON
    dn_key           TEXT    NOT NULL,
    upn_key          TEXT,
    mail_key         TEXT,
    account_key      TEXT,
    -- Of all that was imported, members too: what is the same is not written again.
    digest           BLOB    NOT NULL,
    import_problems  TEXT,             -- JSON: attributes that could not be taken
    sync_problems    TEXT,             -- JSON: what the last synchronisation found
    has_error        INTEGER NOT NULL DEFAULT 0 CHECK (has_error IN (0, 1)),
    -- Whether a synchronisation has to look at it: it changed, or has an error.
    due              INTEGER NOT NULL DEFAULT 1 CHECK (due IN (0, 1)),
    gone             TEXT CHECK (gone IN ('deleted', 'out_of_scope', 'not_found')),
    user_id          BLOB,
    UNIQUE (tenant_id, forest, anchor),
    FOREIGN KEY (tenant_id, forest) REFERENCES forests (tenant_id, name)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (sync_problems IS NOT NULL OR NOT has_error)
) STRICT;

-- People of before stay joined. What their objects look like is not known in full: the first
-- import replaces it.
INSERT INTO connector_objects
    (tenant_id, forest, anchor, kind, domain, netbios, dn, enabled, account_expires, attributes,
     dn_key, upn_key, mail_key, account_key, digest, due, user_id)
SELECT old.tenant_id, old.forest, old.anchor, 'user', old.domain, old.netbios, '', old.enabled,
    old.account_expires,
    json_object('sAMAccountName', json_array(old.account_name),
        'userPrincipalName', json_array(old.user_principal_name)),
    '', old.upn_key, old.mail_key, old.account_key, zeroblob(16), users.id IS NULL, users.id
FROM imported_users AS old
LEFT JOIN users ON users.tenant_id = old.tenant_id AND users.id = old.id
    AND users.removed_at IS NULL;

DROP TABLE imported_users;

-- Removed people are restored, not doubled: their source anchor stays theirs.
CREATE UNIQUE INDEX users_by_source_anchor ON users (tenant_id, source_anchor)
    WHERE source_anchor IS NOT NULL;
CREATE UNIQUE INDEX users_by_upn ON users (tenant_id, upn_key) WHERE removed_at IS NULL;
CREATE INDEX users_by_mail ON users (tenant_id, mail_key)
    WHERE removed_at IS NULL AND mail_key IS NOT NULL;
CREATE INDEX users_by_account ON users (tenant_id, account_key, netbios_key)
    WHERE removed_at IS NULL;
CREATE INDEX users_of_the_cloud ON users (tenant_id)
    WHERE removed_at IS NULL AND origin = 'cloud';
CREATE INDEX users_staged ON users (tenant_id, removal_forest, removal_staged_at)
    WHERE removal IS NOT NULL;
CREATE INDEX users_removed ON users (tenant_id, removed_at) WHERE removed_at IS NOT NULL;

CREATE INDEX connector_objects_due ON connector_objects (tenant_id, forest, anchor)
    WHERE due = 1;
CREATE INDEX groups_due ON connector_objects (tenant_id, forest)
    WHERE due = 1 AND kind = 'group';
CREATE INDEX connector_objects_present ON connector_objects (tenant_id, forest, kind)
    WHERE gone IS NULL;
CREATE INDEX connector_objects_of_user ON connector_objects (tenant_id, user_id, forest)
    WHERE user_id IS NOT NULL;
CREATE INDEX connector_objects_with_problems
    ON connector_objects (tenant_id, forest, has_error DESC, anchor)
    WHERE gone IS NULL AND (import_problems IS NOT NULL OR sync_problems IS NOT NULL);
-- What can be forgotten: empty but for the transaction that forgets it.
CREATE INDEX connector_objects_spent ON connector_objects (tenant_id, forest)
    WHERE gone IS NOT NULL AND user_id IS NULL AND due = 0;
CREATE INDEX groups_by_dn ON connector_objects (tenant_id, forest, dn_key)
    WHERE kind = 'group';
CREATE INDEX groups_by_rid ON connector_objects (tenant_id, forest, domain, rid)
    WHERE kind = 'group';

-- Which full import of its forest brought an object last. Apart from the objects, whose rows
-- are large and nearly always stay as they are.
CREATE TABLE full_import_seen (
    object_id INTEGER PRIMARY KEY REFERENCES connector_objects (id) ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    number    INTEGER NOT NULL
) STRICT;

-- The direct members of groups, by their anchors: a member may be imported after its group, or
-- not at all.
CREATE TABLE memberships (
    group_id INTEGER NOT NULL REFERENCES connector_objects (id) ON DELETE CASCADE,
    member   BLOB    NOT NULL,
    PRIMARY KEY (group_id, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_member ON memberships (member, group_id);

-- Runs outlive agents: no foreign key to them.
CREATE TABLE runs (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id     BLOB    NOT NULL,
    cycle         BLOB    NOT NULL CHECK (length(cycle) = 16),
    forest        TEXT    NOT NULL,
    profile       TEXT    NOT NULL CHECK (profile IN
        ('full-import', 'delta-import', 'full-sync', 'delta-sync', 'export')),
    started_by    TEXT    NOT NULL,
    agent_id      BLOB,
    controllers   TEXT    NOT NULL, -- JSON
    began_at      INTEGER NOT NULL,
    progress_at   INTEGER NOT NULL,
    ended_at      INTEGER,
    result        TEXT    NOT NULL CHECK (result IN
        ('running', 'success', 'completed-with-problems',
         'stopped-deletion-threshold-exceeded', 'failed', 'interrupted')),
    read          INTEGER NOT NULL,
    added         INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    removed       INTEGER NOT NULL,
    unchanged     INTEGER NOT NULL,
    problems      INTEGER NOT NULL,
    expected      INTEGER,
    detail        TEXT    NOT NULL,
    -- Of an import: the batch that is due, and how many objects the ones before had.
    next_sequence INTEGER NOT NULL DEFAULT 0,
    uploaded      INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, forest) REFERENCES forests (tenant_id, name),
    CHECK ((result = 'running') = (ended_at IS NULL))
) STRICT;
-- One run of a forest at a time.
CREATE UNIQUE INDEX runs_under_way ON runs (tenant_id, forest) WHERE ended_at IS NULL;
CREATE INDEX runs_of_tenant ON runs (tenant_id, began_at);
CREATE INDEX runs_of_forest ON runs (tenant_id, forest, began_at, id);
CREATE INDEX runs_of_cycle ON runs (tenant_id, cycle, began_at, id);
CREATE INDEX runs_by_end ON runs (tenant_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE run_problems (
    run_id  BLOB    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    anchor  BLOB    NOT NULL CHECK (length(anchor) = 16),
    dn      TEXT    NOT NULL,
    problem TEXT    NOT NULL, -- JSON
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE wanted_cycles (
    cycle     BLOB    NOT NULL PRIMARY KEY CHECK (length(cycle) = 16),
    tenant_id BLOB    NOT NULL,
    forest    TEXT    NOT NULL,
    profiles  TEXT    NOT NULL, -- JSON: the names of profiles
    wanted_by TEXT    NOT NULL,
    wanted_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, forest) REFERENCES forests (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX wanted_cycles_of_tenant ON wanted_cycles (tenant_id, wanted_at, cycle);

CREATE TABLE sync_rules (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    rules     TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;
