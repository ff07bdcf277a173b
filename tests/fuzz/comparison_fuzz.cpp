// Any bytes as the body of a request of the comparison: refused with the member named, or read into
// what keeps its bounds; and any two texts: the difference leads from one to the other.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "body_request.hpp"
#include "podium/http/input.hpp"
#include "refusals.hpp"
#include "selection.hpp"
#include "series_input.hpp"
#include "source.hpp"
#include "text_diff.hpp"

using namespace podium;
using namespace podium::comparison;
using podium::test::BodyRequest;
using podium::test::taken;

namespace {

void require(bool so) {
  if (!so) std::abort();
}

void body(std::string_view bytes) {
  const BodyRequest request(bytes);
  Selection s;
  SeriesQuestion q;
  if (!taken([&] {
        Members members = Members::of_body(request);
        s = read_selection(members);
        q = read_series_question(members);
        members.finish();
      }))
    return;
  require(s.ids.size() <= most_compared && s.limit >= 1 && s.limit <= most_compared);
  require(q.buckets >= 1 && q.buckets <= 10'000 && q.from <= q.to && q.metrics.size() <= 200);
  require(q.smoothing.weight >= 0 && q.smoothing.weight <= 0.999 && q.smoothing.kernel % 2 == 1);
  require(q.smoothing.window >= 1 && q.smoothing.window <= 100 && q.smoothing.sigma > 0);
  require((q.x == X::metric) == !q.x_metric.key.empty());
  for (const MetricName& m : q.metrics) require(!m.key.empty());
}

void texts(std::string_view bytes) {
  const std::size_t half = bytes.find('\0');
  const std::string_view a = bytes.substr(0, half);
  const std::string_view b = half == bytes.npos ? std::string_view() : bytes.substr(half + 1);
  const TextDiff d = diff_texts(a, b, bytes.size() % 4);
  const auto old_lines = lines_of(a), new_lines = lines_of(b);
  std::size_t x = 0, y = 0;
  const auto same_up_to = [&](std::size_t end) {
    for (; x < end; ++x, ++y) require(y < new_lines.size() && old_lines[x] == new_lines[y]);
  };
  for (const auto& hunk : d.hunks) {
    require(hunk.old_line - 1 <= old_lines.size());
    same_up_to(hunk.old_line - 1);
    require(y == hunk.new_line - 1);
    for (const std::string& line : hunk.lines) {
      const std::string_view text = std::string_view(line).substr(1);
      if (line[0] != '+') require(x < old_lines.size() && old_lines[x++] == text);
      if (line[0] != '-') require(y < new_lines.size() && new_lines[y++] == text);
    }
  }
  same_up_to(old_lines.size());
  require(y == new_lines.size());
  for (const auto& [name, version] : packages_of(a)) require(!name.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0)
    body(bytes);
  else
    texts(bytes);
  return 0;
}
