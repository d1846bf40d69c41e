DROP INDEX IF EXISTS pwreset_tokens_erase;
CREATE INDEX IF NOT EXISTS pwreset_tokens_erase ON pwreset_tokens (kind, erase_at)
