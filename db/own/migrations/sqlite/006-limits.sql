-- Counters in fixed windows that start with the first hit. Recipients and unknown identities are keyed digests.
CREATE TABLE IF NOT EXISTS pwreset_limits (
    app TEXT NOT NULL,
    limit_key TEXT NOT NULL,
    hits INTEGER NOT NULL,
    window_ends TEXT NOT NULL,
    PRIMARY KEY (app, limit_key)
);
CREATE INDEX IF NOT EXISTS pwreset_limits_ended ON pwreset_limits (window_ends, limit_key)
