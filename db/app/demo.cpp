#include "db/app/demo.h"

namespace pwreset::db {

void create_demo_users(Session& session) {
    session.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT, password TEXT, role TEXT, "
        "active INTEGER NOT NULL DEFAULT 1, locale TEXT)");
    session.run(
        "INSERT INTO users (email, name, password, role, active, locale) VALUES "
        "('ana@example.com', 'Ana', '$2y$12$demo', 'customer', 1, 'en'), "
        "('reza@example.com', 'رضا', '$2y$12$demo', 'customer', 1, 'en'), "
        "('gone@example.com', 'Gone', '$2y$12$demo', 'customer', 0, 'en'), "
        "('root@example.com', 'Root', '$2y$12$demo', 'admin', 1, 'en')");
}

std::string use_link_as_application(Session& session, const std::string& app, const std::string& verifier_hex,
                                    const std::string& new_password_hash) {
    Transaction transaction(session);
    const auto won = session.run(
        "UPDATE pwreset_tokens SET state = 'used', used_at = UTC_TIMESTAMP(6), live = NULL "
        "WHERE verifier = UNHEX(:verifier) AND app = :app AND kind = 'link' AND live = 1 "
        "AND expires_at > UTC_TIMESTAMP(6)",
        {{"verifier", verifier_hex}, {"app", app}});
    if (won != 1) return {};
    const auto account = session.row("SELECT account FROM pwreset_tokens WHERE verifier = UNHEX(:verifier)",
                                     {{"verifier", verifier_hex}});
    session.run("UPDATE users SET password = :hash WHERE id = :id",
                {{"hash", new_password_hash}, {"id", account->text(0)}});
    transaction.commit();
    return account->text(0);
}

}  // namespace pwreset::db
