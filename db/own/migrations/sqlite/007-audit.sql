-- Who did what to whom, when and why. Rows are never changed but for sealing (seq, chain_mac) and erasure of a person.
CREATE TABLE IF NOT EXISTS pwreset_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    at TEXT NOT NULL,
    operator TEXT NOT NULL,
    login_uid TEXT NULL,
    host TEXT NOT NULL,
    action TEXT NOT NULL,
    result TEXT NOT NULL,
    channel TEXT NULL,
    delivery_id INTEGER NULL,
    trace_id TEXT NOT NULL,
    account TEXT NULL,
    recipient BLOB NULL,
    ticket TEXT NULL,
    reason TEXT NULL,
    detail TEXT NULL,
    salt BLOB NULL,
    personal BLOB NOT NULL,
    key_id TEXT NOT NULL,
    mac BLOB NOT NULL,
    seq INTEGER NULL,
    chain_mac BLOB NULL,
    chain_key_id TEXT NULL,
    UNIQUE (app, seq)
);
CREATE INDEX IF NOT EXISTS pwreset_audit_account ON pwreset_audit (app, account, id);
CREATE INDEX IF NOT EXISTS pwreset_audit_delivery ON pwreset_audit (delivery_id);
CREATE INDEX IF NOT EXISTS pwreset_audit_time ON pwreset_audit (at, id)
