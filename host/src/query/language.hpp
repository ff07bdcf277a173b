#pragma once
// The host's implementation of QueryLanguage.
#include <memory>

#include "podium/query.hpp"

namespace podium::host {

/// The one parser. Time and memory are linear in the text, the recursion is bounded by
/// `QueryFeatures::depth`. Thread-safe; holds no state.
std::unique_ptr<QueryLanguage> make_query_language();

}  // namespace podium::host
