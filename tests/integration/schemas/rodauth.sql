-- Rodauth 2: the tables that its preset names, with an account whose key is 42.
CREATE TABLE accounts (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    status_id INT NOT NULL DEFAULT 1,
    email VARCHAR(255) UNIQUE NOT NULL
);
CREATE TABLE account_password_hashes (
    id BIGINT PRIMARY KEY,
    password_hash VARCHAR(255) NOT NULL
);
CREATE TABLE account_password_reset_keys (
    id BIGINT PRIMARY KEY,
    `key` VARCHAR(255) NOT NULL,
    deadline DATETIME NOT NULL,
    email_last_sent DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO accounts VALUES
    (42, 2, 'User@Example.com');
INSERT INTO account_password_hashes VALUES
    (42, '@HASH@');
