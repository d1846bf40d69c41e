-- CakeDC/users 14: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users (
    id CHAR(36) PRIMARY KEY,
    username VARCHAR(255) NOT NULL,
    email VARCHAR(255),
    password VARCHAR(255) NOT NULL,
    token VARCHAR(255),
    token_expires DATETIME,
    active TINYINT NOT NULL DEFAULT 0,
    is_superuser TINYINT NOT NULL DEFAULT 0,
    role VARCHAR(255) DEFAULT 'user',
    INDEX (email)
);
INSERT INTO users (id, username, email, password, active) VALUES
    ('0190f5e6-7b1a-7c3d-8e4f-0123456789ab', 'ada', 'User@Example.com', '@HASH@', 1);
