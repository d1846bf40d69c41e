// One screen of labelled sections: for what a person reads from top to bottom, where a table would be too wide.
#pragma once

#include <string>

#include "src/base/env.h"

namespace pwreset {

/// Writes "label     text" to standard output, the texts in one column. On a terminal they are wrapped at its width,
/// and labels stand out; in a pipe each text is one line. Text is made printable.
class Sections {
public:
    /// `now`: what distances are measured from.
    Sections(Env& env, Time now) : env_(env), now_(now) {}
    /// One text; its label stands only where it differs from the one before.
    void line(const std::string& label, const std::string& text);
    /// A time as Listing shows it: local with its distance on a terminal, else RFC 3339 in UTC.
    std::string when(Time time) const;

private:
    Env& env_;
    Time now_;
    std::string label_;
};

}  // namespace pwreset
