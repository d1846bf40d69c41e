#include "src/apps/vectors.h"

#include <algorithm>
#include <charconv>

#include "src/apps/clocks.h"
#include "src/apps/schemes/scheme.h"
#include "src/base/encoding.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

Value given_text(std::string_view text) { return {ValueType::text, Secret(text), 0}; }

/// A moment as a vector says it: seconds since 1970, or what a clock of UTC shows.
Value given_time(const std::string& text) {
    std::int64_t seconds = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_number = fault == std::errc() && end == text.data() + text.size();
    const std::int64_t since_1970 = is_number ? seconds * 1'000'000 : parse_db_time(text).time_since_epoch().count();
    return {ValueType::time, Secret(), since_1970};
}

Value given_secret(const Profile& profile, std::string_view name, const std::string& text) {
    const auto found = std::find_if(profile.secrets.begin(), profile.secrets.end(),
                                    [&](const auto& secret) { return "secret." + secret.name == name; });
    if (found == profile.secrets.end() || found->decode == "raw") return given_text(text);
    const auto bytes = found->decode == "hex" ? unhex(text) : unbase64(text);
    return {ValueType::bytes, Secret(std::string_view(bytes ? *bytes : text)), 0};
}

Value given_value(const Profile& profile, const Clocks& clocks, const std::string& name, const std::string& text) {
    if (name == "issued" || name == "expires") return given_time(text);
    if (name.starts_with("secret.")) return given_secret(profile, name, text);
    for (const auto& column : profile.reads) {
        if (column.name == name) return clocks.read(column, text.empty() ? std::nullopt : std::optional(text));
    }
    return given_text(text);
}

/// One vector worked through.
class Trial {
public:
    Trial(const Profile& profile, const Vector& vector, const Env& env)
        : profile_(profile), vector_(vector), env_(env), clocks_(profile) {
        for (const auto& [name, text] : vector.given) names_[name] = given_value(profile, clocks_, name, text);
        add_token();
    }

    /// What does not agree, also where that cannot even be worked out.
    std::vector<std::string> faults() {
        for (const auto& [column, text] : vector_.stored) {
            if (!stores(column, text)) add("stored '" + column + "'");
        }
        if (!vector_.mailed.empty() && !mails()) add("what is mailed");
        for (const auto& [name, text] : vector_.places) {
            if (!places(name, text)) add("place '" + name + "'");
        }
        return std::move(faults_);
    }

private:
    static constexpr const char* moments[] = {"issued", "expires"};

    void add(const std::string& what) {
        faults_.push_back(what + " of the vector at line " + std::to_string(vector_.line) + " does not agree");
    }

    /// The token of the parts that are given. One that is drawn stands in `given` itself.
    void add_token() {
        if (!profile_.token.given() || names_.contains("token") || profile_.token.bits() > 0) return;
        const auto is_missing = [&](const auto& part) {
            return profile_.token.names(part.name) && !names_.contains(part.name);
        };
        if (std::any_of(profile_.parts.begin(), profile_.parts.end(), is_missing)) return;
        for (const auto name : {"key", "email", "login", "issued", "expires"}) {
            if (profile_.token.names(name) && !names_.contains(name)) return;
        }
        names_["token"] = profile_.token.evaluate(names_, env_);
    }

    bool agrees(const Expression& value, const std::string& text) const {
        if (value.is_null()) return text.empty();
        if (!value.bare_time()) return value.take_apart(text, names_).has_value();
        const bool given = std::all_of(std::begin(moments), std::end(moments),
                                       [&](const char* name) { return !value.names(name) || names_.contains(name); });
        return given && clocks_.cell_of(Clocks::moment_of(value.evaluate(names_, env_))).text == text;
    }

    bool stores(const std::string& column, const std::string& text) const {
        const auto is = [&](const auto& one) { return one.name == column && agrees(one.value, text); };
        const auto holds = [&](const auto& set) { return std::any_of(set.begin(), set.end(), is); };
        return holds(profile_.store.set) || holds(profile_.password_store.set) ||
               std::any_of(profile_.store.also.begin(), profile_.store.also.end(), holds);
    }

    bool mails() const {
        if (profile_.scheme != Scheme::none)
            return make_scheme_token(env_, profile_, names_, clocks_.zone()).token.reveal() == vector_.mailed;
        if (profile_.mailed.given()) return agrees(profile_.mailed, vector_.mailed);
        const auto token = names_.find("token");
        return token != names_.end() && token->second.content.reveal() == vector_.mailed;
    }

    bool places(const std::string& name, const std::string& text) const {
        const auto found = std::find_if(profile_.places.begin(), profile_.places.end(),
                                        [&](const auto& place) { return place.name == name; });
        return found != profile_.places.end() && agrees(found->value, text);
    }

    const Profile& profile_;
    const Vector& vector_;
    const Env& env_;
    Clocks clocks_;
    Values names_;
    std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> faults_of(const Profile& profile, const Vector& vector, const Env& env) {
    return Trial(profile, vector, env).faults();
}

std::vector<std::string> faults_of_vectors(const Profile& profile, const Env& env) {
    // They are of an application whose clocks show UTC, whatever those of this site do.
    Profile elsewhere = profile;
    elsewhere.application_zone = "utc";
    elsewhere.session_zone.clear();
    std::vector<std::string> all;
    for (const auto& vector : profile.vectors) {
        for (auto& fault : faults_of(elsewhere, vector, env)) all.push_back(std::move(fault));
    }
    return all;
}

}  // namespace pwreset
