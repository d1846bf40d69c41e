#include "db/own/text_messages.h"

#include "src/base/state.h"

namespace pwreset::db {

CodesUsed text_codes(Session& session, const std::string& app, Time since, Time now, int most) {
    const auto rows = session.rows(
        "SELECT state FROM pwreset_tokens WHERE app = :app AND channel = 'sms' AND expires_at > :since "
        "AND expires_at <= :now AND kind IN ('reset_otp', 'verify_caller') "
        "AND (void_reason IS NULL OR void_reason NOT IN ('not_sent', 'put_back', 'undeliverable', 'dropped')) "
        "ORDER BY expires_at DESC LIMIT :most",
        {{"app", app}, {"since", since}, {"now", now}, {"most", most}});
    CodesUsed codes;
    for (const Row& row : rows) {
        ++codes.sent;
        if (row.text(0) == word_of(TokenState::used)) ++codes.used;
    }
    return codes;
}

}  // namespace pwreset::db
