#include "src/config/operators.h"

#include <array>
#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("operators have capabilities that exist") {
    const auto operators =
        parse(least + "[operators]\n\"dom.users\" = []\nagents = [\"support\", \"bulk\"]\n").operators;
    CHECK(operators->at("dom.users").empty());
    CHECK(operators->at("agents") == std::vector<std::string>{"support", "bulk"});
    CHECK(fault_of(least + "[operators]\nagents = [\"suport\"]\n") ==
          "14:10: unknown capability 'suport' of 'agents' | did you mean 'support'?");
    CHECK(fault_of(least + "[operators]\nagents = [\"all\"]\n") ==
          "14:10: unknown capability 'all' of 'agents' | see pwreset.toml(5) for the capabilities");
    CHECK(fault_of(least + "[operators]\n") ==
          "13:1: no group in '[operators]' | "
          "name one, or remove the section: then only the owner of this file may do anything");
}

TEST_CASE("a group or user may be called whatever a directory calls it") {
    const std::vector<std::array<std::string, 2>> rows{
        {"\"domain users\"", "domain users"},
        {"\"helpdesk@corp.example\"", "helpdesk@corp.example"},
        {"'CORP\\helpdesk'", "CORP\\helpdesk"},
        {"\"CORP\\\\helpdesk\"", "CORP\\helpdesk"},
        {"'CORP\\Domain Users'", "CORP\\Domain Users"},
        {"\"user:anna.k@corp.example\"", "user:anna.k@corp.example"},
        {"'user:CORP\\anna'", "user:CORP\\anna"},
        {"\"Service Desk - Tier 1\"", "Service Desk - Tier 1"},
        {"\"Kundendienst Süd\"", "Kundendienst Süd"},
        {"\"پشتیبانی فروشگاه\"", "پشتیبانی فروشگاه"},
        {"\"O'Brien & Söhne (Support), 2. Stufe\"", "O'Brien & Söhne (Support), 2. Stufe"},
        {"\"user:HOST$\"", "user:HOST$"},
        {"1024", "1024"},
        {"\"" + std::string(300, 'g') + "\"", std::string(300, 'g')},
    };
    for (const auto& [written, name] : rows) {
        INFO(written);
        const auto operators = parse(least + "[operators]\n" + written + " = [\"support\"]\n").operators;
        CHECK(operators->at(name) == std::vector<std::string>{"support"});
    }
}

TEST_CASE("what no directory can have for a name says what is wrong with it") {
    const std::string form = "write a Unix group, or \"user:NAME\" in double quotes";
    const std::string literal = "a name with a backslash stands in single quotes: 'CORP\\helpdesk'";
    const std::vector<std::array<std::string, 3>> rows{
        {"\"\"", "'': no name", form},
        {"\"user:\"", "'user:': no name", form},
        {"\"domain users \"", "'domain users ': a blank at its beginning or end", "remove it"},
        {"\"user: tom\"", "'user: tom': a blank at its beginning or end", "remove it"},
        {"\"CORP\\tier1\"", "'CORP\\u{9}ier1': control character U+0009", literal},
        {"\"CORP\\backoffice\"", "'CORP\\u{8}ackoffice': control character U+0008", literal},
        {"\"group:agents\"", "'group:agents': a colon", form},
        {"\"domain\u200Busers\"", "'domain\\u{200B}users': a character that cannot be seen", "write the name by hand"},
    };
    for (const auto& [written, fault, hint] : rows) {
        INFO(written);
        const std::string told = fault_of(least + "[operators]\n" + written + " = [\"web\"]\n");
        CHECK_THAT(told, ContainsSubstring(": expected a group instead of " + fault + " | " + hint));
    }
    CHECK_THAT(fault_of(least + "[operators]\ngg.shop.agents = [\"support\"]\n"),
               ContainsSubstring("the name that begins with 'gg' is taken apart at its dots | "
                                 "write the whole name in double quotes"));
}
