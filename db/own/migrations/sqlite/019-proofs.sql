-- What was shown of an application's profile on this site before its tokens go to everybody. One row a way: a token that
-- the application itself had made agreed; a link that we had made was taken. Bound to what was at work then.
CREATE TABLE IF NOT EXISTS pwreset_proofs (
    app TEXT NOT NULL,
    way TEXT NOT NULL,
    profile BLOB NOT NULL,
    secrets BLOB NOT NULL,
    proved_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (app, way)
);
-- The digest of the profile and configuration that an entry rests on.
ALTER TABLE pwreset_audit ADD COLUMN profile BLOB NULL
