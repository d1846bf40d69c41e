-- One row per invocation that issues something: who, why, in which language.
CREATE TABLE IF NOT EXISTS pwreset_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    command TEXT NOT NULL,
    budget TEXT NOT NULL,
    operator TEXT NOT NULL,
    ticket TEXT NULL,
    reason TEXT NULL,
    locale TEXT NULL,
    trace_id TEXT NOT NULL,
    filters TEXT NULL,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    UNIQUE (app, trace_id)
);
CREATE INDEX IF NOT EXISTS pwreset_jobs_created ON pwreset_jobs (created_at, id);
CREATE INDEX IF NOT EXISTS pwreset_jobs_ticket ON pwreset_jobs (app, ticket)
