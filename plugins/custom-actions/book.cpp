#include "book.hpp"

#include <algorithm>

#include "clock.hpp"
#include "custom_action.hpp"
#include "members.hpp"
#include "podium/http/client.hpp"
#include "podium/store/store.hpp"

namespace podium::custom {
namespace {

/// Something that the URL may become: what is substituted changes neither its host nor its port.
std::string sample_url(const Template& url) {
  std::string out;
  for (const Piece& piece : url.pieces()) out += piece.substitution ? "x" : piece.text;
  return out;
}

struct Kept {
  Ordinal ordinal = 0;
  std::int64_t version = 0;
};

Kept require(Transaction& t, CollectionId actions, std::string_view id, std::string_view if_match) {
  Kept kept;
  kept.ordinal = t.find(actions, id);
  if (!kept.ordinal ||
      !t.get(actions, kept.ordinal, {}, [&](const Row& row) { kept.version = row.version(); }))
    throw Error(ErrorCode::not_found, "there is no custom action '" + std::string(id) + "'");
  check_if_match(if_match, kept.version);
  return kept;
}

}  // namespace

Collection actions_collection() {
  Collection c;
  c.name = actions_name;
  c.fields = {{"created", Type::time}, {"updated", Type::time}, {"who", Type::text}};
  c.body = true;
  c.readers = "all";
  return c;
}

Book::Book(PluginContext& context) : context_(context) {
  const Json& config = context.config();
  Members members(config, "");
  secrets_ = Secrets(members.any("secrets"));
  const Json& actions = members.any("actions");
  if (actions.is_null()) return;
  if (!actions.is_array()) refuse("actions", "must be a list of definitions");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    try {
      configured_.push_back(read_definition(actions[i], secrets_, context.query_language(),
                                            context.vocabulary("tasks")));
    } catch (const Error& e) {
      const std::string at = "actions[" + std::to_string(i) + "]";
      throw Error(ErrorCode::invalid, at + "." + e.what()).in(at + "." + e.field());
    }
    for (std::size_t j = 0; j < i; ++j)
      if (configured_[j]->id == configured_[i]->id)
        refuse("actions[" + std::to_string(i) + "].id", "is that of an action before it");
  }
}

void Book::open() {
  for (const auto& definition : configured_) {
    try {
      context_.http().check(sample_url(definition->url));
    } catch (const Error& e) {
      context_.log(LogLevel::warning,
                   "the action '" + definition->id + "' will fail when it is used: " + e.what());
    }
  }
  reload();
}

std::vector<DefinitionPtr> Book::all() const {
  std::vector<DefinitionPtr> out = configured_;
  const std::lock_guard lock(mutex_);
  out.insert(out.end(), stored_.begin(), stored_.end());
  return out;
}

DefinitionPtr Book::find(std::string_view id) const {
  for (const auto& definition : all())
    if (definition->id == id) return definition;
  return nullptr;
}

bool Book::is_configured(std::string_view id) const {
  return std::any_of(configured_.begin(), configured_.end(),
                     [&](const DefinitionPtr& d) { return d->id == id; });
}

DefinitionPtr Book::read(const Json& json) const {
  auto definition =
      read_definition(json, secrets_, context_.query_language(), context_.vocabulary("tasks"));
  try {
    context_.http().check(sample_url(definition->url));
  } catch (const Error& e) {
    throw Error(ErrorCode::invalid, std::string("request.url: ") + e.what()).in("request.url");
  }
  return definition;
}

void Book::require_stored(std::string_view id) const {
  if (is_configured(id))
    throw Error(ErrorCode::conflict, "the custom action '" + std::string(id) +
                                         "' is defined in podium.toml: change it there");
}

void Book::add(const Principal& who, const Definition& definition) {
  if (is_configured(definition.id))
    throw Error(ErrorCode::exists,
                "the custom action '" + definition.id + "' is defined in podium.toml")
        .in("id");
  Store& store = context_.store();
  const CollectionId actions = store.collection(actions_name);
  const std::int64_t time = now();
  store.write([&](Transaction& t) {
    if (t.find(actions, definition.id))
      throw Error(ErrorCode::exists, "there is a custom action '" + definition.id + "' already")
          .in("id");
    NewRecord record{definition.id, {}};
    record.content.set("created", time).set("updated", time).set("who", who.id);
    record.content.body = definition.source;
    t.insert(actions, record);
  });
  reload();
}

void Book::replace(const Principal& who, const Definition& definition, std::string_view if_match) {
  require_stored(definition.id);
  Store& store = context_.store();
  const CollectionId actions = store.collection(actions_name);
  const std::int64_t time = now();
  store.write([&](Transaction& t) {
    const Kept kept = require(t, actions, definition.id, if_match);
    Patch patch;
    patch.set("updated", time).set("who", who.id);
    patch.body = definition.source;
    t.update_version(actions, kept.ordinal, kept.version, patch);
  });
  reload();
}

void Book::remove(std::string_view id, std::string_view if_match) {
  require_stored(id);
  Store& store = context_.store();
  const CollectionId actions = store.collection(actions_name);
  store.write([&](Transaction& t) {
    const Kept kept = require(t, actions, id, if_match);
    t.erase(actions, std::span<const Ordinal>(&kept.ordinal, 1));
  });
  reload();
}

void Book::reload() {
  const std::lock_guard lock(mutex_);
  Store& store = context_.store();
  Query query;
  query.collection = store.collection(actions_name);
  query.columns = {value_of(record_body())};
  std::vector<std::pair<std::string, std::string>> kept;
  store.query(query, [&](const Row& row) {
    const Cell body = row.cell(0);
    if (const auto* text = std::get_if<std::string_view>(&body)) kept.emplace_back(row.id(), *text);
    return true;
  });
  stored_.clear();
  for (const auto& [id, body] : kept) {
    try {
      if (is_configured(id)) throw Error(ErrorCode::exists, "podium.toml defines it too");
      stored_.push_back(read_definition(Json::parse(body), secrets_, context_.query_language(),
                                        context_.vocabulary("tasks")));
    } catch (const std::exception& e) {
      context_.log(LogLevel::warning, "the custom action '" + id + "' is left out: " + e.what());
    }
  }
  ++revision_;
}

std::vector<std::shared_ptr<Action>> CustomActions::actions() const {
  std::vector<std::shared_ptr<Action>> out;
  for (auto& definition : book_.all())
    out.push_back(std::make_shared<CustomAction>(context_, book_.secrets(), std::move(definition)));
  return out;
}

}  // namespace podium::custom
