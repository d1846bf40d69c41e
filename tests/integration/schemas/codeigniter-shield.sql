-- CodeIgniter Shield 1.1: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users (
    id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    username VARCHAR(30) UNIQUE,
    status VARCHAR(255),
    active TINYINT NOT NULL DEFAULT 0,
    deleted_at DATETIME
);
CREATE TABLE auth_identities (
    id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    user_id INT UNSIGNED NOT NULL,
    type VARCHAR(255) NOT NULL,
    name VARCHAR(255),
    secret VARCHAR(255) NOT NULL,
    secret2 VARCHAR(255),
    expires DATETIME,
    force_reset TINYINT NOT NULL DEFAULT 0,
    UNIQUE (type, secret),
    INDEX (user_id)
);
CREATE TABLE auth_groups_users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT UNSIGNED NOT NULL,
    `group` VARCHAR(255)
);
CREATE TABLE auth_permissions_users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT UNSIGNED NOT NULL,
    permission VARCHAR(255)
);
CREATE TABLE auth_remember_tokens (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT UNSIGNED NOT NULL
);
INSERT INTO users (id, username, active) VALUES
    (42, 'ada', 1),
    (43, 'bob', 1);
INSERT INTO auth_identities (user_id, type, secret, secret2) VALUES
    (42, 'email_password', 'User@Example.com', '@HASH@'),
    (43, 'email_password', 'bob@example.com', '@HASH@'),
    (43, 'magic-link', 'of-bob', NULL);
