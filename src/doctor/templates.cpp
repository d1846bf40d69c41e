#include "src/doctor/templates.h"

#include <algorithm>
#include <iterator>

#include "src/message/check.h"
#include "src/message/locale.h"
#include "src/message/source.h"

namespace pwreset {

namespace {

constexpr const char* template_area = "templates";

}  // namespace

Checks check_templates(const TextConfig& config) {
    Checks checks;
    std::vector<Error> faults;
    const auto sources = read_sources(config.templates, faults);
    std::ranges::copy(faults_of(sources), std::back_inserter(faults));
    for (const auto& fault : faults) checks.push_back(problem(template_area, fault.message, fault.hint));
    if (!faults.empty()) return checks;
    const auto locales = locales_of(sources);
    std::string finding = std::to_string(all_messages.size()) + " messages in " + listed(locales);
    if (!config.templates.empty()) {
        const auto own = std::ranges::count_if(sources, [](const auto& entry) { return !entry.second.path.empty(); });
        finding += ", " + std::to_string(own) + " of the parts from '" + config.templates.string() + "'";
    }
    checks.push_back(fine(template_area, finding));
    if (!best_locale(config.locale, locales)) {
        checks.push_back(warning(template_area, "no templates in '" + config.locale + "' ('text.locale'): 'en' is used",
                                 "add them to the folder of 'text.templates'"));
    }
    return checks;
}

}  // namespace pwreset
