#pragma once
// A loop whose steps do not touch each other, on some threads.
#include <algorithm>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace podium::leaderboard::statistics {

/// Calls `body(begin, end)` for parts of 0..count-1, one a thread. What the first of them throws is
/// thrown.
template <typename Body>
void parallel(std::size_t count, std::size_t threads, const Body& body) {
  threads = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
  std::vector<std::exception_ptr> failures(threads);
  const auto part = [&](std::size_t t) {
    try {
      body(count * t / threads, count * (t + 1) / threads);
    } catch (...) {
      failures[t] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < threads; ++t) others.emplace_back(part, t);
    part(0);
  }
  for (const auto& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace podium::leaderboard::statistics
