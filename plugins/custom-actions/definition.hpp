#pragma once
// A custom action as somebody defined it. docs/custom-actions.md tells what each member means.
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/query.hpp"
#include "secrets.hpp"
#include "template.hpp"

namespace podium::custom {

enum class BodyForm { none, json, form, text };

/// Immutable.
struct Definition {
  std::string id;
  ActionSpec spec;  ///< without what depends on limits, see `custom_action.cpp`
  std::string method;
  Template url;
  std::vector<std::pair<std::string, Template>> headers;
  BodyForm form = BodyForm::none;
  Json json;      ///< the body of `json`: its texts are templates
  Template text;  ///< the body of `form` and `text`
  std::chrono::milliseconds timeout{5'000};
  int retries = 0;
  std::string sign;  ///< name of the secret, or ""
  bool each = true;  ///< a request for each task, else one for up to 1,000
  std::size_t parallel = 4;
  std::vector<int> ok;          ///< statuses; none: 200 to 299
  std::string toast, open_url;  ///< JSON pointers into the answer, or ""
  std::vector<std::string> add_tags;
  std::vector<Name> names;  ///< everything that is substituted somewhere
  std::string source;       ///< the definition, JSON text

  bool is_ok(int status) const;
};
using DefinitionPtr = std::shared_ptr<const Definition>;

/// Throws `invalid` with the path of what is wrong, e.g. "request.url". What only the running host
/// can judge (whether the URL may be called) is not checked here.
DefinitionPtr read_definition(const Json&, const Secrets&, const QueryLanguage&,
                              const Vocabulary& tasks);

}  // namespace podium::custom
