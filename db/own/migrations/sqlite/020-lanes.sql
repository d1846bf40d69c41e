-- Whose wait a delivery is: agents, web, bulk.
ALTER TABLE pwreset_deliveries ADD COLUMN lane TEXT NOT NULL DEFAULT 'agents';
ALTER TABLE pwreset_tokens ADD COLUMN recipient BLOB NULL;
ALTER TABLE pwreset_tokens ADD COLUMN recipient_key TEXT NULL;
DROP INDEX IF EXISTS pwreset_deliveries_due;
CREATE INDEX IF NOT EXISTS pwreset_deliveries_lane ON pwreset_deliveries (app, state, channel, lane, next_at, id)
