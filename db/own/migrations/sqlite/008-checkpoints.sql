-- What stands in the place of the audit rows that were purged: one row an application.
CREATE TABLE IF NOT EXISTS pwreset_checkpoints (
    app TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    chain_mac BLOB NOT NULL,
    latest TEXT NOT NULL,
    erased INTEGER NOT NULL,
    erasures INTEGER NOT NULL,
    purged_at TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mac BLOB NOT NULL
)
