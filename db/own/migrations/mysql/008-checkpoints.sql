-- What stands in the place of the audit rows that were purged: one row an application.
CREATE TABLE IF NOT EXISTS pwreset_checkpoints (
    app       VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL,                              -- the last row that was purged
    chain_mac BINARY(32) NOT NULL,                          -- its chain MAC, which the next row's covers
    latest    DATETIME(6) NOT NULL,                         -- the latest time of a purged row
    erased    BIGINT NOT NULL,                              -- purged rows without their personal fields
    erasures  BIGINT NOT NULL,                              -- rows that the purged entries of 'subject erase' tell of
    purged_at DATETIME(6) NOT NULL,
    key_id    VARCHAR(16) CHARACTER SET ascii NOT NULL,
    mac       BINARY(32) NOT NULL
) ENGINE = InnoDB
