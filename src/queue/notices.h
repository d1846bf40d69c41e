// The news that a password was changed: found after our tokens, and queued once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "db/own/notices.h"
#include "src/context.h"

namespace pwreset {

/// After each token that let somebody choose a password, its account is looked at until a day after the token's end:
/// when the token was used, or the password is another one than when it was minted, the account is told by mail. Marked
/// in the transaction that queues the delivery, so it is told once, however many look.
class Notices {
public:
    explicit Notices(Context& context) : context_(context) {}

    /// Queues the news after tokens that were used, then looks at the accounts of a thousand tokens that were not, or
    /// fewer, going on where the last look ended. Does nothing where the configuration says that nothing is told.
    void look();
    /// The same for who looks once: at all tokens, or where there are very many, at the oldest and at some others,
    /// which are not the same ones each time.
    void look_once();

private:
    /// The tokens in one state, and how far they were looked at.
    struct Walk {
        TokenState state;
        std::int64_t after = 0;
    };

    using Tokens = std::vector<db::OpenNotice>;

    void look(int pages);
    void tell_used(int pages);
    void walk(Walk& tokens, int pages);
    void judge(const Tokens& page);
    Tokens due_of(const Tokens& open, const db::AccountRow* row) const;
    void tell(const std::string& account);
    bool queue(const Tokens& tokens, const db::AccountRow& row, const std::string& trace_id);
    bool end(const Tokens& tokens, const std::string& account, const std::string& why);

    Context& context_;
    std::array<Walk, 2> walks_{Walk{TokenState::live}, Walk{TokenState::ended}};
};

}  // namespace pwreset
