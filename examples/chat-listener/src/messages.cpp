#include "messages.hpp"

#include <chrono>

namespace acme {
namespace {

constexpr bool counts_attempts = ACME_CHAT_VERSION >= 2;

podium::Field field_of(const char* name, podium::Type type) {
  podium::Field f;
  f.name = name;
  f.type = type;
  return f;
}

}  // namespace

podium::Collection messages_collection() {
  podium::Collection c;
  c.name = messages_name;
  c.fields = {field_of("room", podium::Type::text), field_of("text", podium::Type::text),
              field_of("created", podium::Type::time), field_of("sent", podium::Type::time),
              // waiting, sent or given_up
              field_of("state", podium::Type::text)};
  c.keys = {{"state", {"state", "created"}, false}};
  c.readers = "all";
  c.version = ACME_CHAT_VERSION;
  if constexpr (counts_attempts) {
    c.fields.push_back(field_of("attempts", podium::Type::integer));
    c.fields.push_back(field_of("error", podium::Type::text));
    podium::Step step;
    step.to = 2;
    step.added_fields = {"attempts", "error"};
    c.steps = {std::move(step)};
  }
  return c;
}

const std::vector<podium::Column>& message_columns() {
  static const std::vector<podium::Column> columns = [] {
    std::vector<podium::Column> out;
    for (const char* name : {"room", "text", "created", "sent"})
      out.push_back(value_of(podium::field(name)));
    if (counts_attempts)
      for (const char* name : {"attempts", "error"}) out.push_back(value_of(podium::field(name)));
    return out;
  }();
  return columns;
}

Message message_of(const podium::Row& row) {
  Message m;
  m.ordinal = row.ordinal();
  m.id = row.id();
  m.room = podium::cell::text(row.cell(0));
  m.text = podium::cell::text(row.cell(1));
  m.created = podium::cell::integer(row.cell(2));
  m.sent = podium::cell::integer_if(row.cell(3));
  if (counts_attempts) {
    m.attempts = podium::cell::integer(row.cell(4));  // missing in records of version 1
    m.error = podium::cell::text(row.cell(5));
  }
  return m;
}

podium::Patch attempt(const Message& message, std::int64_t now, const std::string& error,
                      bool last) {
  podium::Patch patch;
  if (error.empty())
    patch.set("sent", now).set("state", std::string("sent"));
  else if (last)
    patch.set("state", std::string("given_up"));
  if (counts_attempts)
    patch.set("attempts", message.attempts + 1)
        .set("error", error.empty() ? podium::Value{} : podium::Value{error});
  return patch;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace acme
