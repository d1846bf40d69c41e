-- What web back ends asked for and nobody has looked into yet: the identity as typed. `deliver` deletes a row when it
-- has handled it; after a day it goes unhandled.
CREATE TABLE IF NOT EXISTS pwreset_intake (
    id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app      VARCHAR(64) CHARACTER SET ascii NOT NULL,
    identity VARBINARY(254) NOT NULL,                       -- personal: the only place where it stands in clear
    locale   VARCHAR(35) CHARACTER SET ascii NULL,
    operator VARCHAR(64) NOT NULL,                          -- the web back end
    trace_id CHAR(36) CHARACTER SET ascii NOT NULL,         -- of the call, as it was answered
    taken_at DATETIME(6) NOT NULL,
    UNIQUE KEY trace (app, trace_id),
    KEY waiting (app, id),
    KEY taken (taken_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
