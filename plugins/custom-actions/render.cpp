#include "render.hpp"

#include <algorithm>

#include "podium/error.hpp"
#include "podium/http/percent.hpp"

namespace podium::custom {
namespace {

/// Why a value cannot stand where it was to.
Error unfit(const Name& name, const std::string& place, const char* why) {
  return Error(ErrorCode::invalid, "'" + name.source + "' " + why + " " + place);
}

class Rendering {
 public:
  Rendering(const Definition& definition, const Secrets& secrets, const Scene& scene, bool hide)
      : definition_(definition), secrets_(secrets), scene_(scene), hide_(hide) {}

  Rendered run() {
    OutgoingRequest& request = out_.request;
    request.method = definition_.method;
    request.time_limit = definition_.timeout;
    request.url = encoded(definition_.url, "the URL");
    for (const auto& [name, value] : definition_.headers)
      request.headers.emplace_back(name, header(value, "the header " + name));
    switch (definition_.form) {
      case BodyForm::none:
        break;
      case BodyForm::json:
        request.body =
            filled(definition_.json).dump(-1, ' ', false, Json::error_handler_t::replace);
        break;
      case BodyForm::form:
        request.body = encoded(definition_.text, "the body");
        break;
      case BodyForm::text:
        request.body = plain(definition_.text);
        break;
    }
    return std::move(out_);
  }

 private:
  Json value(const Name& name) const {
    switch (name.kind) {
      case Name::Kind::parameter:
        return scene_.parameters.value(name.key, Json());
      case Name::Kind::count:
        return scene_.ids.size();
      case Name::Kind::ids:
        return scene_.ids;
      case Name::Kind::who:
        return scene_.who;
      case Name::Kind::why:
        return std::string(scene_.why);
      default: {
        const auto found = scene_.task->find(name.source);
        return found == scene_.task->end() ? Json() : found->second;
      }
    }
  }

  std::string secret(const std::string& name) {
    if (hide_) return "***";
    out_.secrets.push_back(secrets_.value(name));
    return out_.secrets.back();
  }

  /// A value as a text; a list of texts with commas, anything else that has parts as JSON.
  static std::string spelled(const Json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return value.get<std::string>();
    const bool list = value.is_array() && std::all_of(value.begin(), value.end(),
                                                      [](const Json& v) { return v.is_string(); });
    if (!list) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out;
    for (const Json& item : value) out += (out.empty() ? "" : ",") + item.get<std::string>();
    return out;
  }

  std::string encoded(const Template& from, const std::string& place) const {
    std::string out;
    for (const Piece& piece : from.pieces()) {
      if (!piece.substitution) {
        out += piece.text;
        continue;
      }
      const Json found = value(piece.name);
      if (found.is_null()) throw unfit(piece.name, place, "is not there, but is needed in");
      out += percent_encoded(spelled(found));
    }
    return out;
  }

  std::string header(const Template& from, const std::string& place) {
    std::string out;
    for (const Piece& piece : from.pieces()) {
      if (!piece.substitution) {
        out += piece.text;
        continue;
      }
      std::string text;
      if (piece.name.kind == Name::Kind::secret) {
        text = secret(piece.name.key);
      } else {
        const Json found = value(piece.name);
        if (found.is_null()) throw unfit(piece.name, place, "is not there, but is needed in");
        text = spelled(found);
      }
      if (piece.url) text = percent_encoded(text);
      if (std::any_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        throw unfit(piece.name, place, "has a line break or another control character, not for");
      out += text;
    }
    return out;
  }

  std::string plain(const Template& from) const {
    std::string out;
    for (const Piece& piece : from.pieces()) {
      const std::string text = piece.substitution ? spelled(value(piece.name)) : piece.text;
      out += piece.url ? percent_encoded(text) : text;
    }
    return out;
  }

  /// Texts of JSON are templates; one that is a single substitution takes the value's own type.
  Json filled(const Json& from) const {
    if (from.is_string()) {
      const Template text(from.get<std::string>(), "request.body");
      if (text.alone() && !text.pieces()[0].url) return value(text.pieces()[0].name);
      return plain(text);
    }
    if (!from.is_structured()) return from;
    Json out = from;
    for (auto& part : out) part = filled(part);
    return out;
  }

  const Definition& definition_;
  const Secrets& secrets_;
  const Scene& scene_;
  const bool hide_;
  Rendered out_;
};

}  // namespace

Rendered render(const Definition& definition, const Secrets& secrets, const Scene& scene,
                bool hide) {
  return Rendering(definition, secrets, scene, hide).run();
}

}  // namespace podium::custom
