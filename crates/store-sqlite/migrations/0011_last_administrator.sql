-- Whoever cannot sign in does not count beside the last global administrator who can: somebody of
-- the cloud needs a password for it, and of a directory's people the next import may take anyone.

-- `acts`: neither disabled nor removed. `signs_in`: with a password that only this cloud can take.
CREATE VIEW global_administrators AS
SELECT role_assignments.tenant_id, role_assignments.user_id,
    users.enabled AND users.removed_at IS NULL AS acts,
    users.enabled AND users.removed_at IS NULL AND users.origin = 'cloud' AND EXISTS (
        SELECT 1 FROM user_passwords
        WHERE user_passwords.tenant_id = users.tenant_id AND user_passwords.user_id = users.id
    ) AS signs_in
FROM role_assignments CROSS JOIN users
    ON users.tenant_id = role_assignments.tenant_id AND users.id = role_assignments.user_id
WHERE role = 'global-administrator';

-- Of those who can sign in, the only one; where nobody can, the only one who acts.
CREATE VIEW last_global_administrators AS
SELECT tenant_id, user_id FROM global_administrators AS this
WHERE acts AND NOT EXISTS (
    SELECT 1 FROM global_administrators AS other
    WHERE other.tenant_id = this.tenant_id AND other.user_id <> this.user_id
        AND CASE WHEN this.signs_in THEN other.signs_in ELSE other.acts END
);

DROP TRIGGER last_global_administrator_stays;
CREATE TRIGGER last_global_administrator_stays BEFORE UPDATE OF enabled, removed_at ON users
WHEN OLD.origin = 'cloud' AND OLD.enabled AND OLD.removed_at IS NULL
    AND (NOT NEW.enabled OR NEW.removed_at IS NOT NULL)
    AND EXISTS (
        SELECT 1 FROM last_global_administrators
        WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id
    )
BEGIN
    SELECT RAISE(FAIL, 'the last global administrator of a tenant stays');
END;

DROP TRIGGER last_global_administrator_is_kept;
CREATE TRIGGER last_global_administrator_is_kept BEFORE DELETE ON users
WHEN OLD.origin = 'cloud' AND OLD.enabled AND OLD.removed_at IS NULL
    AND EXISTS (
        SELECT 1 FROM last_global_administrators
        WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id
    )
BEGIN
    SELECT RAISE(FAIL, 'the last global administrator of a tenant stays');
END;
