-- Every token ever issued, as digests. The columns a native application uses are a contract: pwreset-tokens(5).
CREATE TABLE IF NOT EXISTS pwreset_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    delivery_id INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    verifier BLOB NULL,
    code_mac BLOB NULL,
    key_id TEXT NULL,
    app_ref TEXT NULL,
    pw_mark BLOB NULL,
    state TEXT NOT NULL,
    live INTEGER NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT NULL,
    voided_at TEXT NULL,
    void_reason TEXT NULL,
    erase_at TEXT NULL,
    UNIQUE (verifier),
    UNIQUE (app, account, kind, live)
);
CREATE INDEX IF NOT EXISTS pwreset_tokens_delivery ON pwreset_tokens (delivery_id);
CREATE INDEX IF NOT EXISTS pwreset_tokens_expiry ON pwreset_tokens (expires_at, id);
CREATE INDEX IF NOT EXISTS pwreset_tokens_erase ON pwreset_tokens (erase_at)
