-- "Only one of us": a row is held by a process until it lets go, dies, or its time runs out.
CREATE TABLE IF NOT EXISTS pwreset_leases (
    app        VARCHAR(64) CHARACTER SET ascii NOT NULL,
    name       VARCHAR(32) CHARACTER SET ascii NOT NULL,
    owner      VARBINARY(255) NOT NULL,                     -- host/boot/pid-namespace/pid/start
    held_until DATETIME(6) NOT NULL,
    PRIMARY KEY (app, name)
) ENGINE = InnoDB
