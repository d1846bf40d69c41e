-- phpBB 3.3: the tables that its preset names, with an account whose key is 42.
CREATE TABLE phpbb_users (
    user_id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    user_type TINYINT NOT NULL DEFAULT 0,
    username VARCHAR(255) NOT NULL,
    user_email VARCHAR(100) NOT NULL,
    user_password VARCHAR(255) NOT NULL,
    user_regdate INT UNSIGNED NOT NULL DEFAULT 0,
    user_lastvisit INT UNSIGNED NOT NULL DEFAULT 0,
    reset_token VARCHAR(64) NOT NULL DEFAULT '',
    reset_token_expiration INT UNSIGNED NOT NULL DEFAULT 0,
    INDEX (user_email)
) COLLATE utf8mb4_bin;
CREATE TABLE phpbb_user_group (
    group_id INT UNSIGNED,
    user_id INT UNSIGNED
);
CREATE TABLE phpbb_groups (
    group_id INT UNSIGNED PRIMARY KEY,
    group_name VARCHAR(255)
);
CREATE TABLE phpbb_sessions (
    session_id CHAR(32) PRIMARY KEY,
    session_user_id INT UNSIGNED
);
CREATE TABLE phpbb_sessions_keys (
    key_id CHAR(32),
    user_id INT UNSIGNED
);
INSERT INTO phpbb_users (user_id, username, user_email, user_password) VALUES
    (42, 'ada', 'user@example.com', '@HASH@');
