// The least configuration that loads, and what is said of one that does not.
#pragma once

#include <string>

#include "src/base/error.h"
#include "src/config/load.h"
#include "tests/catch.h"

namespace pwreset::config_fixture {

/// The least that loads; its line numbers are those that the tests expect.
inline const std::string least =
    "application = \"shop\"\n"                         // 1
    "[database]\n"                                     // 2
    "host = \"db.example\"\n"                          // 3
    "name = \"shop\"\n"                                // 4
    "user = \"pwreset\"\n"                             // 5
    "[users]\n"                                        // 6
    "protected = []\n"                                 // 7
    "[reset]\n"                                        // 8
    "link = \"https://shop.example/reset/{token}\"\n"  // 9
    "[mail]\n"                                         // 10
    "from = \"Shop <no-reply@shop.example>\"\n"        // 11
    "host = \"mail.example\"\n";                       // 12

inline Config parse(const std::string& text) { return parse_config(text, "/etc/pwreset/shop.toml", false); }

/// The least with one line put in the place of another; a line of "" is a line less said.
inline std::string with(const std::string& line, const std::string& instead) {
    const std::size_t at = least.find(line + "\n");
    REQUIRE(at != std::string::npos);
    return std::string(least).replace(at, line.size(), instead);
}

inline const std::string user = "user = \"pwreset\"";
inline const std::string database_host = "host = \"db.example\"";
inline const std::string protect = "protected = []";
inline const std::string reset_link = "link = \"https://shop.example/reset/{token}\"";
inline const std::string from = "from = \"Shop <no-reply@shop.example>\"";
inline const std::string relay = "host = \"mail.example\"";

/// What the operator is told, without the name of the file: "LINE:COLUMN: fault | hint".
inline std::string fault_of(const std::string& text) {
    try {
        parse(text);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::config);
        CHECK(error.code == "CONFIG");
        const std::string file = "/etc/pwreset/shop.toml:";
        REQUIRE(error.message.substr(0, file.size()) == file);
        return error.message.substr(file.size()) + " | " + error.hint;
    }
    return "no fault";
}

}  // namespace pwreset::config_fixture
