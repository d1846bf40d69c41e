-- Which steps of these migrations ran; the state is written before and after each one.
CREATE TABLE IF NOT EXISTS pwreset_schema (
    step INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NULL
)
