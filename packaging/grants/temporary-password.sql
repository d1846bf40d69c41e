-- Where [temporary_password] is enabled: on top of issue.sql, deliver.sql and purge.sql, for each of these logins.
GRANT UPDATE (password) ON @APP@.users TO @LOGIN@;
-- The columns of must_change and salt (which are read, too), clear and empty:
-- GRANT SELECT (must_change_password), UPDATE (must_change_password, remember_token) ON @APP@.users TO @LOGIN@;
-- The tables of sessions and ends, with the columns of their where:
-- GRANT SELECT (user_id), DELETE ON @APP@.sessions TO @LOGIN@;
GRANT UPDATE (pw_mark, pw_form, erase_at, state, live, used_at, voided_at, void_reason, notice) ON @OWN@.pwreset_tokens TO @LOGIN@;
