#include "src/secrets/named_secret.h"

#include <sys/stat.h>

#include <algorithm>

#include "src/base/error.h"

namespace pwreset {
namespace {

/// What systemd passes may be readable for its group, which is only the mask of an access list: so it has a key of its
/// own, which who names its path does not know.
Error with_credential(Error fault, const SecretPlace& place) {
    struct stat status {};
    const bool group_alone = place.trust == Trust::secret && ::stat(place.file.c_str(), &status) == 0 &&
                             (status.st_mode & (S_IRWXG | S_IRWXO)) == S_IRGRP;
    if (group_alone) {
        fault.hint += "; what systemd passes (LoadCredential=) is named by " + place.word + "_credential = \"" +
                      place.file.filename().string() + "\"";
    }
    return fault;
}

Secret read_at(const SecretPlace& place) {
    try {
        return read_trusted(place.file, place.trust, place.uid);
    } catch (const Error& fault) {
        throw with_credential(fault, place);
    }
}

/// A secret of one line; the line's end does not belong to it.
Secret line_at(const SecretPlace& place) {
    Secret content = read_at(place);
    std::size_t size = content.size();
    if (size > 0 && content.reveal()[size - 1] == '\n') --size;
    if (size > 0 && size < content.size() && content.reveal()[size - 1] == '\r') --size;
    content.shrink(size);
    const std::string_view text = content.reveal();
    const std::string file = " in the file of '" + place.key + "'";
    if (text.empty()) throw config_error("no " + place.word + file, "write it there, on one line");
    if (text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos)
        throw config_error("more than one line" + file, "keep only the " + place.word + " there");
    if (place.one_word && !std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; }))
        throw config_error("blank or character beyond ASCII" + file, "keep only the " + place.word + " there");
    return content;
}

}  // namespace

NamedSecret::NamedSecret(Secret bytes) : held_(std::make_shared<Held>(Held{std::move(bytes), std::nullopt})) {}

NamedSecret::NamedSecret(SecretPlace place) : NamedSecret(line_at(place)) { held_->place = std::move(place); }

bool NamedSecret::renew() const {
    if (!held_->place) return false;
    Secret read = line_at(*held_->place);
    if (read.reveal() == held_->bytes.reveal()) return false;
    held_->bytes = std::move(read);
    return true;
}

}  // namespace pwreset
