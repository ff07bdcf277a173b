// Any bytes as a filter or an order of MLflow's three searches: understood, or refused as the
// caller's mistake in MLflow's words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "errors.hpp"
#include "query/language.hpp"
#include "vocabulary.hpp"

using namespace podium;
using namespace podium::mlflow;

namespace {

template <class F>
void refused_or(F&& fn) {
  try {
    fn();
  } catch (const Error& e) {
    const Error told = translated(e);
    if (answer(told, 400).status >= 500 && e.code() != ErrorCode::internal) std::abort();
    if (std::string_view(told.what()).empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto language = host::make_query_language();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const RunVocabulary runs({[](std::string_view id) { return static_cast<Ordinal>(id.size()); },
                            [](const Filter&) { return std::vector<Value>{}; }});
  const ExperimentVocabulary experiments;
  std::vector<ModelMetricClause> clauses;
  const ModelVocabulary models([](std::string_view id) { return static_cast<Ordinal>(id.size()); },
                               clauses);
  for (const Vocabulary* vocabulary :
       {static_cast<const Vocabulary*>(&runs), static_cast<const Vocabulary*>(&experiments),
        static_cast<const Vocabulary*>(&models)}) {
    refused_or([&] { language->parse(text, *vocabulary); });
    refused_or([&] { language->parse_order(text, *vocabulary); });
  }
  refused_or([&] { refuse_blank(text); });
  (void)ModelVocabulary::attribute(text);
  return 0;
}
