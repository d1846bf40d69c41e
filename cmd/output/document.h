// An answer of several lists, item by item: what is too long to be held and too varied for one table.
#pragma once

#include <cstdint>
#include <string>

#include "cmd/output/envelope.h"
#include "cmd/output/listing.h"

namespace pwreset {

/// Writes JSON (the envelope, with a member of `data` for each list) or NDJSON (a line for each item, with the name of
/// its list as "table"). Any other format is written as JSON. Throws Error IO_ERROR when output fails.
class Document {
public:
    Document(Env& env, Format format, std::string trace_id);
    /// Begins the next list; the one before is ended.
    void list(const std::string& name);
    /// One item, an object, of the list that was begun last.
    void item(const Json& item);
    /// Ends the document and checks that everything was written.
    void finish();

private:
    void write(const std::string& text);

    Env& env_;
    bool lines_;
    std::string trace_id_;
    std::string list_;
    std::int64_t lists_ = 0;
    std::int64_t items_ = 0;  ///< of this list
};

}  // namespace pwreset
