#include "src/config/users_columns.h"

#include <fstream>
#include <sstream>

#include "tests/core/config/fixture.h"

using namespace pwreset;

namespace {

std::string text_of(const std::string& file) {
    std::ifstream in(std::string(PWRESET_SOURCE_DIR) + "/" + file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the sample has a line for each column of the table") {
    const std::string sample = text_of("packaging/sample.toml");
    for (const auto& facts : users_columns) {
        const std::string key(facts.key.substr(facts.key.rfind('.') + 1));
        INFO(key);
        CHECK((sample.find("\n" + key + " = ") != sample.npos || sample.find("\n# " + key + " = ") != sample.npos));
    }
}

TEST_CASE("the grants of each role read the columns of the table, and no others") {
    std::string columns;
    for (const auto& facts : users_columns) {
        if (!facts.sample.empty()) columns += (columns.empty() ? "" : ", ") + std::string(facts.sample);
    }
    for (const char* role : {"issue", "deliver", "purge", "list", "subject"}) {
        INFO(role);
        CHECK(text_of("packaging/grants/" + std::string(role) + ".sql")
                  .find("GRANT SELECT (" + columns + ") ON @APP@.users TO @LOGIN@;") != std::string::npos);
    }
}

TEST_CASE("each column is in the order of its word, and named once") {
    for (std::size_t i = 0; i < users_columns.size(); ++i) {
        CHECK(static_cast<std::size_t>(users_columns[i].column) == i);
        CHECK(&facts_of(users_columns[i].column) == &users_columns[i]);
    }
}
