-- What was shown of an application's profile on this site before its tokens go to everybody. One row a way: a token that
-- the application itself had made agreed; a link that we had made was taken. Bound to what was at work then.
CREATE TABLE IF NOT EXISTS pwreset_proofs (
    app         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    way         VARCHAR(8) CHARACTER SET ascii NOT NULL,       -- token, link
    profile     BINARY(32) NOT NULL,                           -- SHA-256 of profile and configuration
    secrets     BINARY(32) NOT NULL,                           -- keyed digest of the application's secrets
    proved_at   DATETIME(6) NOT NULL,
    operator    VARCHAR(255) NOT NULL,
    key_id      VARCHAR(16) CHARACTER SET ascii NOT NULL,      -- of secrets and mac
    mac         BINARY(32) NOT NULL,
    PRIMARY KEY (app, way)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
-- The digest of the profile and configuration that an entry rests on.
ALTER TABLE pwreset_audit ADD COLUMN profile BINARY(32) NULL
