// Whether a template can be sent: what Mustache and mail programs would let pass, and users would suffer from.
#pragma once

#include <vector>

#include "src/base/error.h"
#include "src/message/source.h"

namespace pwreset {

/// Everything that is wrong with it, each an Error CONFIG that names file, and line where known: text that is not
/// UTF-8, control characters, unknown variables (also in sections that are rarely shown), unescaped output in HTML,
/// partials, tags and sections that do not match, a secret in the subject, a subject that is not one line, a message
/// that does not show its link, code or password where readers need it.
std::vector<Error> faults_of(const TemplateSource& source);
/// The same of all of them, one after the other.
std::vector<Error> faults_of(const TemplateSources& sources);

}  // namespace pwreset
