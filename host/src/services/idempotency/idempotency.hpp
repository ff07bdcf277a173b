#pragma once
// The same request again gets the first result.
#include <optional>
#include <string>
#include <string_view>

#include "podium/http/message.hpp"
#include "services/core.hpp"

namespace podium::host {

/// One request that may be sent again under an idempotency key, of the header Idempotency-Key or
/// the body's member `idempotency_key`. Without a key nothing is looked up or kept. Results are
/// kept for a week, for each principal and operation.
class Once {
 public:
  /// `key` is the body's member; `operation` names the call and what it is of. Throws `invalid` for
  /// a key that is none, or two that differ.
  Once(const Core&, const Request&, std::string operation, std::optional<std::string> key);
  /// Of a call that is no HTTP request of its own: `request` is what must be the same again. "" is
  /// no key.
  Once(const Core&, const Principal&, std::string operation, std::string key, std::string request);

  /// What `remember` was given for the key before, if it was. Throws `conflict` when the key came
  /// with another request.
  std::optional<std::string> before(Transaction&) const;
  /// Keeps a result, in the transaction that makes it.
  void remember(Transaction&, std::string_view result) const;

 private:
  void check_key() const;

  const Core& core_;
  const Principal& who_;
  std::string operation_, key_, request_;
};

}  // namespace podium::host
