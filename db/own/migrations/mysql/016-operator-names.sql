-- Names as directories have them: 64 characters were the longest that Debian makes.
ALTER TABLE pwreset_jobs MODIFY COLUMN operator VARCHAR(255) NOT NULL;
ALTER TABLE pwreset_intake MODIFY COLUMN operator VARCHAR(255) NOT NULL;
ALTER TABLE pwreset_audit MODIFY COLUMN operator VARCHAR(255) NOT NULL
