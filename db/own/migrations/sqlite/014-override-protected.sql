-- Whether a privileged operator said that a protected account may be reset: asked again when the token is minted.
ALTER TABLE pwreset_jobs ADD COLUMN override_protected INTEGER NOT NULL DEFAULT 0
