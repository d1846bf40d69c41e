#include "src/init/questions.h"

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/literals/lines.h"

namespace pwreset {

std::optional<std::string> Questions::confirm(const std::string& what, const std::string& proposal) const {
    if (none_) return {};
    const std::string shown = proposal.empty() ? "" : " [" + printable(proposal) + "]";
    const auto line = env_.ask(what + shown + ": ", false);
    if (!line) return {};
    std::string answer(trimmed(*line));
    if (answer.empty()) return proposal;
    if (answer.size() > 255 || !is_utf8(answer) || printable(answer) != answer)
        throw invalid_input("the answer to '" + what + "' is no short line of plain text", "write it by hand");
    return answer;
}

std::string Questions::ask(const std::string& what, const std::string& proposal) const {
    return confirm(what, proposal).value_or(proposal);
}

Secret Questions::ask_hidden(const std::string& what) const {
    if (none_) return {};
    auto line = env_.ask(what + ", not shown: ", true);
    if (!line) return {};
    Secret answer(trimmed(*line));
    // What the line was read into is wiped as far as it is ours.
    line->assign(line->size(), '\0');
    return answer;
}

}  // namespace pwreset
