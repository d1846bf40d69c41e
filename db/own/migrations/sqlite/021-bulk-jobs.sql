-- The life of a job over many accounts, and how far it is. Of a single call `state` is NULL, and nothing else is used.
ALTER TABLE pwreset_jobs ADD COLUMN state TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN kind TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN channel TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN rate INTEGER NULL;
ALTER TABLE pwreset_jobs ADD COLUMN start_at TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN next_at TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN page_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN cursor_key TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN cursor_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN exhausted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pwreset_jobs ADD COLUMN login_uid TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN approve_by TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN approved_by TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN approved_at TEXT NULL;
ALTER TABLE pwreset_jobs ADD COLUMN ended_at TEXT NULL;
CREATE INDEX IF NOT EXISTS pwreset_jobs_life ON pwreset_jobs (app, state, id);
-- One row for each account that a file names; of a selection only for what has no delivery to tell of it: refused, or
-- put off. Kept as long as the audit rows that count them.
CREATE TABLE IF NOT EXISTS pwreset_job_rows (
    job_id INTEGER NOT NULL,
    no INTEGER NOT NULL,
    line INTEGER NULL,
    typed TEXT NULL,
    account TEXT NULL,
    state TEXT NOT NULL,
    code TEXT NULL,
    reason TEXT NULL,
    retry_at TEXT NULL,
    PRIMARY KEY (job_id, no),
    UNIQUE (job_id, account)
);
CREATE INDEX IF NOT EXISTS pwreset_job_rows_account ON pwreset_job_rows (account, job_id);
CREATE INDEX IF NOT EXISTS pwreset_job_rows_deferred ON pwreset_job_rows (job_id, retry_at);
-- A row is written in the transaction that releases a page: it tells what became of a commit that broke.
CREATE TABLE IF NOT EXISTS pwreset_job_pages (
    job_id INTEGER NOT NULL,
    page_no INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    deferred INTEGER NOT NULL,
    released_at TEXT NOT NULL,
    PRIMARY KEY (job_id, page_no)
)
