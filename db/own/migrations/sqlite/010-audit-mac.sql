-- Copies of a row are found by its MAC.
CREATE INDEX IF NOT EXISTS pwreset_audit_mac ON pwreset_audit (app, mac)
