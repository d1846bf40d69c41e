-- Moodle: the tables that its preset names, with an account whose key is 42.
CREATE TABLE mdl_user (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    auth VARCHAR(20) NOT NULL,
    confirmed TINYINT NOT NULL,
    deleted TINYINT NOT NULL DEFAULT 0,
    suspended TINYINT NOT NULL DEFAULT 0,
    username VARCHAR(100) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL,
    email VARCHAR(100) NOT NULL,
    timecreated BIGINT NOT NULL DEFAULT 0,
    currentlogin BIGINT NOT NULL DEFAULT 0,
    INDEX (email)
);
CREATE TABLE mdl_user_password_resets (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    userid BIGINT NOT NULL,
    timerequested BIGINT NOT NULL,
    timererequested BIGINT NOT NULL DEFAULT 0,
    token VARCHAR(32) NOT NULL,
    INDEX (userid)
);
CREATE TABLE mdl_config (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    name VARCHAR(255) UNIQUE NOT NULL,
    value LONGTEXT NOT NULL
);
CREATE TABLE mdl_role (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    shortname VARCHAR(100) NOT NULL
);
CREATE TABLE mdl_role_assignments (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    roleid BIGINT NOT NULL,
    userid BIGINT NOT NULL
);
CREATE TABLE mdl_user_preferences (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    userid BIGINT NOT NULL,
    name VARCHAR(255) NOT NULL,
    value VARCHAR(1333) NOT NULL,
    UNIQUE (userid, name)
);
CREATE TABLE mdl_sessions (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    userid BIGINT NOT NULL,
    INDEX (userid)
);
INSERT INTO mdl_config (name, value) VALUES
    ('siteadmins', '2,17');
INSERT INTO mdl_user (id, auth, confirmed, username, password, email) VALUES
    (42, 'manual', 1, 'ada', '@HASH@', 'User@Example.com');
