-- What web back ends asked for and nobody has looked into yet: the identity as typed. `deliver` deletes a row when it
-- has handled it; after a day it goes unhandled.
CREATE TABLE IF NOT EXISTS pwreset_intake (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL,
    identity TEXT NOT NULL,
    locale TEXT NULL,
    operator TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    UNIQUE (app, trace_id)
);
CREATE INDEX IF NOT EXISTS pwreset_intake_waiting ON pwreset_intake (app, id);
CREATE INDEX IF NOT EXISTS pwreset_intake_taken ON pwreset_intake (taken_at, id)
