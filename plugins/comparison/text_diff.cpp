#include "text_diff.hpp"

#include <algorithm>
#include <unordered_map>

#include "podium/http/json_writer.hpp"

namespace podium::comparison {
namespace {

/// Beyond so many differences the texts have little to do with each other, and the search for the
/// shortest way takes their square.
constexpr int most_differences = 2000;

enum class Edit : std::uint8_t { same = 1, removed, added };

using Lines = std::vector<int>;  // equal lines are equal numbers

/// The shortest way from `a` to `b`, or nothing when it is longer than is looked for.
std::vector<Edit> shortest(const int* a, int n, const int* b, int m) {
  const int most = std::min(n + m, most_differences);
  // furthest[k] is how far in `a` the diagonal k = x - y was reached; of each round a copy is kept
  // of what the next one can change, for the way back.
  std::vector<int> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [most](int k) { return static_cast<std::size_t>(k + most + 1); };
  std::vector<std::vector<int>> rounds;
  for (int d = 0; d <= most; ++d) {
    rounds.emplace_back(furthest.begin() + static_cast<std::ptrdiff_t>(at(-d)) - 1,
                        furthest.begin() + static_cast<std::ptrdiff_t>(at(d)) + 2);
    for (int k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && furthest[at(k - 1)] < furthest[at(k + 1)]);
      int x = down ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
      int y = x - k;
      while (x < n && y < m && a[x] == b[y]) ++x, ++y;
      furthest[at(k)] = x;
      if (x < n || y < m) continue;
      std::vector<Edit> way;
      int px = n, py = m;
      for (int back = d; back > 0; --back) {
        const auto& before = rounds[static_cast<std::size_t>(back)];
        const auto was = [&](int diagonal) {
          return before[static_cast<std::size_t>(diagonal + back + 1)];
        };
        const int pk = px - py;
        const bool came_down = pk == -back || (pk != back && was(pk - 1) < was(pk + 1));
        const int from_k = came_down ? pk + 1 : pk - 1;
        const int from_x = was(from_k), from_y = from_x - from_k;
        const int turn_x = came_down ? from_x : from_x + 1;
        for (; px > turn_x; --px, --py) way.push_back(Edit::same);
        way.push_back(came_down ? Edit::added : Edit::removed);
        px = from_x;
        py = from_y;
      }
      for (; px > 0; --px) way.push_back(Edit::same);
      std::reverse(way.begin(), way.end());
      return way;
    }
  }
  return {};
}

/// Puts the equal lines behind a hunk's last change into it.
void close(TextDiff::Hunk& hunk, const std::vector<std::string_view>& lines, std::size_t from,
           std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) hunk.lines.push_back(" " + std::string(lines[from + i]));
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r') && end < text.size()) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

TextDiff diff_texts(std::string_view old_text, std::string_view new_text, std::size_t context) {
  const auto old_lines = lines_of(old_text), new_lines = lines_of(new_text);
  std::unordered_map<std::string_view, int> numbers;
  const auto numbered = [&](const std::vector<std::string_view>& lines) {
    Lines out;
    for (const auto line : lines)
      out.push_back(numbers.emplace(line, static_cast<int>(numbers.size())).first->second);
    return out;
  };
  const Lines a = numbered(old_lines), b = numbered(new_lines);
  std::size_t begin = 0, end = 0;
  while (begin < a.size() && begin < b.size() && a[begin] == b[begin]) ++begin;
  while (end < a.size() - begin && end < b.size() - begin &&
         a[a.size() - 1 - end] == b[b.size() - 1 - end])
    ++end;
  const std::size_t n = a.size() - begin - end, m = b.size() - begin - end;
  TextDiff out;
  std::vector<Edit> way;
  if (n > 0 || m > 0) {
    way = shortest(a.data() + begin, static_cast<int>(n), b.data() + begin, static_cast<int>(m));
    if (way.empty()) {
      out.coarse = true;
      way.assign(n, Edit::removed);
      way.insert(way.end(), m, Edit::added);
    }
  }
  way.insert(way.begin(), begin, Edit::same);
  way.insert(way.end(), end, Edit::same);

  std::size_t x = 0, y = 0;
  std::size_t run = 0;  // equal lines since the last change
  for (const Edit edit : way) {
    if (edit == Edit::same) {
      ++run, ++x, ++y;
      continue;
    }
    const bool joins = !out.hunks.empty() && run <= 2 * context;
    if (!joins) {
      if (!out.hunks.empty()) close(out.hunks.back(), old_lines, x - run, context);
      const std::size_t before = std::min(run, context);
      out.hunks.push_back({x - before + 1, y - before + 1, {}});
      run = before;
    }
    for (; run > 0; --run) out.hunks.back().lines.push_back(" " + std::string(old_lines[x - run]));
    if (edit == Edit::removed) {
      ++out.removed;
      out.hunks.back().lines.push_back("-" + std::string(old_lines[x++]));
    } else {
      ++out.added;
      out.hunks.back().lines.push_back("+" + std::string(new_lines[y++]));
    }
  }
  if (!out.hunks.empty()) close(out.hunks.back(), old_lines, x - run, std::min(run, context));
  return out;
}

void write(JsonWriter& w, const TextDiff& diff) {
  w.object().key("added").value(static_cast<std::int64_t>(diff.added));
  w.key("removed").value(static_cast<std::int64_t>(diff.removed));
  if (diff.coarse) w.key("coarse").value(true);
  w.key("hunks").array();
  for (const TextDiff::Hunk& hunk : diff.hunks) {
    w.object().key("old").value(static_cast<std::int64_t>(hunk.old_line));
    w.key("new").value(static_cast<std::int64_t>(hunk.new_line)).key("lines").array();
    for (const std::string& line : hunk.lines) w.value(line);
    w.end_array().end_object();
  }
  w.end_array().end_object();
}

}  // namespace podium::comparison
