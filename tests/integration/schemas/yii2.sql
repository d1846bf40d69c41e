-- Yii 2's advanced template: the tables that its preset names, with an account whose key is 42.
CREATE TABLE user (
    id INT PRIMARY KEY AUTO_INCREMENT,
    username VARCHAR(255) NOT NULL UNIQUE,
    auth_key VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    password_reset_token VARCHAR(255) UNIQUE,
    email VARCHAR(255) NOT NULL UNIQUE,
    status SMALLINT NOT NULL DEFAULT 10
);
INSERT INTO user VALUES
    (42, 'ada', 'key', '@HASH@', NULL, 'User@Example.com', 10);
