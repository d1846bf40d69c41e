#include "src/fleet/fleet.h"

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/catch.h"
#include "tests/core/fake_env.h"
#include "tests/core/fleet/scripted_relay.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

/// A worker at a pier: a fleet, the relays it may go to, and what came of what it offered.
struct Pier {
    explicit Pier(int connections, bool second = false) {
        config.mail.from_address = "no-reply@shop.example";
        config.mail.host = "first";
        config.mail.connections = connections;
        if (second) config.mail.others.emplace_back().host = "second";
        world.env.signalled = [this] { return signal.load(); };
        world.env.open_transport = [this](const Config& with, Channel) {
            return (with.mail.host == "first" ? first : other).connect();
        };
    }

    /// Offers so many as there is room, and notes what becomes of them.
    void send(std::size_t count) {
        std::size_t offered = 0;
        while ((offered < count && !fleet().stopped()) || fleet().on_their_way() > 0) {
            for (std::size_t room = fleet().room(); room > 0 && offered < count; --room) offer(++offered);
            note(fleet().next(Fleet::Clock::now() + 10s));
        }
    }
    void offer(std::size_t ticket) {
        fleet().offer(ticket, {"no-reply@shop.example", std::to_string(ticket) + "@example.com"}, Secret("text"));
    }
    void note(const std::optional<Arrival>& arrival) {
        REQUIRE(arrival);
        CHECK(arrivals.emplace(arrival->ticket, *arrival).second);
    }
    std::size_t count(Verdict verdict) const {
        return static_cast<std::size_t>(std::count_if(arrivals.begin(), arrivals.end(), [&](const auto& each) {
            return each.second.offered && each.second.result.verdict == verdict;
        }));
    }
    std::string fault_of_batch() {
        try {
            fleet().end_batch();
            return {};
        } catch (const RelayUnavailable& fault) {
            return fault.message;
        }
    }
    Fleet& fleet() {
        if (!fleet_) fleet_ = std::make_unique<Fleet>(world.env, config, 200ms);
        return *fleet_;
    }

    FakeEnv world;
    Config config;
    std::atomic<int> signal{0};
    ScriptedRelay first{"first"};
    ScriptedRelay other{"second"};
    std::map<std::size_t, Arrival> arrivals;

private:
    std::unique_ptr<Fleet> fleet_;
};

std::set<std::string> once(const std::vector<std::string>& taken) {
    std::set<std::string> all(taken.begin(), taken.end());
    CHECK(all.size() == taken.size());
    return all;
}

}  // namespace

TEST_CASE("mails leave by several connections, each of them once") {
    Pier pier(4);
    pier.first.script = [](int, int) {
        std::this_thread::sleep_for(1ms);
        return ScriptedRelay::accepted();
    };
    CHECK(pier.fleet().open());
    CHECK_FALSE(pier.fleet().open());
    pier.send(100);
    CHECK(pier.arrivals.size() == 100);
    CHECK(once(pier.first.taken()).size() == 100);
    CHECK(pier.first.most_open() == 4);
    CHECK(pier.first.dialled() == 4);
    CHECK(pier.arrivals.at(1).relay == "first");
    CHECK(pier.fault_of_batch().empty());
    pier.fleet().hang_up_after(0s);
    for (int i = 0; i < 1000 && pier.first.open() > 0; ++i) std::this_thread::sleep_for(1ms);
    CHECK(pier.first.open() == 0);
    CHECK(pier.fleet().open());
}

TEST_CASE("one mail takes one connection") {
    Pier pier(4);
    CHECK(pier.fleet().open());
    pier.send(1);
    CHECK(pier.first.dialled() == 1);
}

TEST_CASE("a relay that bears one connection is given one, and nobody hears of it") {
    Pier pier(4);
    pier.first.most = 1;
    CHECK(pier.fleet().open());
    pier.send(200);
    CHECK(once(pier.first.taken()).size() == 200);
    CHECK(pier.first.most_open() == 1);
    CHECK(pier.first.dialled() <= 4);
    CHECK(pier.fault_of_batch().empty());
}

TEST_CASE("a relay that closes after every tenth mail costs a connection each") {
    Pier pier(1);
    pier.first.closes_after = 10;
    CHECK(pier.fleet().open());
    pier.send(100);
    CHECK(pier.count(Verdict::accepted) == 100);
    CHECK(once(pier.first.taken()).size() == 100);
    CHECK(pier.first.dialled() == 10);
    CHECK(pier.fault_of_batch().empty());
}

TEST_CASE("a relay that takes nothing is asked a few times, and the rest comes back") {
    Pier pier(4);
    pier.first.script = [](int, int) { return ScriptedRelay::busy(); };
    CHECK(pier.fleet().open());
    pier.send(100);
    CHECK(pier.count(Verdict::temporary) <= 8);
    CHECK(pier.first.dialled() <= 8);
    for (const auto& [ticket, arrival] : pier.arrivals) CHECK(arrival.offered != (arrival.relay.empty()));
    CHECK(pier.fault_of_batch().find("421 4.3.2 busy") != std::string::npos);
    CHECK(pier.fault_of_batch().empty());

    pier.first.script = [](int, int) { return ScriptedRelay::accepted(); };
    pier.arrivals.clear();
    CHECK(pier.fleet().open());
    pier.send(10);
    CHECK(pier.count(Verdict::accepted) == 10);
}

TEST_CASE("a relay that is busy in between is given fewer connections") {
    Pier pier(4);
    std::atomic<int> told{0};
    pier.first.script = [&](int, int) {
        std::this_thread::sleep_for(1ms);
        SendResult busy = ScriptedRelay::busy();
        busy.answer = "451 4.3.2 busy";
        return ++told == 20 ? busy : ScriptedRelay::accepted();
    };
    CHECK(pier.fleet().open());
    const auto began = Fleet::Clock::now();
    pier.send(100);
    CHECK(pier.count(Verdict::accepted) == 99);
    CHECK(pier.count(Verdict::temporary) == 1);
    CHECK(Fleet::Clock::now() - began >= 100ms);
    CHECK(pier.fault_of_batch().empty());
}

TEST_CASE("one that takes a mail and breaks off leaves one in doubt for each connection, and is not asked again") {
    Pier pier(4);
    pier.first.script = [](int, int) { return SendResult{Verdict::unknown, false, "the relay closed the connection"}; };
    CHECK(pier.fleet().open());
    pier.send(100);
    CHECK(pier.count(Verdict::unknown) >= 1);
    CHECK(pier.count(Verdict::unknown) <= 4);
    CHECK(pier.fault_of_batch().find("breaks it") != std::string::npos);
}

TEST_CASE("the next relay is asked while the first is away, and the first again afterwards") {
    Pier pier(2, true);
    pier.first.away = true;
    CHECK(pier.fleet().open());
    pier.send(10);
    CHECK(once(pier.other.taken()).size() == 10);
    CHECK(pier.first.dialled() == 1);
    pier.fleet().open();
    CHECK(pier.first.dialled() == 1);
    pier.first.away = false;
    std::this_thread::sleep_for(250ms);
    CHECK(pier.fleet().open());
    pier.arrivals.clear();
    pier.send(10);
    CHECK(once(pier.first.taken()).size() == 10);
    pier.first.away = pier.other.away = true;
    pier.fleet().hang_up_after(0s);
    std::this_thread::sleep_for(20ms);
    try {
        pier.fleet().open();
        FAIL("nobody is there");
    } catch (const RelayUnavailable& fault) {
        CHECK(fault.message == "cannot use relay 'first': connection refused");
    }
}

TEST_CASE("what the first relay does not take goes to the next one in the same batch") {
    Pier pier(2, true);
    pier.first.script = [](int, int) { return ScriptedRelay::busy(); };
    CHECK(pier.fleet().open());
    pier.send(50);
    CHECK(pier.arrivals.size() == 50);
    CHECK(pier.count(Verdict::temporary) <= 4);
    CHECK(pier.other.taken().size() == 50 - pier.count(Verdict::temporary));
    CHECK(pier.fault_of_batch().empty());
}

TEST_CASE("what is taken back while the relay stalls is not sent") {
    Pier pier(1);
    std::atomic<bool> stalls{true};
    pier.first.script = [&](int, int) {
        while (stalls) std::this_thread::sleep_for(1ms);
        return ScriptedRelay::accepted();
    };
    CHECK(pier.fleet().open());
    for (std::size_t ticket = 1; ticket <= 4; ++ticket) pier.offer(ticket);
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(pier.fleet().next(Fleet::Clock::now()));
    CHECK(pier.fleet().withdraw(2));
    CHECK(pier.fleet().withdraw(3));
    CHECK_FALSE(pier.fleet().withdraw(1));
    CHECK_FALSE(pier.fleet().withdraw(3));
    stalls = false;
    while (pier.fleet().on_their_way() > 0) pier.note(pier.fleet().next(Fleet::Clock::now() + 10s));
    CHECK(pier.first.taken() == std::vector<std::string>{"1@example.com", "4@example.com"});

    stalls = true;
    pier.arrivals.clear();
    for (std::size_t ticket = 5; ticket <= 9; ++ticket) pier.offer(ticket);
    std::this_thread::sleep_for(20ms);
    pier.fleet().withdraw_all();
    for (int i = 0; i < 4; ++i) pier.note(pier.fleet().next(Fleet::Clock::now() + 10s));
    CHECK(pier.count(Verdict::accepted) == 0);
    stalls = false;
    pier.note(pier.fleet().next(Fleet::Clock::now() + 10s));
    CHECK(pier.first.taken().back() == "5@example.com");
}

TEST_CASE("what is no failure of the world outside comes out where the worker asks") {
    Pier pier(2);
    CHECK(pier.fleet().open());
    pier.first.script = [](int, int) -> SendResult { throw std::runtime_error("no fault of a relay"); };
    for (std::size_t ticket = 1; ticket <= 4; ++ticket) pier.offer(ticket);
    CHECK_THROWS_AS(pier.fleet().next(Fleet::Clock::now() + 10s), std::runtime_error);
    pier.fleet().drop();
    CHECK(pier.fleet().on_their_way() == 0);
    pier.first.script = [](int, int) { return ScriptedRelay::accepted(); };
    pier.fleet().open();
    pier.send(4);
    CHECK(pier.count(Verdict::accepted) == 4);
}
