-- Counters in fixed windows that start with the first hit. Recipients and unknown identities are keyed digests.
CREATE TABLE IF NOT EXISTS pwreset_limits (
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    limit_key   VARBINARY(160) NOT NULL,
    hits        INT UNSIGNED NOT NULL,
    window_ends DATETIME(6) NOT NULL,
    PRIMARY KEY (app, limit_key),
    KEY ended (window_ends, limit_key)
) ENGINE = InnoDB
