-- Who did what to whom, when and why. Rows are never changed but for sealing (seq, chain_mac) and erasure of a person.
CREATE TABLE IF NOT EXISTS pwreset_audit (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    at          DATETIME(6) NOT NULL,
    operator    VARCHAR(64) NOT NULL,
    login_uid   VARCHAR(10) CHARACTER SET ascii NULL,
    host        VARCHAR(255) NOT NULL,
    action      VARCHAR(32) CHARACTER SET ascii NOT NULL,
    result      VARCHAR(32) CHARACTER SET ascii NOT NULL,
    channel     VARCHAR(8) CHARACTER SET ascii NULL,
    delivery_id BIGINT UNSIGNED NULL,
    trace_id    CHAR(36) CHARACTER SET ascii NOT NULL,
    account     VARBINARY(64) NULL,                         -- personal: nulled when a person is erased
    recipient   BINARY(32) NULL,                            -- personal: keyed digest of the address
    ticket      VARCHAR(64) NULL,                           -- personal
    reason      VARCHAR(255) NULL,                          -- personal
    detail      VARCHAR(255) NULL,                          -- personal: the relay's words, counts
    salt        BINARY(16) NULL,                            -- personal
    personal    BINARY(32) NOT NULL,                        -- SHA-256 of salt and the personal fields
    key_id      VARCHAR(16) CHARACTER SET ascii NOT NULL,
    mac         BINARY(32) NOT NULL,
    seq         BIGINT NULL,                                -- given when sealed
    chain_mac   BINARY(32) NULL,
    chain_key_id VARCHAR(16) CHARACTER SET ascii NULL,      -- the key of chain_mac; key_id is that of mac
    UNIQUE KEY seq (app, seq),
    KEY account (app, account, id),
    KEY delivery (delivery_id),
    KEY time (at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
