-- For the login of a web back end: "pwreset request --public", and nothing else. It reads no account, no delivery, no
-- token and nothing of the audit trail; what it wrote, it cannot read again.
GRANT INSERT ON @OWN@.pwreset_intake TO @LOGIN@;
-- Its counters stand in a table of their own: it has no right to those of agents.
GRANT SELECT, INSERT, UPDATE (hits, window_ends) ON @OWN@.pwreset_web_limits TO @LOGIN@;
-- Its audit rows are sealed by "deliver" and all others.
GRANT INSERT ON @OWN@.pwreset_audit TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_schema TO @LOGIN@;
GRANT SELECT ON @OWN@.pwreset_keys TO @LOGIN@;
