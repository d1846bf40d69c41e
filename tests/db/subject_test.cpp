// The statements of every table by which a person is exported and erased.
#include "db/own/audit.h"
#include "db/own/deliveries.h"
#include "db/own/delivery_records.h"
#include "db/own/jobs.h"
#include "db/own/limits.h"
#include "db/own/token_records.h"
#include "db/own/tokens.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

using SubjectIds = std::vector<std::int64_t>;

/// The tables of application "shop", with rows of accounts 42 and 7.
struct Shop : Database {
    Shop() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    std::int64_t deliver(const std::vector<std::string>& to, const std::string& ticket = "SUP-1",
                         const std::string& app = "shop") {
        const Job job(session, app, ticket);
        std::vector<NewDelivery> rows;
        for (const auto& account : to) rows.push_back({account, Kind::link, Channel::email});
        insert_deliveries(session, app, job.id, rows, {});
        return job.id;
    }
    void token(const std::string& account, Kind kind, std::int64_t delivery = 1, const std::string& app = "shop") {
        NewToken made;
        made.account = account;
        made.kind = kind;
        made.channel = Channel::email;
        made.delivery_id = delivery;
        made.attempt = 2;
        made.pw_mark = std::string(32, '\xff');
        made.issued_at = session.now();
        made.expires_at = made.issued_at + Seconds(60);
        insert_tokens(session, app, {made});
    }
    void entry(const std::optional<std::string>& account, const std::optional<std::int64_t>& delivery,
               const std::string& action = "send", const std::string& app = "shop") {
        AuditRow row;
        row.app = app;
        row.at = session.now();
        row.operator_name = "tom";
        row.host = "support-1";
        row.action = action;
        row.result = "done";
        row.trace_id = "00000000-0000-4000-8000-000000000001";
        row.account = account;
        row.delivery_id = delivery;
        row.recipient = std::string("\0\xff'\\ thirty-two bytes, some awkward", 32);
        row.ticket = "SUP-1";
        row.detail = "250 Ok";
        row.salt = std::string("\0salt of sixteen", 16);
        row.personal = row.mac = std::string(32, 'm');
        row.key_id = "k1";
        insert_audit(session, {row});
    }
};

}  // namespace

TEST_CASE("the tokens of an account are told with the digests they have, page by page") {
    Shop shop;
    shop.token("42", Kind::link);
    shop.token("7", Kind::link);
    shop.token("42", Kind::reset_otp);
    shop.token("42", Kind::verify_caller, 1, "crm");
    const auto first = token_facts(shop.session, "shop", "42", 0, 1);
    REQUIRE(first.size() == 1);
    CHECK(first.front().kind == "link");
    CHECK(first.front().state == "live");
    CHECK(first.front().attempt == 2);
    CHECK(first.front().password_mark);
    CHECK_FALSE(first.front().verifier);
    CHECK_FALSE(first.front().code_mac);
    CHECK_FALSE(first.front().application_reference);
    const auto second = token_facts(shop.session, "shop", "42", first.front().id, 10);
    REQUIRE(second.size() == 1);
    CHECK(second.front().kind == "reset_otp");
    CHECK(count_tokens(shop.session, "shop", "42") == 2);
}

TEST_CASE("the tokens of one account are deleted, at most so many at once") {
    Shop shop;
    for (const auto kind : {Kind::link, Kind::reset_otp, Kind::verify_caller}) shop.token("42", kind);
    shop.token("7", Kind::link);
    shop.token("42", Kind::link, 1, "crm");
    CHECK(delete_tokens(shop.session, "shop", "42", 2) == 2);
    CHECK(delete_tokens(shop.session, "shop", "42", 2) == 1);
    CHECK(delete_tokens(shop.session, "shop", "42", 2) == 0);
    CHECK(shop.number("SELECT COUNT(*) FROM pwreset_tokens") == 2);
}

TEST_CASE("a delivery is told with what its job says") {
    Shop shop;
    shop.deliver({"42", "7"}, "SUP-9");
    const auto rows = deliveries_of(shop.session, "shop", "42", 0, 10);
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().account == "42");
    CHECK(rows.front().state == DeliveryState::queued);
    CHECK(rows.front().ticket == "SUP-9");
    CHECK(rows.front().operator_name == "tom");
    CHECK_FALSE(rows.front().job_reason);
    CHECK_FALSE(rows.front().finished_at);
    CHECK(delivery_record(shop.session, "shop", rows.front().id)->trace_id == rows.front().trace_id);
    CHECK_FALSE(delivery_record(shop.session, "crm", rows.front().id));
    shop.deliver({"42"});
    CHECK(deliveries_of(shop.session, "shop", "42", 0, 1).front().id > rows.front().id);
    CHECK(deliveries_of(shop.session, "shop", "42", 3, 1).front().id == rows.front().id);
    CHECK(delivery_ids(shop.session, "shop", "42").size() == 2);
}

TEST_CASE("the deliveries of one account are deleted, and their jobs named") {
    Shop shop;
    const auto shared = shop.deliver({"42", "7"});
    const auto alone = shop.deliver({"42"});
    shop.deliver({"42"}, "SUP-1", "crm");
    const auto ids = delivery_ids(shop.session, "shop", "42");
    const auto gone = delete_deliveries(shop.session, "shop", "42", 10);
    CHECK(gone.ids == ids);
    CHECK(gone.jobs == SubjectIds{shared, alone});
    CHECK(shop.number("SELECT COUNT(*) FROM pwreset_deliveries") == 2);
    CHECK(delete_deliveries(shop.session, "shop", "42", 10).ids.empty());
    CHECK_FALSE(lock_delivery(shop.session, ids.front()));
    CHECK(lock_delivery(shop.session, delivery_ids(shop.session, "shop", "7").front()));
}

TEST_CASE("an erasure waits for the worker that looks at the delivery, and the worker for the erasure") {
    Database database(Dialect::mariadb);
    const Job job(database.session);
    insert_deliveries(database.session, "shop", job.id, {{"42", Kind::link, Channel::email}}, {});
    Session other(database.options);
    other.run("SET SESSION innodb_lock_wait_timeout = 1");
    Transaction worker(database.session);
    CHECK(lock_delivery(database.session, 1));
    {
        Transaction erasing(other);
        CHECK_THROWS_AS(delete_deliveries(other, "shop", "42", 10), Conflict);
    }
    worker.commit();
    CHECK(delete_deliveries(other, "shop", "42", 10).ids == SubjectIds{1});
}

TEST_CASE("texts of jobs are told, and nulled one by one") {
    Shop shop;
    const auto id = shop.deliver({"42"}, "SUP-9");
    shop.session.run("UPDATE pwreset_jobs SET reason = 'why'");
    shop.session.run(
        "INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, created_at) "
        "VALUES ('shop', 'request', 'agents', 'tom', 'x', UTC_TIMESTAMP(6))");
    const auto texts = job_texts(shop.session, "shop", 0, 10);
    REQUIRE(texts.size() == 1);
    CHECK(texts.front().id == id);
    CHECK(texts.front().ticket == "SUP-9");
    CHECK(texts.front().reason == "why");
    CHECK_FALSE(texts.front().filters);
    CHECK_FALSE(erase_job_texts(shop.session, {.id = id}));
    CHECK(erase_job_texts(shop.session, {.id = id, .reason = true, .filters = true}));
    CHECK_FALSE(erase_job_texts(shop.session, {.id = id, .reason = true}));
    CHECK(job_texts(shop.session, "shop", 0, 10).front().ticket == "SUP-9");
    CHECK(job_texts(shop.session, "shop", id, 10).empty());
    CHECK(job_texts(shop.session, "crm", 0, 10).empty());
}

TEST_CASE("only a job without deliveries loses its texts") {
    Shop shop;
    const auto shared = shop.deliver({"42", "7"});
    const auto alone = shop.deliver({"42"});
    CHECK(jobs_only_of(shop.session, "shop", {"42"}) == SubjectIds{alone});
    CHECK(jobs_only_of(shop.session, "shop", {"42", "7"}) == SubjectIds{shared, alone});
    CHECK(jobs_only_of(shop.session, "shop", {}).empty());
    const auto gone = delete_deliveries(shop.session, "shop", "42", 10);
    CHECK(erase_texts_of_empty_jobs(shop.session, gone.jobs) == 1);
    CHECK(erase_texts_of_empty_jobs(shop.session, gone.jobs) == 0);
    CHECK(erase_texts_of_empty_jobs(shop.session, {}) == 0);
    CHECK(job_texts(shop.session, "shop", 0, 10).front().id == shared);
}

TEST_CASE("relays' answers are told, and nulled") {
    Shop shop;
    shop.deliver({"42", "7", "8"});
    shop.session.run("UPDATE pwreset_deliveries SET answer = 'no ''such'' user' WHERE id < 3");
    const auto told = answers(shop.session, "shop", 0, 10);
    REQUIRE(told.size() == 2);
    CHECK(told.back().id == 2);
    CHECK(told.back().text == "no 'such' user");
    CHECK(answers(shop.session, "shop", 1, 10).size() == 1);
    CHECK(answers(shop.session, "crm", 0, 10).empty());
    CHECK(erase_answers(shop.session, {2, 3}) == 1);
    CHECK(erase_answers(shop.session, {}) == 0);
    CHECK(answers(shop.session, "shop", 0, 10).size() == 1);
}

TEST_CASE("counters are told and deleted by their keys alone") {
    Shop shop;
    prepare_limits(shop.session, "shop", {"account:42", "account:421", "wrong:42"});
    prepare_limits(shop.session, "crm", {"account:42"});
    take_limit(shop.session, "shop", "account:42", 5, Seconds(60), shop.session.now() + Seconds(1));
    const std::vector<std::string> keys{"account:42", "wrong:42", "recipient:none"};
    const auto told = counters(shop.session, "shop", keys);
    REQUIRE(told.size() == 2);
    CHECK(told.front().key == "account:42");
    CHECK(told.front().hits == 1);
    CHECK(told.back().hits == 0);
    CHECK(delete_limits(shop.session, "shop", keys) == 2);
    CHECK(shop.number("SELECT COUNT(*) FROM pwreset_limits") == 2);
}

TEST_CASE("personal fields of the trail are told page by page, until they are erased") {
    Shop shop;
    shop.entry("42", 5);
    shop.entry("7", 6);
    shop.entry({}, 5, "revoke");
    shop.entry("42", 5, "send", "crm");
    const auto all = personal_fields(shop.session, "shop", {}, 0, 2);
    REQUIRE(all.size() == 2);
    CHECK(all.front().account == "42");
    CHECK(all.front().delivery_id == 5);
    CHECK(all.front().recipient == std::string("\0\xff'\\ thirty-two bytes, some awkward", 32));
    CHECK(all.front().detail == "250 Ok");
    CHECK_FALSE(all.front().reason);
    CHECK(personal_fields(shop.session, "shop", {}, 2, 2).front().id == 3);
    CHECK(personal_fields(shop.session, "shop", "7", 0, 9).front().id == 2);
    CHECK(audit_rows_about(shop.session, "shop", {5, 6}) == SubjectIds{3});
    CHECK(audit_rows_about(shop.session, "shop", {}).empty());
    CHECK(audit_details(shop.session, "shop", "revoke", {1, 2, 3}) == std::vector<std::string>{"250 Ok"});

    CHECK(erase_persons(shop.session, "shop", {1, 3, 4}) == 2);
    CHECK(erase_persons(shop.session, "shop", {1, 3}) == 0);
    CHECK(erase_persons(shop.session, "shop", {}) == 0);
    CHECK(audit_rows_about(shop.session, "shop", {5, 6}).empty());
    CHECK(audit_details(shop.session, "shop", "revoke", {1, 2, 3}).empty());
    CHECK(personal_fields(shop.session, "shop", {}, 0, 9).size() == 1);
    const auto erased = audit_rows(shop.session, "shop", {1, 4}).front();
    for (const auto& field :
         {erased.account, erased.recipient, erased.ticket, erased.reason, erased.detail, erased.salt}) {
        CHECK_FALSE(field);
    }
    CHECK(erased.personal == std::string(32, 'm'));
    CHECK(erased.operator_name == "tom");
    CHECK(erased.delivery_id == 5);
    CHECK(audit_rows(shop.session, "shop", {4}).empty());
}
