#include "src/init/applications.h"
#include "src/init/reading.h"
#include "src/net/json_answer.h"

namespace pwreset {

std::optional<Facts> read_ghost(const Files& files) {
    Facts facts{"Ghost", "ghost"};
    const auto text = noted(files, "config.production.json", facts);
    if (!text) return {};
    const JsonAnswer config(text->reveal());
    const auto shown = [&](const char* pointer) {
        const auto word = config.word(pointer);
        return word ? shown_value(written(*word)) : std::string();
    };
    if (!config.valid()) {
        facts.unknown.emplace_back("config.production.json is no JSON, or is too large: write [database] yourself");
        return facts;
    }
    require_mysql(facts.application, shown("/database/client"));
    facts.database.kind = "mysql";
    facts.database.host = shown("/database/connection/host");
    facts.database.port = port_of(shown("/database/connection/port"));
    facts.database.name = shown("/database/connection/database");
    facts.database.socket = shown("/database/connection/socketPath");
    if (!facts.database.socket.empty()) facts.database.host.clear();
    if (facts.database.name.empty())
        facts.unknown.emplace_back(
            "database.connection of config.production.json has no name: write name in [database]");
    // The staff sign in at an address of their own, where there is one.
    facts.base = base_of_url(shown("/admin/url"));
    if (facts.base.empty()) facts.base = base_of_url(shown("/url"));
    facts.mail_from = shown("/mail/from");
    facts.mail_host = shown("/mail/options/host");
    facts.mail_port = port_of(shown("/mail/options/port"));
    return facts;
}

}  // namespace pwreset
