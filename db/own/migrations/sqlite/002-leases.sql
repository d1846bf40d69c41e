-- "Only one of us": a row is held by a process until it lets go, dies, or its time runs out.
CREATE TABLE IF NOT EXISTS pwreset_leases (
    app TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    held_until TEXT NOT NULL,
    PRIMARY KEY (app, name)
)
