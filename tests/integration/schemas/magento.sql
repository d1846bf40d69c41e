-- Magento 2: the tables that its preset names, with an account whose key is 42.
CREATE TABLE customer_entity (
    entity_id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    website_id SMALLINT UNSIGNED,
    email VARCHAR(255),
    is_active SMALLINT UNSIGNED NOT NULL DEFAULT 1,
    password_hash VARCHAR(128),
    rp_token VARCHAR(128),
    rp_token_created_at DATETIME,
    confirmation VARCHAR(64),
    failures_num SMALLINT DEFAULT 0,
    lock_expires TIMESTAMP NULL,
    session_cutoff TIMESTAMP NULL,
    UNIQUE (email, website_id)
);
INSERT INTO customer_entity (entity_id, website_id, email, password_hash, rp_token) VALUES
    (42, 1, 'User@Example.com', CONCAT(REPEAT('0123456789abcdef', 4), ':abcdefghijklmnop:3_32_2_67108864'), NULL),
    (43, 1, 'bob@example.com', CONCAT(REPEAT('0123456789abcdef', 4), ':abcdefghijklmnop:3_32_2_67108864'), '0:3:of-bob');
