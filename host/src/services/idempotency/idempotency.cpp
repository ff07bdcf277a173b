#include "services/idempotency/idempotency.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "podium/json.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::host {
namespace {

constexpr std::int64_t kept_for = 7 * 86'400'000LL;

/// What must be the same when the key is: the body without the key.
std::string canonical(std::string_view body) {
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return {};
  json.erase("idempotency_key");
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Once::Once(const Core& core, const Request& request, std::string operation,
           std::optional<std::string> key)
    : core_(core), who_(request.who()), operation_(std::move(operation)) {
  const std::string_view header = request.header("Idempotency-Key");
  if (key && !header.empty() && *key != header)
    throw Error(ErrorCode::invalid, "the header Idempotency-Key and the body name different keys")
        .in("idempotency_key");
  if (!key && header.empty()) return;
  key_ = key ? *key : std::string(header);
  check_key();
  request_ = canonical(request.body());
}

Once::Once(const Core& core, const Principal& who, std::string operation, std::string key,
           std::string request)
    : core_(core),
      who_(who),
      operation_(std::move(operation)),
      key_(std::move(key)),
      request_(std::move(request)) {
  if (!key_.empty()) check_key();
}

void Once::check_key() const {
  const bool plain = std::all_of(
      key_.begin(), key_.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f && c < 0x80; });
  if (key_.empty() || key_.size() > 255 || !plain)
    throw Error(ErrorCode::invalid, "an idempotency key is 1 to 255 printable ASCII characters")
        .in("idempotency_key");
}

std::optional<std::string> Once::before(Transaction& t) const {
  if (key_.empty()) return std::nullopt;
  static const std::array columns = {value_of(record_body())};
  std::string kept;
  t.query(core_.in.idempotency, KeyRange{"key", {who_.id, operation_, key_}, {}, {}, false}, 1,
          columns, [&](const Row& row) {
            kept = cell::text(row.cell(0));
            return false;
          });
  if (kept.empty()) return std::nullopt;
  const Json json = Json::parse(kept);
  if (json.at("request").get_ref<const std::string&>() != request_)
    throw Error(ErrorCode::conflict,
                "the idempotency key was used for another request; take a new key")
        .in("idempotency_key");
  return json.at("result").get<std::string>();
}

void Once::remember(Transaction& t, std::string_view result) const {
  if (key_.empty()) return;
  const std::int64_t now = core_.now();
  std::vector<Ordinal> old;
  t.query(core_.in.idempotency,
          KeyRange{"at", {}, Value{std::int64_t{0}}, Value{now - kept_for}, false}, 16, {},
          [&](const Row& row) {
            old.push_back(row.ordinal());
            return true;
          });
  if (!old.empty()) t.erase(core_.in.idempotency, old);
  const std::string body = Json{{"request", request_}, {"result", result}}.dump();
  NewRecord record;
  record.content.set("principal", who_.id)
      .set("operation", operation_)
      .set("key", key_)
      .set("at", now);
  record.content.body = body;
  t.insert(core_.in.idempotency, record);
}

}  // namespace podium::host
