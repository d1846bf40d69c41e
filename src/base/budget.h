// Whose share of the overall limits a request takes. The words are stored.
#pragma once

#include "src/base/words.h"

namespace pwreset {

enum class Budget {
    agents,  ///< people at a terminal
    web,     ///< web back ends: their one login has no share of its own
    jobs,    ///< what nobody waits for: many accounts at once, and news that nobody asked for
};

constexpr WordTable<Budget, 3> budget_words{{
    {Budget::agents, "agents"},
    {Budget::web, "web"},
    {Budget::jobs, "jobs"},
}};

constexpr std::string_view word_of(Budget budget) { return word_in(budget_words, budget); }

}  // namespace pwreset
