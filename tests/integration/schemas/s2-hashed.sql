-- a service with a table of hashed tokens: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    email VARCHAR(255) UNIQUE NOT NULL,
    password VARCHAR(255)
);
CREATE TABLE password_reset_tokens (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT NOT NULL,
    token_hash CHAR(64) NOT NULL,
    expires_at DATETIME NOT NULL,
    INDEX (user_id)
);
INSERT INTO users VALUES
    (42, 'User@Example.com', '@HASH@');
