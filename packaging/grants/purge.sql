-- For the login of "pwreset purge-expired", by hand, from cron or as pwreset-purge@NAME.timer.
-- For --digest, which counts the failures of each domain: the columns that [users] of the configuration names, no others.
GRANT SELECT (id, email, login, password, locale, active, role) ON @APP@.users TO @LOGIN@;
GRANT SELECT, DELETE, UPDATE (code_mac, erase_at) ON @OWN@.pwreset_tokens TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_jobs TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_job_rows TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_job_pages TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_limits TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_web_limits TO @LOGIN@;
GRANT SELECT, DELETE ON @OWN@.pwreset_intake TO @LOGIN@;
-- What goes from the audit trail leaves a checkpoint.
GRANT DELETE ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT INSERT, UPDATE ON @OWN@.pwreset_checkpoints TO @LOGIN@;
-- Every command writes its audit row, and seals what is unsealed.
GRANT SELECT ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT SELECT, INSERT ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT UPDATE (seq, chain_mac, chain_key_id) ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_checkpoints TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_keys TO @LOGIN@;
GRANT SELECT, INSERT, DELETE, UPDATE (owner, held_until) ON @OWN@.pwreset_leases TO @LOGIN@;
