-- Accounts that an administrator gave for tests of writeback: nobody works with them, and a test
-- may give them another password at any time.
CREATE TABLE test_accounts (
    tenant_id     BLOB    NOT NULL,
    user_id       BLOB    NOT NULL,
    designated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
