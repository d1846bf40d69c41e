// A first configuration as text, with a word on each thing that it says: from what an application's files or tables
// say, and from what was asked for.
#pragma once

#include <filesystem>
#include <string>

#include "src/init/facts.h"

namespace pwreset {

/// What no file of the application decides.
struct FirstConfiguration {
    std::filesystem::path file;
    std::string application;          ///< "shop"
    std::string base;                 ///< what links begin with
    std::string own_schema;           ///< of pwreset's tables
    std::string user;                 ///< pwreset's own login at the database
    std::string keys_folder;          ///< empty: beside the file
    std::string made_from;            ///< "/srv/shop (.env)", for the head of the file
    bool protection_is_asked = true;  ///< the profile does not say who is protected
    bool asks_for_token = false;      ///< one of the application's own is to be compared before anything is issued
    bool asks_for_link = false;       ///< the application is to take one of pwreset's first
};

/// The name of a secret file beside the configuration: "shop-database.password".
std::string secret_file_name(const FirstConfiguration& first, const std::string& suffix);
/// The text of the configuration.
std::string configuration_text(const FirstConfiguration& first, const Facts& facts);
/// Whether host and port, or the socket, are on this machine.
bool is_local(const DatabasePlace& place);
/// A name for the configuration out of one that people chose: "My Shop!" is "my-shop"; empty where nothing is left.
std::string application_name_of(std::string_view text);

}  // namespace pwreset
