-- How many of the last codes sent as text messages were used: looked at before each one. Not by app first, or the server
-- may take this index for the statements of applications, and lock rows of others. MySQL knows no IF NOT EXISTS here, and
-- a step that was interrupted runs again.
SET @pwreset_step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
         AND table_name = 'pwreset_tokens' AND index_name = 'by_channel') = 0,
    'ALTER TABLE pwreset_tokens ADD KEY by_channel (channel, expires_at)', 'DO 0');
PREPARE pwreset_step FROM @pwreset_step;
EXECUTE pwreset_step;
DEALLOCATE PREPARE pwreset_step
