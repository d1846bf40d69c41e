#include "src/audit/chain.h"

#include <algorithm>
#include <charconv>

#include "src/audit/field.h"
#include "src/audit/trail.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

/// A command goes on with the key it began with, and the longest take hours.
constexpr Seconds longest_command{86400};

}  // namespace

std::size_t position(const Keyring& keys, const std::string& id) {
    const auto& all = keys.keys();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.id == id; });
    return static_cast<std::size_t>(found - all.begin());
}

bool is_outdated(const db::AuditRow& row, const Keyring& keys, std::size_t newest, Time since) {
    return position(keys, row.key_id) > newest && row.at - longest_command > since;
}

std::string chain_mac(const db::AuditRow& row, const std::string& before, const Secret& key) {
    std::string text = "pwreset-chain-1;";
    add_field(text, row.app);
    add_field(text, row.seq.value_or(0));
    add_field(text, row.id);
    add_field(text, before);
    add_field(text, row.mac);
    add_field(text, row.chain_key_id);
    return hmac_sha256(key, text);
}

std::string checkpoint_mac(const db::Checkpoint& checkpoint, const Secret& key) {
    std::string text = "pwreset-checkpoint-1;";
    add_field(text, checkpoint.app);
    add_field(text, checkpoint.seq);
    add_field(text, checkpoint.chain_mac);
    add_field(text, db_text(checkpoint.latest));
    add_field(text, checkpoint.erased);
    add_field(text, checkpoint.erasures);
    add_field(text, db_text(checkpoint.purged_at));
    add_field(text, checkpoint.key_id);
    return hmac_sha256(key, text);
}

bool is_genuine(const db::Checkpoint& checkpoint, const Key& key) {
    return checkpoint.key_id == key.id && equal_in_constant_time(checkpoint_mac(checkpoint, key.bytes), checkpoint.mac);
}

Authenticity examine(const db::AuditRow& row, const Keyring& keys) {
    const Key* key = keys.find(row.key_id);
    if (!key) return Authenticity::unknown_key;
    if (!equal_in_constant_time(row_mac(row, key->bytes), row.mac)) return Authenticity::changed;
    if (!row.salt && !row.account && !row.recipient && !row.ticket && !row.reason && !row.detail) {
        return Authenticity::erased;
    }
    return equal_in_constant_time(personal_digest(row), row.personal) ? Authenticity::genuine
                                                                      : Authenticity::changed_personal;
}

std::int64_t erasures_told(const db::AuditRow& row) {
    constexpr std::string_view mark = "audit_rows=";
    if (row.action != "subject-erase" || !row.detail) return 0;
    const auto at = row.detail->find(mark);
    if (at == std::string::npos) return 0;
    std::int64_t count = 0;
    std::from_chars(row.detail->data() + at + mark.size(), row.detail->data() + row.detail->size(), count);
    return std::max<std::int64_t>(count, 0);
}

ChainWalk::ChainWalk(const Keyring& keys, OnFault on_fault)
    : keys_(keys),
      on_fault_(std::move(on_fault)),
      computed_(end_.mac),
      oldest_key_allowed_(keys.keys().size()),
      newest_chain_key_(keys.keys().size()),
      newest_row_key_(keys.keys().size()) {}

void ChainWalk::start(const db::Checkpoint& checkpoint) {
    end_ = {checkpoint.seq, checkpoint.chain_mac};
    computed_ = end_.mac;
    latest_ = checkpoint.latest;
    expected_ = checkpoint.latest;
    erased_ = checkpoint.erased;
    erasures_ = checkpoint.erasures;
    if (keys_.find(checkpoint.key_id)) keys_seen_.insert(checkpoint.key_id);
}

bool ChainWalk::step(const db::AuditRow& row) {
    const bool row_is_good = check_row(row);
    const Link before = end_;
    const Place place = check_place(row, row_is_good);
    // What does not hold for itself says nothing about its place or time.
    const bool time_is_good = !row_is_good || check_time(row);
    const bool key_is_good = !row_is_good || check_age_of_key(row);
    if (row_is_good && place == Place::wrong) fault(Fault::out_of_place, row);
    if (row_is_good && row.copy) fault(Fault::copied, row);
    if (row_is_good && !row.copy && !time_is_good) fault(Fault::backdated, row);
    if (!key_is_good) fault(Fault::outdated_key, row);
    end_ = {*row.seq, row.chain_mac.value_or("")};
    ++rows_;
    const bool proven = row_is_good && place == Place::proven && time_is_good && key_is_good && !row.copy;
    if (proven && row.action == restored_action) {
        restored_after_ = before.seq;
        restored_at_ = *row.seq;
    }
    return proven;
}

bool ChainWalk::check_row(const db::AuditRow& row) {
    switch (examine(row, keys_)) {
        case Authenticity::genuine:
            keys_seen_.insert(row.key_id);
            erasures_ += erasures_told(row);
            return true;
        case Authenticity::erased:
            keys_seen_.insert(row.key_id);
            ++erased_;
            return true;
        case Authenticity::changed:
            fault(Fault::changed, row);
            return false;
        case Authenticity::changed_personal:
            fault(Fault::changed_personal, row);
            return false;
        case Authenticity::unknown_key:
            break;
    }
    fault(Fault::unknown_key, row);
    return false;
}

ChainWalk::Place ChainWalk::check_place(const db::AuditRow& row, bool row_is_good) {
    const Link before = end_;
    const std::string computed = std::exchange(computed_, row.chain_mac.value_or(""));
    const std::string id = row.chain_key_id.value_or("");
    const Key* key = keys_.find(id);
    // Its own MAC says that it was sealed right behind the row before: nothing is missing there.
    const bool leap = row_is_good && row.action == restored_action && key && *row.seq > before.seq &&
                      row.chain_mac == chain_mac(row, before.mac, key->bytes);
    const bool gap = *row.seq != before.seq + 1 && !leap;
    if (gap) on_fault_(Fault::missing, before.seq + 1, *row.seq - 1);
    if (!key) {
        fault(Fault::unknown_key, row);
        return Place::unprovable;
    }
    keys_seen_.insert(id);
    const std::size_t place = position(keys_, id);
    if (place > oldest_key_allowed_) fault(Fault::older_key, row);
    oldest_key_allowed_ = place;
    newest_chain_key_ = std::min(newest_chain_key_, place);
    // On the rows that are missing this one cannot be checked; the next one is, against what is stored here.
    if (gap) return Place::unprovable;
    // Where only the stored MAC of the row before was changed, this one still stands on the right one.
    if (row.chain_mac == chain_mac(row, before.mac, key->bytes)) return Place::proven;
    computed_ = chain_mac(row, computed, key->bytes);
    return row.chain_mac == computed_ ? Place::proven : Place::wrong;
}

bool ChainWalk::check_time(const db::AuditRow& row) {
    latest_ = std::max(latest_, row.at);
    // It stands before rows that are older than itself.
    if (row.action == seal_late_action) return true;
    const bool told = row.action == clock_back_action;
    const bool good = told || std::exchange(clock_went_back_, false) || row.at >= expected_ - longest_delay;
    if (told) {
        clock_went_back_ = true;
        return true;
    }
    // After a clock that was wrong has been set right, one finding is enough, and so is one entry.
    if (row.at < expected_ - longest_delay) expected_ = row.at;
    expected_ = std::max(expected_, row.at);
    return good;
}

/// Who stole a key that was replaced since can make rows with it, but none with the key that replaced it. So the first
/// row with that one tells when it was.
bool ChainWalk::check_age_of_key(const db::AuditRow& row) {
    const std::size_t place = position(keys_, row.key_id);
    if (place < newest_row_key_) {
        newest_row_key_ = place;
        newest_since_ = row.at;
    }
    return !is_outdated(row, keys_, newest_row_key_, newest_since_);
}

}  // namespace pwreset
