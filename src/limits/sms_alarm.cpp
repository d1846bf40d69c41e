#include "src/limits/sms_alarm.h"

#include <algorithm>
#include <chrono>

#include "src/base/error.h"
#include "src/transport/open.h"

namespace pwreset {

bool is_alarming(const db::CodesUsed& codes, int percent) {
    return codes.sent >= judged_codes && codes.used * 100 < codes.sent * percent;
}

std::optional<std::string> sms_alarm(db::Session& session, const Config& config) {
    if (!config.sms || config.sms->alarm_percent == 0) return {};
    const Time now = session.now();
    Time since = now - judged_span;
    if (config.sms->alarm_since) since = std::max(since, *config.sms->alarm_since + config.reset.code_lifetime);
    const auto codes = db::text_codes(session, config.application, since, now, judged_codes);
    if (!is_alarming(codes, config.sms->alarm_percent)) return {};
    return "only " + std::to_string(codes.used) + " of the last " + std::to_string(codes.sent) +
           " codes sent as text messages were used";
}

std::string sms_alarm_remedy(Time now) {
    return "find out who asked for them ('pwreset list-tokens --channel sms'); to send again, write alarm_since = \"" +
           rfc3339(std::chrono::ceil<Seconds>(now)) + "\" into [sms]";
}

void require_text_messages(db::Session& session, const Config& config) {
    require_gateway(config);
    if (const auto alarm = sms_alarm(session, config))
        throw unavailable("text messages are stopped: " + *alarm, sms_alarm_remedy(session.now()));
}

}  // namespace pwreset
