-- Every token ever issued, as digests. The columns a native application uses are a contract: pwreset-tokens(5).
CREATE TABLE IF NOT EXISTS pwreset_tokens (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    account     VARBINARY(64) NOT NULL,
    kind        VARCHAR(20) CHARACTER SET ascii NOT NULL,
    channel     VARCHAR(8) CHARACTER SET ascii NOT NULL,
    delivery_id BIGINT UNSIGNED NOT NULL,
    attempt     SMALLINT UNSIGNED NOT NULL,
    verifier    BINARY(32) NULL,                            -- SHA-256 of a link's 64 hex digits
    code_mac    BINARY(32) NULL,                            -- HMAC-SHA-256 of a code, see pwreset-tokens(5)
    key_id      VARCHAR(16) CHARACTER SET ascii NULL,       -- which application key made code_mac
    app_ref     VARBINARY(255) NULL,                        -- what the application's own row holds
    pw_mark     BINARY(32) NULL,                            -- keyed digest of the password hash at minting
    state       VARCHAR(8) CHARACTER SET ascii NOT NULL,    -- live, used, void
    live        TINYINT NULL,                               -- 1 while live: one per account and kind
    attempts    TINYINT UNSIGNED NOT NULL DEFAULT 0,        -- codes tried
    issued_at   DATETIME(6) NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    used_at     DATETIME(6) NULL,
    voided_at   DATETIME(6) NULL,
    void_reason VARCHAR(32) CHARACTER SET ascii NULL,
    erase_at    DATETIME(6) NULL,                           -- when code_mac has no more use; NULL once it is gone
    UNIQUE KEY verifier (verifier),
    UNIQUE KEY one_live (app, account, kind, live),
    KEY delivery (delivery_id),
    KEY expiry (expires_at, id),
    KEY erase (erase_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
