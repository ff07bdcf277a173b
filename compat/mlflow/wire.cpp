#include "wire.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "errors.hpp"
#include "python_text.hpp"

namespace podium::mlflow {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t max_depth = 64;
constexpr std::string_view see_docs =
    " See the API docs for more information about request parameters.";

constexpr std::array run_status_names = {EnumName{"RUNNING", 1}, EnumName{"SCHEDULED", 2},
                                         EnumName{"FINISHED", 3}, EnumName{"FAILED", 4},
                                         EnumName{"KILLED", 5}};
constexpr std::array view_type_names = {EnumName{"ACTIVE_ONLY", 1}, EnumName{"DELETED_ONLY", 2},
                                        EnumName{"ALL", 3}};
constexpr std::array model_status_names = {
    EnumName{"LOGGED_MODEL_STATUS_UNSPECIFIED", 0}, EnumName{"LOGGED_MODEL_PENDING", 1},
    EnumName{"LOGGED_MODEL_READY", 2}, EnumName{"LOGGED_MODEL_UPLOAD_FAILED", 3}};

std::string camel_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' && i + 1 < name.size()) {
      const char c = name[++i];
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else {
      out += name[i];
    }
  }
  return out;
}

dom::array array_of(dom::element value) {
  dom::array array;
  return value.get(array) == simdjson::SUCCESS ? array : dom::array();
}
dom::object object_of(dom::element value) {
  dom::object object;
  return value.get(object) == simdjson::SUCCESS ? object : dom::object();
}

/// A value as a compact JSON text with sorted keys, as MLflow's messages quote it.
std::string quoted(dom::element value) {
  switch (value.type()) {
    case dom::element_type::STRING:
      return json_text(value.get_string().value_unsafe());
    case dom::element_type::INT64:
      return fmt::format("{}", value.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return fmt::format("{}", value.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return repr(value.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return value.get_bool().value_unsafe() ? "true" : "false";
    case dom::element_type::NULL_VALUE:
      return "null";
    case dom::element_type::ARRAY: {
      std::string out = "[";
      for (dom::element item : array_of(value)) {
        if (out.size() > 1) out += ',';
        out += quoted(item);
      }
      return out + "]";
    }
    case dom::element_type::OBJECT:
      break;
  }
  std::vector<std::pair<std::string, std::string>> members;
  for (auto [key, member] : object_of(value)) members.emplace_back(key, quoted(member));
  std::sort(members.begin(), members.end());
  std::string out = "{";
  for (const auto& [key, member] : members) {
    if (out.size() > 1) out += ',';
    out += json_text(key) + ":" + member;
  }
  return out + "}";
}

std::string_view python_type(dom::element value) {
  switch (value.type()) {
    case dom::element_type::STRING:
      return "str";
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      return "int";
    case dom::element_type::DOUBLE:
      return "float";
    case dom::element_type::BOOL:
      return "bool";
    case dom::element_type::NULL_VALUE:
      return "NoneType";
    case dom::element_type::ARRAY:
      return "list";
    case dom::element_type::OBJECT:
      break;
  }
  return "dict";
}

std::optional<std::int64_t> as_integer(double number) {
  if (number != std::floor(number) || std::abs(number) >= 9.2e18) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> as_integer(std::string_view text) {
  if (text.find(' ') != std::string_view::npos) return std::nullopt;
  if (const auto number = whole_number(text)) return number;
  // "5.0" and "1e3" spell whole numbers; "nan" and "inf" do not.
  const auto number = real_number(text);
  return number ? as_integer(*number) : std::nullopt;
}

std::optional<std::int64_t> as_integer(dom::element value) {
  switch (value.type()) {
    case dom::element_type::INT64:
      return value.get_int64().value_unsafe();
    case dom::element_type::DOUBLE:
      return as_integer(value.get_double().value_unsafe());
    case dom::element_type::STRING:
      return as_integer(value.get_string().value_unsafe());
    default:
      return std::nullopt;
  }
}

std::optional<double> as_real(std::string_view text) {
  if (text == "nan") return std::nullopt;  // the mapping wants "NaN"
  return real_number(text);
}

std::optional<double> as_real(dom::element value) {
  switch (value.type()) {
    case dom::element_type::INT64:
      return static_cast<double>(value.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      return static_cast<double>(value.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
      return value.get_double().value_unsafe();
    case dom::element_type::BOOL:
      return value.get_bool().value_unsafe() ? 1.0 : 0.0;
    case dom::element_type::STRING:
      return as_real(value.get_string().value_unsafe());
    default:
      return std::nullopt;
  }
}

/// The text with ".0" behind each whole number that 64 bits may not hold, so that it reads as a
/// double; nothing when there is none.
std::optional<std::string> with_wide_numbers(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      ++i;
    } else if (text[i] >= '0' && text[i] <= '9') {
      const std::size_t begin = i;
      while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
      constexpr std::size_t safe_digits = 18;
      const bool fraction = i < text.size() && (text[i] == '.' || text[i] == 'e' || text[i] == 'E');
      if (i - begin > safe_digits && !fraction) {
        out.append(text, copied, i - copied);
        out += ".0";
        copied = i;
      }
      // Digits behind a point or in an exponent are no whole numbers.
      while (i < text.size() && text.find_first_of(".eE+-0123456789", i) == i) ++i;
    } else {
      ++i;
    }
  }
  if (copied == 0) return std::nullopt;
  out.append(text, copied);
  return out;
}

/// A parser for one request at a time; a thread keeps one, so that most requests allocate nothing
/// for it.
class Parser {
 public:
  Parser() {
    if (!spare()) spare() = std::make_unique<dom::parser>();
    parser_ = std::move(spare());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (!spare() && parser_->capacity() <= kept) spare() = std::move(parser_);
  }
  /// Nothing when it is no JSON, or too deep. The text has SIMDJSON_PADDING readable bytes behind
  /// it.
  std::optional<dom::element> parse(std::string_view text) {
    if (parser_->capacity() < text.size() &&
        parser_->allocate(std::max<std::size_t>(text.size(), 4096), max_depth) != simdjson::SUCCESS)
      return std::nullopt;
    dom::element root;
    if (parser_->parse(text.data(), text.size(), false).get(root) == simdjson::SUCCESS) return root;
    // How a number beyond 64 bits is reported depends on the version of the parser.
    const auto wide = with_wide_numbers(text);
    if (!wide) return std::nullopt;
    const simdjson::padded_string padded(*wide);
    if (parser_->parse(padded).get(root) != simdjson::SUCCESS) return std::nullopt;
    return root;
  }

 private:
  static constexpr std::size_t kept = std::size_t{1} << 20;
  static std::unique_ptr<dom::parser>& spare() {
    static thread_local std::unique_ptr<dom::parser> parser;
    return parser;
  }
  std::unique_ptr<dom::parser> parser_;
};

}  // namespace

const std::span<const EnumName> run_statuses = run_status_names;
const std::span<const EnumName> view_types = view_type_names;
const std::span<const EnumName> model_statuses = model_status_names;

struct Fields::Source {
  const std::vector<std::pair<std::string, std::string>>* query = nullptr;
  std::optional<dom::object> object;
  std::shared_ptr<Parser> parser;
  std::shared_ptr<std::string> inner;  ///< the text of a double-encoded body

  std::optional<std::string_view> argument(std::string_view name) const {
    for (const auto& [key, value] : *query)
      if (key == name) return value;
    return std::nullopt;
  }
  /// The value under exactly this name; of a repeated name the last one counts.
  std::optional<dom::element> exactly(std::string_view name) const {
    std::optional<dom::element> found;
    if (object)
      for (auto [key, value] : *object)
        if (key == name) found = value;
    if (found && found->is_null()) return std::nullopt;
    return found;
  }
  std::optional<dom::element> value(std::string_view name) const {
    auto found = exactly(name);
    if (name.find('_') == std::string_view::npos) return found;
    const std::string camel = camel_case(name);
    const auto alias = exactly(camel);
    if (found && alias)
      throw invalid(fmt::format("Request specifies both '{}' and '{}'; provide only one of them.",
                                name, camel));
    return found ? found : alias;
  }
};

Error missing_value(std::string_view path) {
  return invalid(fmt::format("Missing value for required parameter '{}'.{}", path, see_docs));
}

Fields::Fields(std::shared_ptr<const Source> source, std::string path)
    : source_(std::move(source)), path_(std::move(path)) {}

std::string Fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Fields::refuse(std::string_view name, std::string_view why) const {
  std::string shown, type;
  if (source_->query) {
    shown = json_text(source_->argument(name).value_or(""));
    type = "str";
  } else {
    const auto value = source_->value(name);
    shown = value ? quoted(*value) : "null";
    type = value ? std::string(python_type(*value)) : "NoneType";
  }
  const std::string hint =
      why.empty() ? fmt::format(" Hint: Value was of type '{}'.", type) : std::string(why);
  throw invalid(fmt::format("Invalid value {} for parameter '{}' supplied: {}{}", shown,
                            path_of(name), hint, see_docs));
}

bool Fields::has(std::string_view name) const {
  return source_->query ? source_->argument(name).has_value() : source_->value(name).has_value();
}

void Fields::require(std::string_view name) const {
  if (source_->query) {
    if (source_->argument(name).value_or("").empty()) throw missing_value(path_of(name));
    return;
  }
  const auto value = source_->exactly(name);
  if (!value || (value->is_string() && value->get_string().value_unsafe().empty()))
    throw missing_value(path_of(name));
}

std::string_view Fields::run_id() const {
  if (!has("run_id") && has("run_uuid")) return required_text("run_uuid");
  return required_text("run_id");
}

std::optional<std::string_view> Fields::text(std::string_view name) const {
  if (source_->query) return source_->argument(name);
  const auto value = source_->value(name);
  if (!value) return std::nullopt;
  if (!value->is_string()) refuse(name);
  return value->get_string().value_unsafe();
}

std::optional<std::int64_t> Fields::integer(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  const auto number =
      source_->query ? as_integer(*source_->argument(name)) : as_integer(*source_->value(name));
  if (!number) refuse(name);
  return number;
}

std::optional<std::int32_t> Fields::integer32(std::string_view name) const {
  const auto number = integer(name);
  if (!number) return std::nullopt;
  if (*number < INT32_MIN || *number > INT32_MAX) refuse(name);
  return static_cast<std::int32_t>(*number);
}

std::optional<double> Fields::real(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  const auto number =
      source_->query ? as_real(*source_->argument(name)) : as_real(*source_->value(name));
  if (!number) refuse(name);
  return number;
}

std::optional<bool> Fields::boolean(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  if (source_->query) {
    const std::string_view value = *source_->argument(name);
    const std::string lower = lower_ascii(value);
    if (lower != "true" && lower != "false")
      throw invalid(fmt::format("Invalid boolean value: {}, must be 'true' or 'false'.", value));
    return lower == "true";
  }
  const auto value = source_->value(name);
  if (!value->is_bool()) refuse(name);
  return value->get_bool().value_unsafe();
}

std::optional<int> Fields::enumeration(std::string_view name,
                                       std::span<const EnumName> names) const {
  if (!has(name)) return std::nullopt;
  std::optional<std::int64_t> number;
  std::optional<std::string_view> word;
  if (source_->query) {
    word = source_->argument(name);
  } else if (const auto value = source_->value(name); value->is_string()) {
    word = value->get_string().value_unsafe();
  } else {
    number = as_integer(*value);
  }
  if (word) number = whole_number(*word);
  for (const EnumName& known : names)
    if ((word && known.name == *word) || (number && known.number == *number)) return known.number;
  refuse(name);
}

std::vector<std::string_view> Fields::texts(std::string_view name) const {
  std::vector<std::string_view> out;
  if (source_->query) {
    for (const auto& [key, value] : *source_->query)
      if (key == name) out.push_back(value);
    return out;
  }
  const auto value = source_->value(name);
  if (!value) return out;
  if (!value->is_array()) refuse(name);
  for (dom::element item : array_of(*value)) {
    if (!item.is_string()) refuse(name);
    out.push_back(item.get_string().value_unsafe());
  }
  return out;
}

std::vector<Fields> Fields::messages(std::string_view name) const {
  std::vector<Fields> out;
  if (source_->query) {
    if (has(name)) refuse(name);
    return out;
  }
  const auto value = source_->value(name);
  if (!value) return out;
  if (!value->is_array()) refuse(name);
  for (dom::element item : array_of(*value)) {
    auto source = std::make_shared<Source>();
    if (!item.is_object()) refuse(name);
    source->object = object_of(item);
    source->parser = source_->parser;
    source->inner = source_->inner;
    out.emplace_back(std::move(source), fmt::format("{}[{}]", path_of(name), out.size()));
  }
  return out;
}

std::optional<Fields> Fields::message(std::string_view name) const {
  if (source_->query) return std::nullopt;
  const auto value = source_->value(name);
  if (!value) return std::nullopt;
  auto source = std::make_shared<Source>();
  if (!value->is_object()) refuse(name);
  source->object = object_of(*value);
  source->parser = source_->parser;
  source->inner = source_->inner;
  return Fields(std::move(source), path_of(name));
}

void check_content_type(const Request& request) {
  if (request.method() != "POST" && request.method() != "PUT") return;
  if (!request.has_header("Content-Type"))
    throw invalid("Bad Request. Content-Type header is missing.");
  const std::string_view type = request.header("Content-Type");
  if (type.substr(0, type.find(';')) != "application/json")
    throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
}

Fields read_fields(const Request& request) {
  auto source = std::make_shared<Fields::Source>();
  if ((request.method() == "GET" || request.method() == "HEAD") && !request.query().empty()) {
    source->query = &request.query();
    return Fields(std::move(source), "");
  }
  check_content_type(request);
  if (!request.body().empty()) {
    source->parser = std::make_shared<Parser>();
    std::string_view body = request.body();
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (body.substr(0, 3) == byte_order_mark) body.remove_prefix(3);
    auto root = source->parser->parse(body);
    if (root && root->is_string()) {  // older clients encode twice
      source->inner = std::make_shared<std::string>(root->get_string().value_unsafe());
      const std::size_t size = source->inner->size();
      source->inner->append(simdjson::SIMDJSON_PADDING, '\0');
      root = source->parser->parse(std::string_view(*source->inner).substr(0, size));
    }
    if (root && root->is_object()) source->object = object_of(*root);
  }
  return Fields(std::move(source), "");
}

}  // namespace podium::mlflow
