-- Copies of a row are found by its MAC. Neither server has a way to make an index unless it is there that both know.
SET @statement = IF((SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
                        AND table_name = 'pwreset_audit' AND index_name = 'mac') = 0,
                    'ALTER TABLE pwreset_audit ADD KEY mac (app, mac)', 'DO 0');
PREPARE add_index FROM @statement;
EXECUTE add_index;
DEALLOCATE PREPARE add_index
