-- Which steps of these migrations ran; the state is written before and after each one.
CREATE TABLE IF NOT EXISTS pwreset_schema (
    step        SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
    name        VARCHAR(64) CHARACTER SET ascii NOT NULL,
    state       VARCHAR(8) CHARACTER SET ascii NOT NULL,    -- started, done
    started_at  DATETIME(6) NOT NULL,
    finished_at DATETIME(6) NULL
) ENGINE = InnoDB
