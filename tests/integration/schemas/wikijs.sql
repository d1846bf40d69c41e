-- Wiki.js 2.5: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    email VARCHAR(255) NOT NULL,
    name VARCHAR(255),
    providerKey VARCHAR(255) NOT NULL DEFAULT 'local',
    password VARCHAR(255),
    tfaIsActive TINYINT NOT NULL DEFAULT 0,
    isSystem TINYINT NOT NULL DEFAULT 0,
    isActive TINYINT NOT NULL DEFAULT 0,
    isVerified TINYINT NOT NULL DEFAULT 0,
    mustChangePwd TINYINT NOT NULL DEFAULT 0,
    UNIQUE (providerKey, email)
);
CREATE TABLE userKeys (
    id INT PRIMARY KEY AUTO_INCREMENT,
    kind VARCHAR(255) NOT NULL,
    token VARCHAR(255) NOT NULL,
    createdAt VARCHAR(255) NOT NULL,
    validUntil VARCHAR(255) NOT NULL,
    userId INT
);
CREATE TABLE `groups` (
    id INT PRIMARY KEY,
    name VARCHAR(255)
);
CREATE TABLE userGroups (
    id INT PRIMARY KEY AUTO_INCREMENT,
    userId INT,
    groupId INT
);
INSERT INTO users (id, email, password, isActive, isVerified) VALUES
    (42, 'User@Example.com', '@HASH@', 1, 1);
