// Why the application's tables refuse what is written with a new password: in words that name the column and the next
// step, and never a value, for the server's own words may quote one.
#pragma once

#include <cstddef>
#include <string>

#include "db/app/passwords.h"
#include "db/session.h"

namespace pwreset::db {

/// What was being written when the server refused.
struct PasswordWrite {
    const PasswordNames& names;
    const std::string& table;                      ///< as the configuration names it
    std::size_t hash_bytes = 0;                    ///< of the hash, where one is written
    std::string section = "[temporary_password]";  ///< of the configuration, that names what is written
    std::string grants = "packaging/grants/temporary-password.sql";  ///< what lists the rights for it
};

/// What the server's refusal means: an Error CONFIG where every account would be refused, UNDELIVERABLE where it may be
/// about this one (a trigger, a key, a constraint), and the fault itself where it is about neither.
Error refusal_of(const Refused& fault, const PasswordWrite& write);
/// The same of a key that allows a value only once, which SQLite's triggers look like, too.
Error refusal_of_duplicate(const PasswordWrite& write);

/// Does it, and says in words of ours what the table refuses. Our own tables are not touched by it: what is taken twice
/// is the application's.
template <typename Work>
auto refused_in_words(const PasswordWrite& write, const Work& work) {
    try {
        return work();
    } catch (const Refused& fault) {
        throw Error(refusal_of(fault, write));
    } catch (const Duplicate&) {
        throw Error(refusal_of_duplicate(write));
    } catch (const ForeignText&) {
        throw config_error("the character set of a column of '" + write.table + "' cannot be compared with",
                           "ask who looks after the application's tables");
    }
}

}  // namespace pwreset::db
