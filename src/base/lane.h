// Whose wait a delivery is: each lane has its turns, so that nobody waits for what nobody waits for. The words are
// stored.
#pragma once

#include "src/base/words.h"

namespace pwreset {

enum class Lane {
    agents,  ///< people at a terminal, and who they talk to
    web,     ///< people in front of a page, and news of what they did there
    bulk,    ///< what a job of many has queued
};

/// In the order of their turns.
constexpr WordTable<Lane, 3> lane_words{{
    {Lane::agents, "agents"},
    {Lane::web, "web"},
    {Lane::bulk, "bulk"},
}};

constexpr std::string_view word_of(Lane lane) { return word_in(lane_words, lane); }

}  // namespace pwreset
