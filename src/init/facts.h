// What the files of an application say, as far as it is written out in them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/secret.h"
#include "src/init/database_place.h"

namespace pwreset {

/// The files of the application's folder: the content of one by its path from there; nothing where there is none.
using Files = std::function<std::optional<Secret>(const std::string& path)>;

/// A key of the configuration, with its value as TOML has it.
struct Setting {
    std::string section;  ///< "reset", "users.role"
    std::string key;
    std::string value;
    std::string comment{};
};

/// A secret that the profile needs; it gets a file of its own.
struct FoundSecret {
    std::string name;    ///< in [secrets]
    std::string suffix;  ///< of the file
    std::string decode;  ///< "raw", "hex"
    Secret content;      ///< as the file is to hold it
};

/// A secret that the profile needs and no file has written out: it has to be asked for.
struct WantedSecret {
    std::string name;
    std::string suffix;
    std::string decode;
    std::string what;                              ///< as the application calls it: "secret_key_base"
    std::string remedy;                            ///< how a person finds it
    Secret (*derive)(std::string_view) = nullptr;  ///< what is kept of it; null: itself
};

struct Facts {
    std::string application;  ///< for people: "Laravel"
    std::string profile;      ///< "laravel"
    std::string name{};       ///< what the site calls itself; may be empty
    DatabasePlace database{};
    std::string prefix{};  ///< of the names of tables; empty: as the profile has it
    std::string base{};    ///< what a link could begin with: a proposal
    std::string mail_from{};
    std::string mail_host{};
    int mail_port = 0;
    std::vector<Setting> settings{};
    std::vector<FoundSecret> secrets{};
    std::vector<WantedSecret> wanted{};
    std::vector<std::string> read{};     ///< the files that were looked into
    std::vector<std::string> unknown{};  ///< what could not be known, and what to do about it
};

}  // namespace pwreset
