-- How many of the last codes sent as text messages were used: looked at before each one.
CREATE INDEX IF NOT EXISTS pwreset_tokens_channel ON pwreset_tokens (channel, expires_at)
