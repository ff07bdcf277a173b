// Declarations as JSON and back.
#include <nlohmann/json.hpp>

#include "json_names.hpp"
#include "podium/error.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/declaration.hpp"

namespace podium::kit {
namespace {

using nlohmann::json;

constexpr std::string_view types[] = {"text", "integer", "real",     "boolean",
                                      "time", "scalar",  "reference"};
constexpr std::string_view on_erase_words[] = {"cascade", "clear"};
constexpr std::string_view last_rules[] = {"step_time_value", "time_step"};

void write_names(JsonWriter& w, std::string_view key, const std::vector<std::string>& names) {
  w.key(key).array();
  for (const std::string& name : names) w.value(name);
  w.end_array();
}

[[noreturn]] void damaged(const std::string& why) {
  throw Error(ErrorCode::corrupt, "a stored declaration is damaged: " + why);
}

template <class E>
E read_word(Words words, const json& j) {
  const auto& word = j.get_ref<const std::string&>();
  if (const auto value = value_of<E>(words, word)) return *value;
  damaged("'" + word + "' is no known word");
}

std::vector<std::string> read_names(const json& j) { return j.get<std::vector<std::string>>(); }

}  // namespace

std::string to_json(const Collection& c) {
  std::string out;
  JsonWriter w(out);
  w.object().key("name").value(c.name).key("version").value(c.version);
  w.key("sequence").value(c.sequence).key("first").value(c.first);
  w.key("fields").array();
  for (const Field& f : c.fields) {
    w.object().key("name").value(f.name).key("type").value(word_of(types, f.type));
    if (f.type == Type::reference)
      w.key("target").value(f.target).key("on_erase").value(word_of(on_erase_words, f.on_erase));
    if (f.derived) w.key("derived").value(true);
    w.end_object();
  }
  w.end_array().key("keys").array();
  for (const Key& k : c.keys) {
    w.object().key("name").value(k.name);
    write_names(w, "fields", k.fields);
    w.key("unique").value(k.unique).end_object();
  }
  w.end_array().key("partition").value(c.partition).key("maps").array();
  for (const Map& m : c.maps)
    w.object().key("name").value(m.name).key("indexed").value(m.indexed).end_object();
  w.end_array().key("series").array();
  for (const Series& s : c.series)
    w.object()
        .key("name")
        .value(s.name)
        .key("last")
        .value(word_of(last_rules, s.last))
        .end_object();
  w.end_array().key("body").value(c.body).key("steps").array();
  for (const Step& s : c.steps) {
    w.object().key("to").value(s.to);
    write_names(w, "added_fields", s.added_fields);
    write_names(w, "added_keys", s.added_keys);
    write_names(w, "added_maps", s.added_maps);
    write_names(w, "added_series", s.added_series);
    w.end_object();
  }
  w.end_array().key("readers").value(c.readers).end_object();
  return out;
}

Collection collection_from_json(std::string_view text) {
  try {
    const json j = json::parse(text);
    Collection c;
    c.name = j.at("name").get<std::string>();
    c.version = j.at("version").get<int>();
    c.sequence = j.at("sequence").get<bool>();
    c.first = j.at("first").get<std::int64_t>();
    for (const json& f : j.at("fields")) {
      Field field;
      field.name = f.at("name").get<std::string>();
      field.type = read_word<Type>(types, f.at("type"));
      if (field.type == Type::reference) {
        field.target = f.at("target").get<std::string>();
        field.on_erase = read_word<OnErase>(on_erase_words, f.at("on_erase"));
      }
      field.derived = f.value("derived", false);
      c.fields.push_back(std::move(field));
    }
    for (const json& k : j.at("keys"))
      c.keys.push_back({k.at("name").get<std::string>(), read_names(k.at("fields")),
                        k.at("unique").get<bool>()});
    c.partition = j.at("partition").get<std::string>();
    for (const json& m : j.at("maps"))
      c.maps.push_back({m.at("name").get<std::string>(), m.at("indexed").get<bool>()});
    for (const json& s : j.at("series"))
      c.series.push_back(
          {s.at("name").get<std::string>(), read_word<LastRule>(last_rules, s.at("last"))});
    c.body = j.at("body").get<bool>();
    for (const json& s : j.at("steps"))
      c.steps.push_back({s.at("to").get<int>(), read_names(s.at("added_fields")),
                         read_names(s.at("added_keys")), read_names(s.at("added_maps")),
                         read_names(s.at("added_series"))});
    c.readers = j.at("readers").get<std::string>();
    return c;
  } catch (const json::exception& e) {
    damaged(e.what());
  }
}

}  // namespace podium::kit
