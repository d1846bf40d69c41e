-- For the login of those who only look: list-tokens, audit, audit head, audit verify, keys list.
-- The columns that [users] of the configuration names, and no others.
GRANT SELECT (id, email, login, password, locale, active, role) ON @APP@.users TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_tokens TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_jobs TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_job_rows TO @LOGIN@;
-- Every command writes its audit row, and seals what is unsealed.
GRANT SELECT ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT SELECT, INSERT ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT UPDATE (seq, chain_mac, chain_key_id) ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_checkpoints TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_keys TO @LOGIN@;
GRANT SELECT, INSERT, DELETE, UPDATE (owner, held_until) ON @OWN@.pwreset_leases TO @LOGIN@;
