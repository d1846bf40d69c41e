-- Which key of each key file is the current one, on every host of an application. Ids only: the keys are in files.
CREATE TABLE IF NOT EXISTS pwreset_keys (
    app     VARCHAR(64) CHARACTER SET ascii NOT NULL,
    purpose VARCHAR(12) CHARACTER SET ascii NOT NULL,       -- application, own
    key_id  VARCHAR(16) CHARACTER SET ascii NOT NULL,
    since   DATETIME(6) NOT NULL,
    PRIMARY KEY (app, purpose)
) ENGINE = InnoDB
