-- What the doctor found of a tenant: one row for each time that it was something else.
CREATE TABLE doctor_looks (
    tenant_id BLOB    NOT NULL REFERENCES tenants (id),
    began_at  INTEGER NOT NULL,
    looked_at INTEGER NOT NULL CHECK (looked_at >= began_at),
    findings  TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, began_at)
) STRICT, WITHOUT ROWID;
