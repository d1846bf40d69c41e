-- Algorithm and parameters of the password's hash that pw_mark is of, in words and without salt or digest: where an
-- application hashes anew when somebody signs in, another hash with other parameters is no change of the password.
ALTER TABLE pwreset_tokens ADD COLUMN pw_form VARCHAR(96) CHARACTER SET ascii NULL
