-- For the login of support agents: request, send-otp, verify-otp, revoke, inspect, list-tokens.
-- The columns that [users] of the configuration names, and no others.
GRANT SELECT (id, email, login, password, locale, active, role) ON @APP@.users TO @LOGIN@;
-- Limits, the queue, the tokens.
GRANT SELECT, INSERT, UPDATE (hits, window_ends) ON @OWN@.pwreset_limits TO @LOGIN@;
-- What "inspect" shows of web back ends' calls.
GRANT SELECT ON @OWN@.pwreset_web_limits TO @LOGIN@;
-- Of jobs over many accounts their life and how far they are, never who made them and why.
GRANT SELECT, INSERT, UPDATE (state, page_no, cursor_key, cursor_row, exhausted, queued, refused, deferred, done, total, next_at,
              approve_by, approved_by, approved_at, ended_at) ON @OWN@.pwreset_jobs TO @LOGIN@;
GRANT SELECT, INSERT, UPDATE (state, code, reason, retry_at), DELETE ON @OWN@.pwreset_job_rows TO @LOGIN@;
GRANT SELECT, INSERT ON @OWN@.pwreset_job_pages TO @LOGIN@;
GRANT INSERT ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT SELECT, UPDATE (state, in_flight, attempts, failures, next_at, lease_owner, lease_until, finished_at, relay,
                      answer, reason, superseded_by) ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT SELECT, INSERT, UPDATE (state, live, attempts, code_mac, erase_at, used_at, voided_at, void_reason, notice)
   ON @OWN@.pwreset_tokens TO @LOGIN@;
-- What was shown of the profile: nothing unproved is issued.
GRANT SELECT ON @OWN@.pwreset_proofs TO @LOGIN@;
-- Every command writes its audit row, and seals what is unsealed.
GRANT SELECT ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT SELECT, INSERT ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT UPDATE (seq, chain_mac, chain_key_id) ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_checkpoints TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_keys TO @LOGIN@;
GRANT SELECT, INSERT, DELETE, UPDATE (owner, held_until) ON @OWN@.pwreset_leases TO @LOGIN@;
