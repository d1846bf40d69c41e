-- For the login of "pwreset migrate" and "pwreset keys rotate". It may be given before there are any tables, because it
-- has the right to create them. No table of the application is named: none is read or altered.
GRANT CREATE, ALTER, INDEX, INSERT, SELECT, UPDATE, DELETE ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT, SELECT, UPDATE, DELETE ON @OWN@.pwreset_leases TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_jobs TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_job_rows TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_job_pages TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_deliveries TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_tokens TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_limits TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_web_limits TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_intake TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT, SELECT, UPDATE ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT, SELECT, UPDATE ON @OWN@.pwreset_checkpoints TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT, SELECT, UPDATE ON @OWN@.pwreset_keys TO @LOGIN@;
GRANT CREATE, ALTER, INDEX, INSERT ON @OWN@.pwreset_proofs TO @LOGIN@;
