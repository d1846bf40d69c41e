-- Symfony, reset-password-bundle: the tables that its preset names, with an account whose key is 42.
CREATE TABLE user (
    id INT PRIMARY KEY AUTO_INCREMENT,
    email VARCHAR(180) UNIQUE NOT NULL,
    roles LONGTEXT NOT NULL CHECK (JSON_VALID(roles)),
    password VARCHAR(255) NOT NULL
);
CREATE TABLE reset_password_request (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT NOT NULL,
    selector VARCHAR(20) NOT NULL,
    hashed_token VARCHAR(100) NOT NULL,
    requested_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    INDEX (user_id)
);
INSERT INTO user VALUES
    (42, 'User@Example.com', '[]', '@HASH@');
