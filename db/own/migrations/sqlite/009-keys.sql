-- Which key of each key file is the current one, on every host of an application. Ids only: the keys are in files.
CREATE TABLE IF NOT EXISTS pwreset_keys (
    app TEXT NOT NULL,
    purpose TEXT NOT NULL,
    key_id TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (app, purpose)
)
