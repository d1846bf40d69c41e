#include "db/own/text_messages.h"

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const Time midday = *parse_rfc3339("2026-03-01T12:00:00Z");

/// A code whose time is over since so long.
void add_code(Session& session, const std::string& state, Seconds over, const std::string& channel = "sms",
              const std::string& why = "", const std::string& kind = "reset_otp", const std::string& app = "shop") {
    session.run(
        "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, state, void_reason, issued_at, "
        "expires_at) VALUES (:app, '42', :kind, :channel, 1, 1, :state, :why, :issued, :expires)",
        {{"app", app},
         {"kind", kind},
         {"channel", channel},
         {"state", state},
         {"why", why.empty() ? std::optional<std::string>() : why},
         {"issued", midday - over - Seconds(300)},
         {"expires", midday - over}});
}

std::string counted(Session& session, int most = 200) {
    const auto codes = text_codes(session, "shop", midday - Seconds(1000), midday, most);
    return std::to_string(codes.used) + " of " + std::to_string(codes.sent);
}

}  // namespace

TEST_CASE("only codes of text messages whose time is over are counted") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    CHECK(counted(session) == "0 of 0");
    add_code(session, "used", Seconds(0));
    add_code(session, "live", Seconds(999));
    add_code(session, "void", Seconds(5), "sms", "superseded");
    add_code(session, "used", Seconds(5), "sms", "", "verify_caller");
    CHECK(counted(session) == "2 of 4");
    add_code(session, "used", Seconds(-1));
    add_code(session, "used", Seconds(1000));
    add_code(session, "used", Seconds(5), "email");
    add_code(session, "used", Seconds(5), "sms", "", "temporary_password");
    add_code(session, "used", Seconds(5), "sms", "", "reset_otp", "crm");
    for (const char* unsent : {"not_sent", "put_back", "undeliverable", "dropped"})
        add_code(session, "void", Seconds(5), "sms", unsent);
    CHECK(counted(session) == "2 of 4");
}

TEST_CASE("the newest codes are the ones that are looked at") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    for (int age = 1; age <= 5; ++age) add_code(database.session, "used", Seconds(500 + age));
    for (int age = 1; age <= 5; ++age) add_code(database.session, "live", Seconds(age));
    CHECK(counted(database.session, 5) == "0 of 5");
    CHECK(counted(database.session, 7) == "2 of 7");
}

TEST_CASE("the codes of text messages are found by an index, however many mails there are") {
    Database database(Dialect::mariadb);
    const auto key = database.session.row(
        "SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics WHERE table_schema "
        "= "
        "DATABASE() AND table_name = 'pwreset_tokens' AND index_name = 'by_channel'");
    CHECK(key->text(0) == "channel,expires_at");
}
