-- The counters of web back ends' calls, as pwreset_limits: a table of their own, so that the login of a web back end has
-- no right to those of agents.
CREATE TABLE IF NOT EXISTS pwreset_web_limits (
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    limit_key   VARBINARY(160) NOT NULL,
    hits        INT UNSIGNED NOT NULL,
    window_ends DATETIME(6) NOT NULL,
    PRIMARY KEY (app, limit_key),
    KEY ended (window_ends, limit_key)
) ENGINE = InnoDB
