-- Whose wait a delivery is: agents, web, bulk. The index gives what is due of a lane in its order, however much of another
-- waits. A column with a default changes no row, and the index is built while others write; MySQL knows no IF NOT EXISTS
-- here, and a step that was interrupted runs again.
ALTER TABLE pwreset_deliveries ADD COLUMN lane VARCHAR(6) CHARACTER SET ascii NOT NULL DEFAULT 'agents';
-- The keyed digest of where a token was mailed to, where no entry of the trail tells it: an entry of a job tells of a page.
ALTER TABLE pwreset_tokens ADD COLUMN recipient BINARY(32) NULL;
ALTER TABLE pwreset_tokens ADD COLUMN recipient_key VARCHAR(16) CHARACTER SET ascii NULL;
SET @pwreset_step = IF(
    (SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
         AND table_name = 'pwreset_deliveries' AND index_name = 'due_by_lane') = 0,
    'ALTER TABLE pwreset_deliveries ADD KEY due_by_lane (app, state, channel, lane, next_at, id), DROP KEY due', 'DO 0');
PREPARE pwreset_step FROM @pwreset_step;
EXECUTE pwreset_step;
DEALLOCATE PREPARE pwreset_step
