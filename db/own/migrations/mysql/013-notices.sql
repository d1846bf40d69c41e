-- Who is told that his password was changed after a token of ours. NULL: nothing to tell; 0: not told yet; else the
-- delivery that tells it. Asked for by state: the application marks what was used, and no other row is looked at then.
-- Nobody's server knows ADD COLUMN IF NOT EXISTS but MariaDB's: a step that was interrupted looks for itself.
SET @pwreset_notice = IF(EXISTS(SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE()
                                AND table_name = 'pwreset_tokens' AND column_name = 'notice'), 'DO 0',
    'ALTER TABLE pwreset_tokens ADD COLUMN notice BIGINT UNSIGNED NULL, ADD KEY notice (app, notice, state, id)');
PREPARE pwreset_notice FROM @pwreset_notice;
EXECUTE pwreset_notice;
DEALLOCATE PREPARE pwreset_notice
