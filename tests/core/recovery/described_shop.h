// A shop whose profile the configuration describes, at work on tables of its own.
#pragma once

#include <optional>
#include <string>

#include "src/config/load.h"
#include "src/proof/proof.h"
#include "tests/core/desk.h"

namespace pwreset::described_shop {

inline Config described(const std::string& reset) {
    return parse_config(
        "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
        "[users]\nprotected = []\n[mail]\nfrom = \"no-reply@shop.example\"\nhost = \"mail.example\"\n" +
            reset,
        "/etc/pwreset/shop.toml", false);
}

/// A table of tokens by address, hashed, with a time of issue: as Laravel's.
inline const std::string by_address =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}?email={email}\"\n"
    "token = \"random(hex, 64)\"\napplication_lifetime = \"60m\"\n"
    "[reset.store]\nmode = \"delete-insert\"\ntable = \"password_reset_tokens\"\nfind = { email = \"email\" }\n"
    "set = { token = \"bcrypt(token, 4)\", created_at = \"issued\" }\nrevoke = \"delete\"\npurge = true\n";

/// A column of the users row that holds the token itself, without a clock: as Strapi's.
inline const std::string in_a_column =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(hex, 64)\"\n"
    "application_lifetime = \"none\"\n"
    "[reset.store]\nmode = \"columns\"\nset = { reset_token = \"token\" }\nempty = { reset_token = \"null\" }\n"
    "revoke = \"empty\"\n";

struct Shop : Desk {
    explicit Shop(const std::string& reset) {
        session.run("CREATE TABLE password_reset_tokens (email TEXT PRIMARY KEY, token TEXT, created_at TEXT)");
        session.run("ALTER TABLE users ADD COLUMN reset_token TEXT");
        Config read = described(reset);
        config.reset = read.reset;
        profile_of_shop = read_profile(read, nullptr);
        shop_at_work.emplace(world.env, config, profile_of_shop, session, accounts);
        at_work = &*shop_at_work;
        account({});
        deliver();  // as the timer does: where the application knows no end, nothing is made without it
        if (profile_of_shop.secrets.empty()) prove();
    }
    /// What `profile check` writes down when all is well.
    void prove() {
        Context context = invocation();
        for (const auto way : {ProofWay::token, ProofWay::link}) put_proof(context, way, world.now);
    }
    Lines held() { return lines("SELECT email, created_at FROM password_reset_tokens", 2); }
    std::string in_column() { return text("SELECT COALESCE(reset_token, '-') FROM users WHERE id = 42"); }
    /// The token in the link of the newest mail.
    std::string mailed() {
        const std::string mail = this->mail().text;
        const auto start = mail.find("https://shop.example/reset/") + 27;
        return mail.substr(start, 64);
    }

    Profile profile_of_shop;
    std::optional<Application> shop_at_work;
};

}  // namespace pwreset::described_shop
