#include "src/watch/totals.h"

namespace pwreset {

Pass sum(const Pass& a, const Pass& b, int sign) {
    Pass out;
    out.sent = a.sent + sign * b.sent;
    out.failed = a.failed + sign * b.failed;
    out.deferred = a.deferred + sign * b.deferred;
    out.in_doubt = a.in_doubt + sign * b.in_doubt;
    out.dropped = a.dropped + sign * b.dropped;
    out.taken_back = a.taken_back + sign * b.taken_back;
    return out;
}

std::string in_words(const Pass& pass) {
    std::string text = std::to_string(pass.sent) + " sent, " + std::to_string(pass.failed) + " failed, " +
                       std::to_string(pass.deferred) + " deferred, " + std::to_string(pass.dropped) + " dropped";
    if (pass.in_doubt > 0) text += ", " + std::to_string(pass.in_doubt) + " in doubt";
    if (pass.taken_back > 0) text += "; " + std::to_string(pass.taken_back) + " taken back from workers that died";
    return text;
}

}  // namespace pwreset
