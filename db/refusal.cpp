#include "db/refusal.h"

#include <vector>

#include "src/base/printable.h"

namespace pwreset::db {

namespace {

constexpr std::size_t longest_words = 200;  // bytes of a trigger's own

/// What stands between backquotes, in its order: `shop`.`tickets`, CONSTRAINT `tickets_ibfk_1` …
std::vector<std::string> quoted_names(const std::string& message) {
    std::vector<std::string> names;
    for (auto open = message.find('`'); open != message.npos;) {
        const auto close = message.find('`', open + 1);
        if (close == message.npos) break;
        names.push_back(printable(message.substr(open + 1, close - open - 1)));
        open = message.find('`', close + 1);
    }
    return names;
}

Error refused(std::string fault, std::string hint) {
    return {Exit::config, "CONFIG", std::move(fault), std::move(hint)};
}

Error by_foreign_key(const std::string& message) {
    const auto names = quoted_names(message);
    const bool named = names.size() >= 3;
    const std::string table = named ? "table '" + names[0] + "." + names[1] + "'" : "another table";
    const std::string key = named ? "its key '" + names[2] + "'" : "the key";
    return refused("a foreign key of " + table + " keeps a row",
                   "it is none of pwreset's: drop " + key + ", or give it ON DELETE CASCADE or SET NULL");
}

}  // namespace

std::optional<Error> refusal_of(unsigned number, const std::string& message) {
    switch (number) {
        case 1217:
        case 1451:
            return by_foreign_key(message);
        case 1644: {
            const std::string words = cut_bytes(printable(message), longest_words);
            return refused("a trigger of the database refused: " + words,
                           "it is none of pwreset's: ask who made it, or let it pass what pwreset's login does");
        }
        case 1364:
            return refused("a column was added that has no default value: " + printable(message),
                           "give it one: pwreset does not know the column");
        case 3819:
        case 4025:
            return refused("a rule that was added refused a row: " + printable(message),
                           "it is none of pwreset's: drop it, or let it pass what pwreset writes");
        default:
            return {};
    }
}

}  // namespace pwreset::db
