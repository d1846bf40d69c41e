-- For the login of an application that accepts pwreset's links and codes, see pwreset-tokens(5). It writes its own table
-- of users besides, and has no other right to a table of pwreset.
GRANT SELECT (id, app, account, kind, delivery_id, attempt, verifier, code_mac, key_id, state, live, attempts, issued_at,
              expires_at),
      UPDATE (state, used_at, live, code_mac, erase_at, attempts, voided_at, void_reason)
   ON @OWN@.pwreset_tokens TO @LOGIN@;
