#include "db/own/notices.h"

#include "db/binary.h"
#include "db/value_list.h"
#include "db/words.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

constexpr const char* select_open =
    "SELECT id, delivery_id, account, state, issued_at, expires_at, used_at, HEX(pw_mark), pw_form FROM "
    "pwreset_tokens "
    "WHERE app = :app AND notice = 0 ";

std::vector<OpenNotice> open_where(Session& session, const std::string& condition, const Params& params) {
    std::vector<OpenNotice> out;
    for (const Row& row : session.rows(select_open + condition, params)) {
        out.push_back({.id = row.integer(0),
                       .delivery_id = row.integer(1),
                       .account = row.text(2),
                       .state = word_at(row, 3, token_state_words),
                       .issued_at = row.time(4),
                       .expires_at = row.time(5),
                       .used_at = row.optional_time(6),
                       .pw_mark = bytes_of(row, 7),
                       .pw_form = row.optional_text(8)});
    }
    return out;
}

}  // namespace

std::vector<OpenNotice> open_notices(Session& session, const std::string& app, TokenState state, std::int64_t after,
                                     std::size_t most) {
    return open_where(session, "AND state = :state AND id > :after ORDER BY id LIMIT :most",
                      {{"app", app}, {"state", word_of(state)}, {"after", after}, {"most", static_cast<int>(most)}});
}

std::vector<OpenNotice> open_notices_of(Session& session, const std::string& app, const std::string& account) {
    return open_where(session, "AND account = :account ORDER BY id", {{"app", app}, {"account", account}});
}

void follow_password(Session& session, const OpenNotice& seen, const std::string& pw_mark, const std::string& pw_form) {
    session.run(
        "UPDATE pwreset_tokens SET pw_mark = UNHEX(:mark), pw_form = :form "
        "WHERE id = :id AND notice = 0 AND pw_mark = UNHEX(:seen)",
        {{"mark", hex(pw_mark)}, {"form", pw_form}, {"id", seen.id}, {"seen", hex(seen.pw_mark.value_or(""))}});
}

std::int64_t tell_notices(Session& session, const std::vector<std::int64_t>& tokens, std::int64_t delivery) {
    if (tokens.empty()) return 0;
    Params params{{"delivery", delivery}};
    return session.run(
        "UPDATE pwreset_tokens SET notice = :delivery WHERE notice = 0 AND id IN " + value_list("id", tokens, params),
        params);
}

std::int64_t end_notices(Session& session, const std::vector<std::int64_t>& tokens) {
    if (tokens.empty()) return 0;
    Params params;
    return session.run(
        "UPDATE pwreset_tokens SET notice = NULL WHERE notice = 0 AND id IN " + value_list("id", tokens, params),
        params);
}

void end_unused_notices(Session& session, const std::string& app, const std::string& account) {
    session.run(
        "UPDATE pwreset_tokens SET notice = NULL "
        "WHERE app = :app AND account = :account AND notice = 0 AND state <> 'used'",
        {{"app", app}, {"account", account}});
}

std::optional<Time> change_told_by(Session& session, const std::string& app, std::int64_t delivery) {
    return session
        .row("SELECT MAX(used_at) FROM pwreset_tokens WHERE app = :app AND notice = :delivery AND state = 'used'",
             {{"app", app}, {"delivery", delivery}})
        ->optional_time(0);
}

std::int64_t last_open_notice(Session& session, const std::string& app, TokenState state) {
    return session
        .row("SELECT MAX(id) FROM pwreset_tokens WHERE app = :app AND notice = 0 AND state = :state",
             {{"app", app}, {"state", word_of(state)}})
        ->integer(0);
}

}  // namespace pwreset::db
