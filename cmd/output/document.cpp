#include "cmd/output/document.h"

#include <ostream>
#include <utility>

namespace pwreset {

Document::Document(Env& env, Format format, std::string trace_id)
    : env_(env), lines_(format == Format::ndjson), trace_id_(std::move(trace_id)) {}

void Document::list(const std::string& name) {
    list_ = name;
    items_ = 0;
    if (lines_) return;
    std::string text = lists_++ == 0 ? "{\"success\":true,\"data\":{" : "],";
    append_json_string(text, name);
    write(text + ":[");
}

void Document::item(const Json& item) {
    std::string text = !lines_ && items_++ > 0 ? "," : "";
    if (!lines_) {
        append_json(text, item);
        return write(text);
    }
    // The name of the list, then the members of the item.
    std::string members;
    append_json(members, item);
    text += "{\"table\":";
    append_json_string(text, list_);
    text += members == "{}" ? "" : ",";
    write(text + members.substr(1) + "\n");
}

void Document::finish() {
    if (!lines_) {
        std::string text = "]},\"trace_id\":";
        append_json_string(text, trace_id_);
        write(text + "}\n");
    }
    check_output(env_);
}

void Document::write(const std::string& text) {
    env_.out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!env_.out) check_output(env_);
}

}  // namespace pwreset
