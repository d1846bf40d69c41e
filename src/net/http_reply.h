// What an HTTP/1.1 server answers, read as it comes in whatever pieces: the part of a service's client that needs no
// socket. Strict: what is not an answer breaks off, and nothing grows beyond its bound.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/time.h"

namespace pwreset {

/// The answer is not HTTP. `what()` repeats nothing of it.
struct HttpFault : std::exception {
    explicit HttpFault(const char* words) : text(words) {}
    const char* what() const noexcept override { return text; }
    const char* text;
};

constexpr std::size_t longest_head = 16384;  ///< bytes of status line and headers, interim answers included
constexpr std::size_t longest_body = 65536;  ///< bytes of a body that are read: the services answer in some hundred

/// Collects one answer. Interim ones (1xx) are passed over.
class HttpReply {
public:
    /// Takes what was read; what follows the answer is left out. Throws HttpFault.
    void feed(std::string_view bytes);
    /// The server has closed: ends a body that has no length of its own.
    void end();

    /// Nothing more is to be read: all of it is there, or more than anybody wants.
    bool done() const { return state_ == State::done; }
    /// Whether status and headers have come.
    bool has_head() const { return state_ > State::head; }
    /// Whether the whole body has come, and nothing was cut off.
    bool complete() const { return complete_; }
    int status() const { return status_; }
    const std::string& body() const { return body_; }
    /// How long the service wants to be left alone (Retry-After, RFC 9110, section 10.2.3), in whichever form it says
    /// so.
    std::optional<Seconds> retry_after() const { return retry_after_; }

private:
    enum class State { head, sized, chunk_size, chunk, chunk_end, trailer, until_close, done };

    void read_head(std::string_view& bytes);
    void read_header(std::string_view line);
    void begin_body();
    void read_sized(std::string_view& bytes);
    bool read_line(std::string_view& bytes);
    void read_chunk_line();
    void take(std::string_view bytes);
    void finish(bool complete);

    State state_ = State::head;
    std::string line_;  ///< the line that is being read
    std::size_t head_size_ = 0;
    int status_ = 0;
    bool chunked_ = false;
    bool has_length_ = false;
    std::size_t left_ = 0;  ///< of the body or of the chunk
    bool complete_ = false;
    std::optional<Seconds> retry_after_{};
    std::string body_;
};

}  // namespace pwreset
