// What every action works with: the world, the configuration, the keys, the database, and who asked.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "db/app/accounts.h"
#include "db/session.h"
#include "src/apps/application.h"
#include "src/base/env.h"
#include "src/config/config.h"
#include "src/keys/keyring.h"
#include "src/operator/operator.h"

namespace pwreset {

/// Made once by cmd/run.cpp for the command that runs; everything in it outlives the action. For another purpose only
/// by with().
struct Context {
    Env& env;
    const Config& config;
    const Keys& keys;
    db::Session& session;
    db::Accounts& accounts;
    const Operator& who;
    std::string trace_id;   ///< UUID of this invocation, in the answer, the job and the audit trail
    bool recorded = false;  ///< something went into the audit trail: it is to be sealed
    bool issues = false;    ///< it issues or sends, so its login reads the tables that this is done with
    /// The MAC, raw, of the audit row that was committed last; empty before the first. Shared with those made of this.
    std::shared_ptr<std::string> committed = std::make_shared<std::string>();
    std::chrono::steady_clock::time_point sealed_at = std::chrono::steady_clock::now();  ///< by us, in passing
    Application* at_work = nullptr;  ///< null for those who neither issue nor take back: see application()

    /// The application, by its profile. Throws Error INTERNAL_ERROR for a context that was made without it.
    Application& application() const {
        if (at_work == nullptr) throw internal_error("an action without its application");
        return *at_work;
    }

    /// The same with other keys, which must outlive it.
    Context with(const Keys& other_keys) const {
        Context other{env, config, other_keys, session, accounts, who, trace_id};
        return like_this(std::move(other));
    }
    /// The same world and the same operator, for what belongs to another invocation. Who made it takes over `recorded`.
    Context with(std::string other_trace_id) const {
        Context other{env, config, keys, session, accounts, who, std::move(other_trace_id)};
        return like_this(std::move(other));
    }

private:
    Context like_this(Context other) const {
        other.at_work = at_work;
        other.issues = issues;
        other.committed = committed;
        return other;
    }
};

}  // namespace pwreset
