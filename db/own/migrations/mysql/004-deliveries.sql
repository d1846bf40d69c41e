-- The queue: one row per wish to send something to one account. Never a secret, a recipient or a text.
CREATE TABLE IF NOT EXISTS pwreset_deliveries (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    job_id      BIGINT UNSIGNED NOT NULL,
    account     VARBINARY(64) NOT NULL,                     -- the key of the users row, as text
    kind        VARCHAR(20) CHARACTER SET ascii NOT NULL,   -- link, reset_otp, verify_caller, temporary_password
    channel     VARCHAR(8) CHARACTER SET ascii NOT NULL,    -- email, sms
    state       VARCHAR(10) CHARACTER SET ascii NOT NULL,   -- held queued claimed sent uncertain failed superseded cancelled refused
    in_flight   TINYINT NULL,                               -- 1 while claimed: one per account and kind
    attempts    SMALLINT UNSIGNED NOT NULL DEFAULT 0,       -- claims so far; part of what a code's MAC covers
    failures    SMALLINT UNSIGNED NOT NULL DEFAULT 0,       -- temporary refusals that count
    next_at     DATETIME(6) NOT NULL,                       -- not before
    lease_owner VARBINARY(255) NULL,
    lease_until DATETIME(6) NULL,
    queued_at   DATETIME(6) NOT NULL,
    finished_at DATETIME(6) NULL,
    relay       VARCHAR(255) NULL,
    answer      VARCHAR(255) NULL,                          -- the relay's last words
    reason      VARCHAR(64) CHARACTER SET ascii NULL,       -- why it was refused, cancelled, superseded
    superseded_by BIGINT UNSIGNED NULL,
    UNIQUE KEY once (job_id, account),
    UNIQUE KEY one_in_flight (app, account, kind, in_flight),
    KEY due (app, state, channel, next_at, id),
    KEY finished (finished_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
