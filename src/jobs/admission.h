// Who of many may be sent something: policy asked of a page of accounts at once, and the cooldowns that put one off.
#pragma once

#include <optional>
#include <vector>

#include "db/app/accounts.h"
#include "src/account/eligibility.h"
#include "src/account/route.h"
#include "src/context.h"
#include "src/proof/proof.h"

namespace pwreset {

/// An account, and what named it.
struct Nominee {
    const db::AccountRow* account = nullptr;  ///< must outlive the call
    db::AccountKey named_by = db::AccountKey::id;
};

/// What is said of one.
struct Admitted {
    Route route;
    std::optional<Refusal> no;       ///< why nothing is sent
    std::optional<Time> not_before;  ///< until its cooldown has ended, which somebody's own request began
};

/// Policy as for a single request, without any override: an account that is protected is in no job.
class Admission {
public:
    /// Throws Error where nothing of that kind may be issued to anybody now, as a single request would.
    Admission(Context& context, const RouteWish& wish);
    /// In the order of the nominees.
    std::vector<Admitted> of(const std::vector<Nominee>& nominees);

private:
    std::optional<Refusal> refusal_of(const Nominee& nominee, const Route& route);
    void look_at_cooldowns(const std::vector<Nominee>& nominees, std::vector<Admitted>& answers);

    Context& context_;
    RouteWish wish_;
    Suspension suspension_;
};

}  // namespace pwreset
