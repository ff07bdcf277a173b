#include "definition.hpp"

#include <algorithm>
#include <cctype>

#include "members.hpp"

namespace podium::custom {
namespace {

bool is_word(std::string_view text, bool underscore) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z' || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && !underscore) ||
           (c == '_' && underscore);
  });
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Reads one definition; keeps what its parts need to know of each other.
class Reading {
 public:
  Reading(const Json& json, const Secrets& secrets, const QueryLanguage& language,
          const Vocabulary& tasks)
      : members_(json, ""), secrets_(secrets), language_(language), tasks_(tasks) {
    out_.source = json.dump();
  }

  Definition run() {
    out_.id = members_.required("id");
    if (!is_word(out_.id, false) || out_.id == "try" || out_.id == "audit")
      refuse("id", "must be a word that can be typed, [a-z][a-z0-9-]*, and not try or audit");
    out_.each = one_of("batch", {"each", "single"}, "each") == "each";
    out_.parallel = static_cast<std::size_t>(members_.integer("max_parallel", 4, 1, 32));
    read_spec();
    read_request();
    read_response();
    members_.finish();
    check_names();
    return std::move(out_);
  }

 private:
  std::string one_of(const std::string& name, std::initializer_list<std::string_view> words,
                     const char* fallback) {
    const std::string word = members_.text(name, fallback);
    if (std::find(words.begin(), words.end(), word) == words.end())
      refuse(name, "must be each or single");
    return word;
  }

  void read_spec() {
    ActionSpec& spec = out_.spec;
    spec.label = members_.required("label");
    spec.tooltip = members_.text("tooltip", spec.label);
    spec.icon = members_.text("icon");
    spec.group = members_.text("group", "custom");
    spec.order = members_.integer("order", 0, -1'000'000, 1'000'000);
    spec.permission = members_.text("permission", "task.write");
    if (spec.permission.empty()) refuse("permission", "must name a permission");
    spec.why_not = members_.text("why_not");
    spec.when = members_.text("when");
    try {
      (void)language_.parse(spec.when, tasks_);
    } catch (const Error& e) {
      throw Error(ErrorCode::invalid, std::string("when: ") + e.what()).in("when").at(e.position());
    }
    read_parameters();
    if (const Json& confirm = members_.any("confirm"); !confirm.is_null()) {
      Members asked(confirm, "confirm");
      const Template question(asked.required("text"), "confirm.text");
      for (const Piece& piece : question.pieces()) {
        if (piece.substitution && piece.name.kind != Name::Kind::count)
          refuse("confirm.text", "may say {{count}} only: it is asked before all else is known");
        spec.confirm += piece.substitution ? "{count}" : piece.text;
      }
      spec.destructive = asked.truth("type_to_confirm", false);
      asked.finish();
    }
  }

  void read_parameters() {
    const Json& schema = members_.any("parameters");
    if (schema.is_null()) return;
    if (!schema.is_object() || schema.value("type", Json()) != "object")
      refuse("parameters", R"(must be a JSON Schema {"type": "object", "properties": {...}})");
    const Json properties = schema.value("properties", Json::object());
    if (!properties.is_object()) refuse("parameters.properties", "must be an object");
    for (const auto& [name, property] : properties.items()) {
      const std::string path = "parameters.properties." + name;
      if (!is_word(name, true)) refuse(path, "has a name that cannot be typed: [a-z][a-z0-9_]*");
      if (!property.is_object()) refuse(path, "must be a JSON Schema");
      parameters_.push_back(name);
    }
    out_.spec.parameters = schema.dump();
  }

  Template read_template(const std::string& text, const std::string& path, bool header = false) {
    Template out(text, path);
    for (const Piece& piece : out.pieces()) {
      if (!piece.substitution) continue;
      const Name& name = piece.name;
      if (name.kind == Name::Kind::secret) {
        if (!header) refuse(path, "may hold no secret: secrets go into headers and sign only");
        check_secret(name.key, path);
      }
      if (name.of_task() && !out_.each)
        refuse(path, "names one task, '{{" + name.source +
                         "}}', but batch is single: there are count and ids");
      if (name.kind == Name::Kind::parameter &&
          std::find(parameters_.begin(), parameters_.end(), name.key) == parameters_.end())
        refuse(path, "has '{{" + name.source + "}}', which is no property of parameters");
      out_.names.push_back(name);
    }
    return out;
  }

  void check_secret(const std::string& name, const std::string& path) const {
    if (!secrets_.has(name))
      refuse(path, "names the secret '" + name + "', which the configuration does not have");
    if (!secrets_.may_go_to(name, out_.url.head()))
      refuse(path, "names the secret '" + name + "', whose origins do not have that of the URL");
  }

  void read_request() {
    Members request(members_.any("request"), "request");
    out_.method = request.text("method", "POST");
    constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    if (std::find(std::begin(methods), std::end(methods), out_.method) == std::end(methods))
      refuse("request.method", "must be GET, HEAD, POST, PUT, PATCH or DELETE");
    out_.url = read_template(request.required("url"), "request.url");
    const std::string_view head = out_.url.head();
    const auto origin = head.find("://");
    const bool whole = out_.url.pieces().size() == 1 && !out_.url.alone();
    if (origin == head.npos || (!whole && head.find_first_of("/?", origin + 3) == head.npos))
      refuse("request.url", "must begin with scheme, host and '/', where nothing is substituted");
    read_headers(request.any("headers"));
    read_body(request.any("body"));
    out_.timeout = std::chrono::milliseconds(request.integer("timeout_ms", 5'000, 1, 60'000));
    out_.retries = request.integer("retries", 0, 0, 5);
    out_.sign = request.text("sign");
    if (!out_.sign.empty()) check_secret(out_.sign, "request.sign");
    request.finish();
  }

  void read_headers(const Json& headers) {
    if (headers.is_null()) return;
    if (!headers.is_object()) refuse("request.headers", "must be an object");
    constexpr std::string_view ours[] = {
        "accept-encoding", "connection", "content-length",   "expect",           "host",
        "idempotency-key", "keep-alive", "podium-signature", "podium-timestamp", "te",
        "trailer",         "upgrade",    "transfer-encoding"};
    for (const auto& [name, value] : headers.items()) {
      const std::string path = "request.headers." + name;
      const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
      });
      if (!token) refuse(path, "is no name of a header");
      const std::string plain = lower(name);
      if (std::find(std::begin(ours), std::end(ours), plain) != std::end(ours))
        refuse(path, "is a header that podium sets");
      if (!value.is_string()) refuse(path, "must be a text");
      const auto text = value.get<std::string>();
      if (std::any_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        refuse(path, "has a line break or another control character");
      if (plain == "content-type") content_type_ = lower(text.substr(0, text.find(';')));
      out_.headers.emplace_back(name, read_template(text, path, true));
    }
  }

  void read_body(const Json& body) {
    if (body.is_null()) return;
    const std::string path = "request.body";
    const bool json_type = content_type_ == "application/json" || content_type_.ends_with("+json");
    const auto content_type = [&](BodyForm form, const char* usual) {
      out_.form = form;
      if (content_type_.empty()) out_.headers.emplace_back("Content-Type", Template(usual, path));
    };
    if (!body.is_string() || json_type) {
      if (!body.is_string() && !json_type && !content_type_.empty())
        refuse("request.headers.Content-Type", "must be a kind of JSON for a body that is JSON");
      out_.json = body.is_string() ? Json::parse(body.get<std::string>(), nullptr, false) : body;
      if (out_.json.is_discarded()) refuse(path, "is no JSON, as its Content-Type says");
      check_json(out_.json, path);
      content_type(BodyForm::json, "application/json");
      return;
    }
    out_.text = read_template(body.get<std::string>(), path);
    if (content_type_ == "application/x-www-form-urlencoded")
      out_.form = BodyForm::form;
    else if (content_type_.empty() || content_type_ == "text/plain")
      content_type(BodyForm::text, "text/plain; charset=utf-8");
    else if (std::none_of(out_.text.pieces().begin(), out_.text.pieces().end(),
                          [](const Piece& piece) { return piece.substitution; }))
      out_.form = BodyForm::text;
    else
      refuse(path,
             "has substitutions, but podium cannot escape for its Content-Type: it knows "
             "JSON, application/x-www-form-urlencoded and text/plain");
  }

  void check_json(const Json& value, const std::string& path, int depth = 0) {
    if (depth > 32) refuse(path, "nests deeper than 32");
    if (value.is_string())
      (void)read_template(value.get<std::string>(), path);
    else if (value.is_array())
      for (std::size_t i = 0; i < value.size(); ++i)
        check_json(value[i], path + "[" + std::to_string(i) + "]", depth + 1);
    else if (value.is_object())
      for (const auto& [name, member] : value.items()) {
        if (name.find("{{") != name.npos)
          refuse(path + "." + name, "has a substitution in the name of a member");
        check_json(member, path + "." + name, depth + 1);
      }
  }

  /// "$.a.b" or "/a/b" as the latter.
  std::string read_pointer(Members& from, const std::string& name) {
    std::string text = from.text(name);
    if (text.empty()) return text;
    if (text.starts_with("$.")) {
      text.erase(0, 1);
      std::string pointer;
      for (const char c : text)
        pointer += c == '.'   ? std::string("/")
                   : c == '/' ? std::string("~1")
                   : c == '~' ? std::string("~0")
                              : std::string(1, c);
      text = pointer;
    }
    try {
      (void)Json::json_pointer(text);
    } catch (const std::exception&) {
      refuse(from.path(name), "must be a path into the answer such as $.message or /message");
    }
    return text;
  }

  void read_response() {
    const Json& json = members_.any("response");
    if (json.is_null()) return;
    Members response(json, "response");
    if (const Json& ok = response.any("ok"); !ok.is_null()) {
      if (!ok.is_array() || ok.empty()) refuse("response.ok", "must be a list of statuses");
      for (const Json& status : ok) {
        if (!status.is_number_integer() || status < 200 || status > 599)
          refuse("response.ok", "must be a list of statuses from 200 to 599");
        out_.ok.push_back(status.get<int>());
      }
    }
    out_.toast = read_pointer(response, "toast");
    out_.open_url = read_pointer(response, "open_url");
    if (const Json& then = response.any("then"); !then.is_null()) {
      Members after(then, "response.then");
      const Json& tags = after.any("add_tags");
      if (!tags.is_array() || tags.empty() || tags.size() > 50)
        refuse("response.then.add_tags", "must be a list of 1 to 50 tags");
      for (const Json& tag : tags) {
        if (!tag.is_string() || tag.get<std::string>().empty() ||
            tag.get<std::string>().size() > 250)
          refuse("response.then.add_tags", "must be a list of texts of 250 bytes at most");
        out_.add_tags.push_back(tag.get<std::string>());
      }
      after.finish();
    }
    response.finish();
  }

  /// A list has a place in JSON, and in what is encoded.
  void check_names() const {
    for (const auto& [name, value] : out_.headers)
      for (const Piece& piece : value.pieces())
        if (piece.substitution && piece.name.kind == Name::Kind::ids && !piece.url)
          refuse("request.headers." + name, "has '{{ids}}': write '{{ids|url}}' in a header");
  }

  Members members_;
  const Secrets& secrets_;
  const QueryLanguage& language_;
  const Vocabulary& tasks_;
  Definition out_;
  std::vector<std::string> parameters_;
  std::string content_type_;
};

}  // namespace

bool Definition::is_ok(int status) const {
  if (ok.empty()) return status >= 200 && status <= 299;
  return std::find(ok.begin(), ok.end(), status) != ok.end();
}

DefinitionPtr read_definition(const Json& json, const Secrets& secrets,
                              const QueryLanguage& language, const Vocabulary& tasks) {
  return std::make_shared<const Definition>(Reading(json, secrets, language, tasks).run());
}

}  // namespace podium::custom
