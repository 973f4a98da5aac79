-- Groups of the cloud, administrators' roles, licences.
--
-- The identifier of a group is kept in the byte order of objectGUID, which is that of
-- connector_objects.anchor: a synchronised group needs no row of its own.

CREATE TABLE cloud_groups (
    tenant_id  BLOB    NOT NULL REFERENCES tenants (id),
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE cloud_group_users (
    tenant_id BLOB NOT NULL,
    group_id  BLOB NOT NULL,
    user_id   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES cloud_groups (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX cloud_groups_of_user ON cloud_group_users (tenant_id, user_id, group_id);

-- A member is a group of the cloud or of a directory, where it may be gone and come again.
CREATE TABLE cloud_group_groups (
    tenant_id BLOB NOT NULL,
    group_id  BLOB NOT NULL,
    member    BLOB NOT NULL CHECK (length(member) = 16),
    PRIMARY KEY (tenant_id, group_id, member),
    FOREIGN KEY (tenant_id, group_id) REFERENCES cloud_groups (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX cloud_groups_of_group ON cloud_group_groups (tenant_id, member, group_id);

CREATE TABLE role_assignments (
    tenant_id  BLOB    NOT NULL,
    user_id    BLOB    NOT NULL,
    role       TEXT    NOT NULL CHECK (role IN
        ('global-administrator', 'authentication-administrator', 'helpdesk-administrator',
         'user-administrator', 'reports-reader', 'directory-synchronization-account')),
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX role_assignments_of_role ON role_assignments (tenant_id, role, user_id);

-- Whoever was marked as an administrator stays one, with the role that may least.
INSERT INTO role_assignments (tenant_id, user_id, role, granted_at)
SELECT tenant_id, id, 'reports-reader', changed_at FROM users WHERE holds_admin_role;

-- The mark follows from the roles.
CREATE TRIGGER role_granted AFTER INSERT ON role_assignments
BEGIN
    UPDATE users SET holds_admin_role = 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.user_id AND NOT holds_admin_role;
END;
CREATE TRIGGER role_revoked AFTER DELETE ON role_assignments
WHEN NOT EXISTS (
    SELECT 1 FROM role_assignments WHERE tenant_id = OLD.tenant_id AND user_id = OLD.user_id
)
BEGIN
    UPDATE users SET holds_admin_role = 0
    WHERE tenant_id = OLD.tenant_id AND id = OLD.user_id;
END;

-- A tenant that nobody can administer any more is locked out of itself. What a directory does
-- to people who are mastered there is not this database's to refuse. FAIL, since for ABORT SQLite
-- would keep a copy of every page that a batch of people changes; whoever meets it takes the whole
-- transaction back.
CREATE TRIGGER last_global_administrator_stays BEFORE UPDATE OF enabled, removed_at ON users
WHEN OLD.origin = 'cloud' AND OLD.enabled AND OLD.removed_at IS NULL
    AND (NOT NEW.enabled OR NEW.removed_at IS NOT NULL)
    AND EXISTS (
        SELECT 1 FROM role_assignments
        WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id AND role = 'global-administrator'
    )
    AND NOT EXISTS (
        SELECT 1 FROM role_assignments CROSS JOIN users AS other
            ON other.tenant_id = role_assignments.tenant_id AND other.id = user_id
        WHERE role_assignments.tenant_id = OLD.tenant_id AND role = 'global-administrator'
            AND other.id <> OLD.id AND other.enabled AND other.removed_at IS NULL
    )
BEGIN
    SELECT RAISE(FAIL, 'the last global administrator of a tenant stays');
END;
CREATE TRIGGER last_global_administrator_is_kept BEFORE DELETE ON users
WHEN OLD.origin = 'cloud' AND OLD.enabled AND OLD.removed_at IS NULL
    AND EXISTS (
        SELECT 1 FROM role_assignments
        WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id AND role = 'global-administrator'
    )
    AND NOT EXISTS (
        SELECT 1 FROM role_assignments CROSS JOIN users AS other
            ON other.tenant_id = role_assignments.tenant_id AND other.id = user_id
        WHERE role_assignments.tenant_id = OLD.tenant_id AND role = 'global-administrator'
            AND other.id <> OLD.id AND other.enabled AND other.removed_at IS NULL
    )
BEGIN
    SELECT RAISE(FAIL, 'the last global administrator of a tenant stays');
END;

-- What a tenant bought. Seats are unlimited where prepaid is NULL.
CREATE TABLE skus (
    tenant_id       BLOB    NOT NULL REFERENCES tenants (id),
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    part_number     TEXT    NOT NULL,
    part_number_key TEXT    NOT NULL,
    product         TEXT    NOT NULL,
    plans           TEXT    NOT NULL, -- JSON: identifiers and names
    prepaid         INTEGER CHECK (prepaid >= 0),
    state           TEXT    NOT NULL CHECK (state IN ('enabled', 'suspended', 'expired')),
    ends_at         INTEGER,
    -- When seats beyond prepaid go; only where more were taken when it was lowered.
    surplus_until   INTEGER,
    added_at        INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, part_number_key),
    CHECK (surplus_until IS NULL OR prepaid IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- To a person, to a group, or, where there is neither, to everybody.
CREATE TABLE licence_assignments (
    seq            INTEGER PRIMARY KEY,
    tenant_id      BLOB    NOT NULL,
    sku_id         BLOB    NOT NULL,
    user_id        BLOB,
    group_id       BLOB    CHECK (length(group_id) = 16),
    disabled_plans TEXT    NOT NULL, -- JSON: identifiers
    assigned_at    INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, sku_id) REFERENCES skus (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CHECK (user_id IS NULL OR group_id IS NULL)
) STRICT;
CREATE UNIQUE INDEX licence_assignments_to_user ON licence_assignments
    (tenant_id, user_id, sku_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX licence_assignments_to_group ON licence_assignments
    (tenant_id, group_id, sku_id) WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX licence_assignments_to_everybody ON licence_assignments
    (tenant_id, sku_id) WHERE user_id IS NULL AND group_id IS NULL;
CREATE INDEX licence_assignments_of_sku ON licence_assignments (tenant_id, sku_id);

-- The seats that are taken, in the order in which they were given. One for a person and a SKU.
CREATE TABLE licence_seats (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  BLOB    NOT NULL,
    sku_id     BLOB    NOT NULL,
    user_id    BLOB    NOT NULL,
    granted_at INTEGER NOT NULL,
    UNIQUE (tenant_id, sku_id, user_id),
    FOREIGN KEY (tenant_id, sku_id) REFERENCES skus (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX licence_seats_in_order ON licence_seats (tenant_id, sku_id, seq);
CREATE INDEX licence_seats_of_user ON licence_seats (tenant_id, user_id);

-- Every tenant is born with the self-hosted SKU of unlimited seats, assigned to everybody. So is
-- every tenant that is there already.
CREATE TRIGGER tenant_is_born_licensed AFTER INSERT ON tenants
BEGIN
    INSERT INTO skus
        (tenant_id, id, part_number, part_number_key, product, plans, state, added_at)
    SELECT NEW.id, x'77726974656261636b00000000000001', 'WRITEBACK_SELF_HOSTED',
        'writeback_self_hosted',
        'Writeback, self-hosted',
        '[{"id":"c4da7f8a-5ee2-4c99-a7e1-87d2df57f6fe","name":"AAD_BASIC"},'
        || '{"id":"41781fb2-bc02-4b7c-bd55-b576c07bb09d","name":"AAD_PREMIUM"},'
        || '{"id":"eec0eb4f-6444-4f95-aba0-50c24d67f998","name":"AAD_PREMIUM_P2"}]',
        'enabled', NEW.created_at;
    INSERT INTO licence_assignments (tenant_id, sku_id, disabled_plans, assigned_at)
    SELECT NEW.id, x'77726974656261636b00000000000001', '[]', NEW.created_at;
END;
INSERT INTO skus
    (tenant_id, id, part_number, part_number_key, product, plans, state, added_at)
SELECT id, x'77726974656261636b00000000000001', 'WRITEBACK_SELF_HOSTED',
    'writeback_self_hosted',
    'Writeback, self-hosted',
    '[{"id":"c4da7f8a-5ee2-4c99-a7e1-87d2df57f6fe","name":"AAD_BASIC"},'
    || '{"id":"41781fb2-bc02-4b7c-bd55-b576c07bb09d","name":"AAD_PREMIUM"},'
    || '{"id":"eec0eb4f-6444-4f95-aba0-50c24d67f998","name":"AAD_PREMIUM_P2"}]',
    'enabled', created_at
FROM tenants;
INSERT INTO licence_assignments (tenant_id, sku_id, disabled_plans, assigned_at)
SELECT id, x'77726974656261636b00000000000001', '[]', created_at
FROM tenants;
