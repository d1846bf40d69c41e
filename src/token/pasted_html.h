// HTML in what was pasted: where its links lead, and what of it is seen. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/token/pasted_text.h"

namespace pwreset {

/// A character that is written as an entity, and how long that is.
struct Entity {
    char32_t character = 0;
    std::size_t length = 0;  ///< 0: there is none
};
/// The entity that starts here: by number, or by a name that may stand in a link or be invisible.
Entity entity_at(std::string_view text);

/// Whether there are tags as in a page or a mail.
bool is_html(std::string_view text);
/// The values of href, one a line, as a browser reads them: without entities, tabs and line breaks.
PastedText html_links(const PastedText& text);
/// What is seen: without tags, comments and styles, a new line where one begins, without entities.
PastedText html_text(const PastedText& text);

}  // namespace pwreset
