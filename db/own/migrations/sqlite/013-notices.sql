-- Who is told that his password was changed after a token of ours. NULL: nothing to tell; 0: not told yet; else the
-- delivery that tells it.
ALTER TABLE pwreset_tokens ADD COLUMN notice INTEGER NULL;
CREATE INDEX IF NOT EXISTS pwreset_tokens_notice ON pwreset_tokens (app, notice, state, id)
