-- Drupal: the tables that its preset names, with an account whose key is 42.
CREATE TABLE users_field_data (
    uid INT UNSIGNED NOT NULL,
    langcode VARCHAR(12) NOT NULL,
    name VARCHAR(60) NOT NULL,
    pass VARCHAR(255),
    mail VARCHAR(254),
    status TINYINT NOT NULL,
    login INT,
    default_langcode TINYINT NOT NULL,
    created INT NOT NULL DEFAULT 1749270000,
    PRIMARY KEY (uid, langcode),
    INDEX (mail)
);
CREATE TABLE user__roles (
    bundle VARCHAR(128) NOT NULL DEFAULT '',
    deleted TINYINT NOT NULL DEFAULT 0,
    entity_id INT UNSIGNED NOT NULL,
    roles_target_id VARCHAR(255) NOT NULL
);
CREATE TABLE cache_entity (
    cid VARCHAR(255) PRIMARY KEY,
    data LONGBLOB
);
INSERT INTO users_field_data (uid, langcode, name, pass, mail, status, login, default_langcode) VALUES
    (42, 'en', 'ada', '@HASH@', 'User@Example.com', 1, 1749280000, 1),
    (42, 'de', 'ada', '@HASH@', 'User@Example.com', 1, 1749280000, 0);
