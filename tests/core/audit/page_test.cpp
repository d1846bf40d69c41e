#include "src/audit/page.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::vector<PageLine> lines(std::initializer_list<std::int64_t> ids, int attempt = 1) {
    std::vector<PageLine> made;
    for (const auto id : ids) made.push_back({id, attempt, "sent"});
    return made;
}

std::vector<AuditEntry> entries(const std::vector<PageLine>& of) {
    return page_entries({.action = "send", .result = "sent", .ticket = "SUP-1"}, of);
}

std::optional<ToldPage> told(const std::string& detail) {
    db::AuditRow row;
    row.detail = detail;
    return told_page(row);
}

const std::string digest(64, 'd');

}  // namespace

TEST_CASE("an entry of a page tells how many, which, and what the ledger says of them") {
    const auto all = entries(lines({7, 5, 6, 9}));
    REQUIRE(all.size() == 1);
    CHECK(all[0].ticket == "SUP-1");
    CHECK(all[0].detail == "rows=4 attempt=1 ids=5-7,9 digest=" + digest_of(lines({5, 6, 7, 9})));
    const auto page = told(*all[0].detail);
    REQUIRE(page);
    CHECK(page->rows == 4);
    CHECK(page->attempt == 1);
    CHECK(page->all_ids() == std::vector<std::int64_t>{5, 6, 7, 9});
    CHECK(page->tells_of(6));
    CHECK_FALSE(page->tells_of(8));
    CHECK(entries({}).empty());
}

TEST_CASE("the digest is of what is told, in whatever order") {
    CHECK(digest_of(lines({1, 2})) == digest_of(lines({2, 1})));
    CHECK(digest_of(lines({1, 2})) != digest_of(lines({1, 3})));
    CHECK(digest_of(lines({1, 2})) != digest_of(lines({1, 2}, 2)));
    auto other = lines({1, 2});
    other[1].fact = "failed";
    CHECK(digest_of(lines({1, 2})) != digest_of(other));
}

TEST_CASE("ids that lie scattered, and other attempts, take entries of their own, and each has room in its column") {
    std::vector<PageLine> scattered;
    for (std::int64_t i = 0; i < 500; ++i) scattered.push_back({9'000'000'000 + 2 * i, 1, "sent"});
    const auto all = entries(scattered);
    CHECK(all.size() > 1);
    std::int64_t rows = 0;
    for (const auto& entry : all) {
        CHECK(entry.detail->size() <= 255);
        const auto page = told(*entry.detail);
        REQUIRE(page);
        CHECK(page->rows == static_cast<std::int64_t>(page->all_ids().size()));
        rows += page->rows;
    }
    CHECK(rows == 500);
    auto mixed = lines({1, 2});
    mixed[1].attempt = 2;
    CHECK(entries(mixed).size() == 2);
}

TEST_CASE("what is not an entry of a page is none") {
    CHECK(told("rows=1 attempt=0 ids=1 digest=" + digest));
    for (const std::string detail :
         {"", "rows=1", "rows=1 since=2026-01-01T00:00:00Z", "rows=x attempt=0 ids=1 digest=d",
          "rows=1 attempt=-1 ids=1 digest=d", "rows=1 attempt=0 ids=2-1 digest=d", "rows=1 attempt=0 ids=1-x digest=d",
          "rows=1 attempt=0 ids=1-9000000000 digest=d", "rows=1 attempt=0 ids=1 digest=d more",
          "250 rows=1 attempt=0 ids=1 digest=d"})
        CHECK_FALSE(told(detail));
    db::AuditRow of_somebody;
    of_somebody.account = "42";
    of_somebody.detail = "rows=1 attempt=0 ids=1 digest=" + digest;
    CHECK_FALSE(told_page(of_somebody));
}
