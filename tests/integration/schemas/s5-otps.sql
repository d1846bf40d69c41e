-- a service with a table of six-digit codes: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    email VARCHAR(255) UNIQUE NOT NULL,
    password VARCHAR(255)
);
CREATE TABLE otps (
    id INT PRIMARY KEY AUTO_INCREMENT,
    email VARCHAR(255) NOT NULL,
    otp VARCHAR(6) NOT NULL,
    expires_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL,
    INDEX (email)
);
INSERT INTO users VALUES
    (42, 'User@Example.com', '@HASH@');
INSERT INTO otps VALUES
    (1, 'User@Example.com', '111111', '2025-06-07 08:14:10', '2025-06-07 08:09:10'),
    (2, 'bob@example.com', '222222', '2099-06-07 08:14:10', '2025-06-07 08:09:10');
