-- The queue: one row per wish to send something to one account. Never a secret, a recipient or a text.
CREATE TABLE IF NOT EXISTS pwreset_deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    job_id INTEGER NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    in_flight INTEGER NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    lease_owner TEXT NULL,
    lease_until TEXT NULL,
    queued_at TEXT NOT NULL,
    finished_at TEXT NULL,
    relay TEXT NULL,
    answer TEXT NULL,
    reason TEXT NULL,
    superseded_by INTEGER NULL,
    UNIQUE (job_id, account),
    UNIQUE (app, account, kind, in_flight)
);
CREATE INDEX IF NOT EXISTS pwreset_deliveries_due ON pwreset_deliveries (app, state, channel, next_at, id);
CREATE INDEX IF NOT EXISTS pwreset_deliveries_finished ON pwreset_deliveries (finished_at, id)
