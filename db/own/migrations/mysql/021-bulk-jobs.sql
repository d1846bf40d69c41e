-- The life of a job over many accounts, and how far it is. Of a single call `state` is NULL, and nothing else is used.
ALTER TABLE pwreset_jobs
    ADD COLUMN state VARCHAR(9) CHARACTER SET ascii NULL,       -- preparing waiting running paused cancelled done
    ADD COLUMN kind VARCHAR(20) CHARACTER SET ascii NULL,       -- as asked for; NULL: by what names the account
    ADD COLUMN channel VARCHAR(8) CHARACTER SET ascii NULL,     -- likewise
    ADD COLUMN rate INT UNSIGNED NULL,                          -- accounts a second; NULL: as quick as they are sent
    ADD COLUMN start_at DATETIME(6) NULL,
    ADD COLUMN next_at DATETIME(6) NULL,                        -- no page before
    ADD COLUMN page_no INT UNSIGNED NOT NULL DEFAULT 0,         -- pages released so far: the cursor's version
    ADD COLUMN cursor_key VARBINARY(64) NULL,                   -- the last account of a selection that was released
    ADD COLUMN cursor_row BIGINT UNSIGNED NOT NULL DEFAULT 0,   -- the last row, likewise
    ADD COLUMN exhausted TINYINT UNSIGNED NOT NULL DEFAULT 0,   -- nothing is behind the cursor
    ADD COLUMN queued BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN refused BIGINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN deferred BIGINT UNSIGNED NOT NULL DEFAULT 0,     -- now: they wait for a cooldown to end
    ADD COLUMN login_uid VARCHAR(10) CHARACTER SET ascii NULL,  -- of who made it
    ADD COLUMN approve_by DATETIME(6) NULL,                     -- until when somebody else may approve it
    ADD COLUMN approved_by VARCHAR(255) NULL,
    ADD COLUMN approved_at DATETIME(6) NULL,
    ADD COLUMN ended_at DATETIME(6) NULL,
    MODIFY COLUMN filters MEDIUMTEXT NULL,                      -- with the keys of those that are left out
    ADD KEY life (app, state, id);
-- One row for each account that a file names; of a selection only for what has no delivery to tell of it: refused, or
-- put off. Kept as long as the audit rows that count them.
CREATE TABLE IF NOT EXISTS pwreset_job_rows (
    job_id   BIGINT UNSIGNED NOT NULL,
    no       BIGINT UNSIGNED NOT NULL,
    line     BIGINT UNSIGNED NULL,                              -- of the file
    typed    VARCHAR(255) NULL,                                 -- personal: the identity as it stands there
    account  VARBINARY(64) NULL,                                -- personal
    state    VARCHAR(8) CHARACTER SET ascii NOT NULL,           -- waiting queued deferred refused revoked
    code     VARCHAR(32) CHARACTER SET ascii NULL,              -- why it is not queued
    reason   VARCHAR(255) NULL,                                 -- personal: the same in words
    retry_at DATETIME(6) NULL,                                  -- of what is put off
    PRIMARY KEY (job_id, no),
    UNIQUE KEY once (job_id, account),
    KEY account (account, job_id),
    KEY deferred (job_id, retry_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
-- A row is written in the transaction that releases a page: it tells what became of a commit that broke.
CREATE TABLE IF NOT EXISTS pwreset_job_pages (
    job_id      BIGINT UNSIGNED NOT NULL,
    page_no     INT UNSIGNED NOT NULL,
    queued      INT UNSIGNED NOT NULL,
    refused     INT UNSIGNED NOT NULL,
    deferred    INT UNSIGNED NOT NULL,
    released_at DATETIME(6) NOT NULL,
    PRIMARY KEY (job_id, page_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
