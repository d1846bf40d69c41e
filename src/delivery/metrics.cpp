#include "src/delivery/metrics.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "db/own/queue_depths.h"
#include "src/base/printable.h"
#include "src/queue/freeze.h"

namespace pwreset {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_words = "# HELP pwreset_";

/// Label values: backslash, quotation mark and line feed are escaped, says the format.
std::string label(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '\\' || c == '"') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out + "\"";
}

class Text {
public:
    explicit Text(const std::string& app) : app_("app=" + label(app)) {}

    void begin(const std::string& name, const char* type, const char* help) {
        name_ = name;
        text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    }
    void sample(const std::string& labels, std::int64_t value) {
        text_ += name_ + "{" + app_ + (labels.empty() ? "" : "," + labels) + "} " + std::to_string(value) + "\n";
    }
    const std::string& text() const { return text_; }

private:
    std::string app_;
    std::string name_;
    std::string text_;
};

std::string labels_of(Channel channel, Lane lane) {
    return "channel=" + label(word_of(channel)) + ",lane=" + label(word_of(lane));
}

/// The depth of a channel and lane: nothing where nothing is.
db::QueueDepth depth_at(const std::vector<db::QueueDepth>& depths, Channel channel, Lane lane) {
    for (const auto& depth : depths) {
        if (depth.channel == channel && depth.lane == lane) return depth;
    }
    return {.channel = channel, .lane = lane, .oldest_due = {}};
}

void add_depths(Text& text, const std::vector<db::QueueDepth>& depths, Time now) {
    struct State {
        const char* word;
        std::int64_t db::QueueDepth::*count;
    };
    constexpr std::array states{State{"due", &db::QueueDepth::due}, State{"waiting", &db::QueueDepth::waiting},
                                State{"in_hand", &db::QueueDepth::in_hand}};
    const auto each = [](const auto& act) {
        for (const auto& [channel, channel_word] : channel_words)
            for (const auto& [lane, lane_word] : lane_words) act(channel, lane);
    };
    text.begin("pwreset_queue_deliveries", "gauge", "Deliveries that are not over.");
    each([&](Channel channel, Lane lane) {
        const auto depth = depth_at(depths, channel, lane);
        for (const auto& state : states)
            text.sample(labels_of(channel, lane) + ",state=" + label(state.word), depth.*state.count);
    });
    text.begin("pwreset_queue_oldest_due_seconds", "gauge", "For how long the first delivery that is due has been so.");
    each([&](Channel channel, Lane lane) {
        const auto oldest = depth_at(depths, channel, lane).oldest_due;
        text.sample(labels_of(channel, lane), oldest ? std::chrono::floor<Seconds>(now - *oldest).count() : 0);
    });
}

void add_outcomes(Text& text, const Pass& done) {
    text.begin("pwreset_messages_total", "counter", "What became of messages, since this process began.");
    const std::array outcomes{std::pair("sent", done.sent), std::pair("failed", done.failed),
                              std::pair("deferred", done.deferred), std::pair("in_doubt", done.in_doubt),
                              std::pair("dropped", done.dropped)};
    for (const auto& [outcome, count] : outcomes) text.sample(std::string("outcome=") + label(outcome), count);
}

Error cannot_write(const fs::path& file, const std::string& why) {
    return io_error("cannot write '" + printable(file.string()) + "': " + why,
                    "check the folder's owner, mode and free space");
}

/// A name that was mistyped must not cost a file that somebody needs.
void refuse_foreign_file(const fs::path& file) {
    std::error_code none;
    if (!fs::exists(fs::symlink_status(file, none))) return;
    std::string begin(first_words.size(), '\0');
    const bool regular = fs::is_regular_file(fs::symlink_status(file, none));
    if (regular && std::ifstream(file, std::ios::binary).read(begin.data(), std::ssize(begin)) && begin == first_words)
        return;
    throw forbidden("'" + printable(file.string()) + "' is there, and is no metrics file of pwreset",
                    "name another file, in the folder of the collector");
}

}  // namespace

std::string metrics_text(Context& context, const Pass& done) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    const Time now = session.now();
    Text text(app);
    add_depths(text, db::queue_depths(session, app), now);
    text.begin("pwreset_workers", "gauge", "Processes that have deliveries in hand.");
    text.sample("", std::ssize(db::queue_holders(session, app)));
    text.begin("pwreset_frozen", "gauge", "1 while issuing is frozen.");
    text.sample("", why_frozen(session, app) ? 1 : 0);
    add_outcomes(text, done);
    text.begin("pwreset_metrics_timestamp_seconds", "gauge", "When this was written, by the database's clock.");
    text.sample("", std::chrono::floor<Seconds>(now.time_since_epoch()).count());
    return text.text();
}

void write_metrics(const fs::path& file, const std::string& text) {
    refuse_foreign_file(file);
    std::string name = (file.parent_path() / ("." + file.filename().string() + ".XXXXXX")).string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) throw cannot_write(file, std::strerror(errno));
    const bool written = ::write(descriptor, text.data(), text.size()) == std::ssize(text) &&
                         ::fchmod(descriptor, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) == 0;
    const int fault = errno;
    const bool closed = ::close(descriptor) == 0;
    if (written && closed && ::rename(name.c_str(), file.c_str()) == 0) return;
    ::unlink(name.c_str());
    throw cannot_write(file, written ? std::strerror(errno) : std::strerror(fault));
}

}  // namespace pwreset
