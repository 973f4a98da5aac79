-- Passwords of people of the cloud alone, sign-in sessions, and how often somebody tried.

-- Argon2id in the PHC string format. Nobody whose password lies in a directory has one.
CREATE TABLE user_passwords (
    tenant_id   BLOB    NOT NULL,
    user_id     BLOB    NOT NULL,
    hash        TEXT    NOT NULL CHECK (substr(hash, 1, 10) = '$argon2id$'),
    must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    set_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_sessions (
    id                BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id         BLOB    NOT NULL,
    user_id           BLOB    NOT NULL,
    token             BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
    created_at        INTEGER NOT NULL,
    seen_at           INTEGER NOT NULL,
    idle_ends_at      INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    address           TEXT    NOT NULL,
    user_agent        TEXT    NOT NULL,
    -- Nothing but another password may be asked for.
    must_change       INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    second_factor_at  INTEGER,
    code              BLOB CHECK (length(code) = 32),
    code_expires_at   INTEGER,
    code_tries_left   INTEGER NOT NULL DEFAULT 0,
    CHECK ((code IS NULL) = (code_expires_at IS NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_sessions_of_user ON sign_in_sessions (tenant_id, user_id, created_at);
CREATE INDEX sign_in_sessions_by_end ON sign_in_sessions (expires_at);

-- Whoever disables or removes a person, an import included, signs them out. One who is matched
-- with an account of a directory has the directory's password from then on.
CREATE TRIGGER disabled_users_are_signed_out AFTER UPDATE OF enabled, removed_at, origin ON users
WHEN (OLD.enabled AND NOT NEW.enabled)
    OR (OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL)
    OR OLD.origin <> NEW.origin
BEGIN
    DELETE FROM sign_in_sessions WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
END;
CREATE TRIGGER synchronised_users_have_no_password AFTER UPDATE OF origin ON users
WHEN NEW.origin = 'synchronised' AND OLD.origin = 'cloud'
BEGIN
    DELETE FROM user_passwords WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
END;

-- Tries to sign in since the last right one. The key is a user's identifier, or the hash of a
-- name that nobody has: a name's tenant may be none.
CREATE TABLE sign_in_tries (
    tenant_id          BLOB    NOT NULL CHECK (length(tenant_id) = 16),
    key                TEXT    NOT NULL,
    wrong              INTEGER NOT NULL, -- since the last right one
    wrong_in_directory INTEGER NOT NULL, -- as the directory counts
    last_at            INTEGER NOT NULL,
    locked_until       INTEGER,
    under_way          BLOB CHECK (length(under_way) = 16),
    -- The directory's own lockout policy for this person, where an agent told it.
    threshold          INTEGER,
    window             INTEGER, -- microseconds
    CHECK ((threshold IS NULL) = (window IS NULL)),
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_tries_by_age ON sign_in_tries (last_at);
