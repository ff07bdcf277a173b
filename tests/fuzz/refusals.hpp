#pragma once
// What fuzzers of readers that refuse share.
#include <cstdlib>

#include "podium/error.hpp"

namespace podium::test {

/// Whether `fn` took its input; it may refuse it as `invalid` and fail in no other way.
template <class F>
bool taken(F&& fn) {
  try {
    fn();
    return true;
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid) std::abort();
    return false;
  }
}

}  // namespace podium::test
