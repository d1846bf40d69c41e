-- The counters of web back ends' calls, as pwreset_limits: a table of their own, so that the login of a web back end has
-- no right to those of agents.
CREATE TABLE IF NOT EXISTS pwreset_web_limits (
    app TEXT NOT NULL,
    limit_key TEXT NOT NULL,
    hits INTEGER NOT NULL,
    window_ends TEXT NOT NULL,
    PRIMARY KEY (app, limit_key)
);
CREATE INDEX IF NOT EXISTS pwreset_web_limits_ended ON pwreset_web_limits (window_ends, limit_key)
