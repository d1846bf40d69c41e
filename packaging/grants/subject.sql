-- For the login of "pwreset subject": all that is held about one person, or its erasure.
-- The columns that [users] of the configuration names, and no others.
GRANT SELECT (id, email, login, password, locale, active, role) ON @APP@.users TO @LOGIN@;
GRANT SELECT, DELETE, UPDATE (state, live, code_mac, erase_at, voided_at, void_reason, notice)
   ON @OWN@.pwreset_tokens TO @LOGIN@;
GRANT SELECT, DELETE, UPDATE (state, in_flight, lease_owner, lease_until, reason, finished_at, answer)
   ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_limits TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_web_limits TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_intake TO @LOGIN@;
GRANT SELECT, UPDATE (ticket, reason, filters) ON @OWN@.pwreset_jobs TO @LOGIN@;
GRANT SELECT, UPDATE (typed, account, reason) ON @OWN@.pwreset_job_rows TO @LOGIN@;
GRANT UPDATE (account, recipient, ticket, reason, detail, salt) ON @OWN@.pwreset_audit TO @LOGIN@;
-- Every command writes its audit row, and seals what is unsealed.
GRANT SELECT ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT SELECT, INSERT ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT UPDATE (seq, chain_mac, chain_key_id) ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_checkpoints TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_keys TO @LOGIN@;
GRANT SELECT, INSERT, DELETE, UPDATE (owner, held_until) ON @OWN@.pwreset_leases TO @LOGIN@;
