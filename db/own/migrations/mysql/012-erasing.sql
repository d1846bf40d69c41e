-- What is erased when its time comes, by kind: codes by purge-expired, temporary passwords by deliver as well, which
-- must not read the codes that wait for the purge.
ALTER TABLE pwreset_tokens DROP KEY erase, ADD KEY erase (kind, erase_at)
