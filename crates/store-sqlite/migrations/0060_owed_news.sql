-- Requests whose end somebody is still to be told by mail: what is said, to whom and in which
-- language is looked up when it is sent. Gone as soon as nothing is owed any more.
CREATE TABLE owed_news (
    request_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(request_id) = 16),
    tenant_id    BLOB    NOT NULL REFERENCES tenants (id),
    was_in_doubt INTEGER NOT NULL CHECK (was_in_doubt IN (0, 1)),
    owed_since   INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    due_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_news_due ON owed_news (due_at);

-- The letters of those that the mail server took, by their hashes.
CREATE TABLE owed_news_taken (
    request_id BLOB NOT NULL REFERENCES owed_news (request_id) ON DELETE CASCADE,
    letter     BLOB NOT NULL CHECK (length(letter) = 32),
    PRIMARY KEY (request_id, letter)
) STRICT, WITHOUT ROWID;
