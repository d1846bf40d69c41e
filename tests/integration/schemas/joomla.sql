-- Joomla 5: the tables that its preset names, with an account whose key is 42.
CREATE TABLE jos_users (
    id INT PRIMARY KEY AUTO_INCREMENT,
    name VARCHAR(400) NOT NULL DEFAULT '',
    username VARCHAR(150) NOT NULL,
    email VARCHAR(100) NOT NULL,
    password VARCHAR(100) NOT NULL,
    block TINYINT NOT NULL DEFAULT 0,
    activation VARCHAR(100) NOT NULL DEFAULT '',
    registerDate DATETIME NOT NULL DEFAULT '2026-01-01',
    lastvisitDate DATETIME,
    requireReset TINYINT NOT NULL DEFAULT 0,
    INDEX (email)
);
CREATE TABLE jos_user_usergroup_map (
    user_id INT UNSIGNED NOT NULL,
    group_id INT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id, group_id)
);
CREATE TABLE jos_usergroups (
    id INT UNSIGNED PRIMARY KEY,
    title VARCHAR(100) NOT NULL
);
CREATE TABLE jos_session (
    session_id VARBINARY(192) PRIMARY KEY,
    userid INT,
    INDEX (userid)
);
CREATE TABLE jos_user_keys (
    id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    user_id VARCHAR(150) NOT NULL,
    token VARCHAR(255) NOT NULL,
    INDEX (user_id)
);
INSERT INTO jos_users (id, username, email, password, block, activation) VALUES
    (42, 'ada', 'User@Example.com', '@HASH@', 0, ''),
    (43, 'bob', 'bob@example.com', '@HASH@', 1, 'waits');
