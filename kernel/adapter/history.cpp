#include "adapter/history.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <set>

namespace podium::kernel {
namespace {
constexpr std::size_t most_entries = 10'000;
}

void History::store_inputs_impl(int, int line, const std::string& input, const std::string&) {
  entries_.push_back({line, input});
  if (entries_.size() > most_entries) entries_.erase(entries_.begin());
}

nl::json History::answer(const std::vector<const Entry*>& found, bool output) const {
  nl::json list = nl::json::array();
  for (const Entry* e : found) {
    nl::json input = e->input;
    if (output) input = nl::json::array({e->input, nullptr});
    list.push_back(nl::json::array({0, e->line, std::move(input)}));
  }
  return {{"status", "ok"}, {"history", std::move(list)}};
}

nl::json History::get_tail_impl(int n, bool, bool output) const {
  const std::size_t count = std::min(entries_.size(), static_cast<std::size_t>(std::max(n, 0)));
  std::vector<const Entry*> found;
  for (std::size_t i = entries_.size() - count; i < entries_.size(); ++i)
    found.push_back(&entries_[i]);
  return answer(found, output);
}

nl::json History::get_range_impl(int, int start, int stop, bool, bool output) const {
  std::vector<const Entry*> found;
  for (const Entry& e : entries_)
    if (e.line >= start && e.line < stop) found.push_back(&e);
  return answer(found, output);
}

nl::json History::search_impl(const std::string& pattern, bool, bool output, int n,
                              bool unique) const {
  std::vector<const Entry*> found;
  std::set<std::string> seen;
  const std::size_t most = n > 0 ? static_cast<std::size_t>(n) : entries_.size();
  for (auto e = entries_.rbegin(); e != entries_.rend() && found.size() < most; ++e)
    if (fnmatch(pattern.c_str(), e->input.c_str(), 0) == 0 &&
        (!unique || seen.insert(e->input).second))
      found.push_back(&*e);
  std::reverse(found.begin(), found.end());
  return answer(found, output);
}

}  // namespace podium::kernel
