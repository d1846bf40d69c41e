-- One row per invocation that issues something: who, why, in which language.
CREATE TABLE IF NOT EXISTS pwreset_jobs (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app        VARCHAR(64) CHARACTER SET ascii NOT NULL,
    command    VARCHAR(32) CHARACTER SET ascii NOT NULL,
    budget     VARCHAR(8) CHARACTER SET ascii NOT NULL,     -- agents, web, jobs
    operator   VARCHAR(64) NOT NULL,
    ticket     VARCHAR(64) NULL,
    reason     VARCHAR(255) NULL,
    locale     VARCHAR(35) CHARACTER SET ascii NULL,
    trace_id   CHAR(36) CHARACTER SET ascii NOT NULL,
    filters    TEXT NULL,                                   -- a bulk job's selection
    total      BIGINT UNSIGNED NOT NULL DEFAULT 0,
    done       BIGINT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY trace (app, trace_id),
    KEY created (created_at, id),
    KEY ticket (app, ticket)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
