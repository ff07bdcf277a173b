#pragma once
// The messages: a collection of the plugin's own, with its second version.
#include <cstdint>
#include <optional>
#include <string>

#include "podium/store/schema.hpp"
#include "podium/store/store.hpp"

// The tests build the plugin once more as it was at version 1.
#ifndef ACME_CHAT_VERSION
#define ACME_CHAT_VERSION 2
#endif

namespace acme {

inline constexpr const char* messages_name = "acme.chat/messages";

/// One record a task and state that is told of. Version 1 had the text and whether it was sent;
/// version 2 counts the attempts and keeps what went wrong last.
podium::Collection messages_collection();

struct Message {
  podium::Ordinal ordinal = 0;
  std::string id;  ///< "TASK/failed/1764340000000": also what the room knows it by
  std::string room, text;
  std::int64_t created = 0;
  std::optional<std::int64_t> sent;
  std::int64_t attempts = 0;
  std::string error;
};

/// The columns that `message_of` reads.
const std::vector<podium::Column>& message_columns();
Message message_of(const podium::Row&);

/// What became of a try to deliver it; `error` empty: it is there.
podium::Patch attempt(const Message&, std::int64_t now, const std::string& error, bool last);

std::int64_t now_ms();

}  // namespace acme
