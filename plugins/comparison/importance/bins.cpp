#include "bins.hpp"

#include <algorithm>

#include "podium/error.hpp"

namespace podium::comparison {
namespace {

/// The bin of each value of a number.
std::vector<std::uint16_t> bins_of_numbers(const Feature& f) {
  std::vector<double> sorted;
  for (const auto& v : f.numbers)
    if (v) sorted.push_back(*v);
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> ends;  // the last value of each bin
  std::vector<double> distinct;
  std::unique_copy(sorted.begin(), sorted.end(), std::back_inserter(distinct));
  if (distinct.size() <= Bins::most) {
    ends = std::move(distinct);
  } else {
    for (std::size_t b = 1; b <= Bins::most; ++b) {
      const double end = sorted[b * sorted.size() / Bins::most - 1];
      if (ends.empty() || end > ends.back()) ends.push_back(end);
    }
  }
  std::vector<std::uint16_t> out;
  for (const auto& v : f.numbers)
    out.push_back(v ? static_cast<std::uint16_t>(std::lower_bound(ends.begin(), ends.end(), *v) -
                                                 ends.begin())
                    : Bins::missing);
  return out;
}

std::vector<std::uint16_t> bins_of_texts(const Feature& f) {
  std::int32_t most = -1;
  for (const std::int32_t code : f.codes) most = std::max(most, code);
  std::vector<std::pair<std::size_t, std::int32_t>> counts(static_cast<std::size_t>(most + 1));
  for (std::size_t c = 0; c < counts.size(); ++c) counts[c].second = static_cast<std::int32_t>(c);
  for (const std::int32_t code : f.codes)
    if (code >= 0) ++counts[static_cast<std::size_t>(code)].first;
  std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<std::uint16_t> bin(counts.size());
  for (std::size_t place = 0; place < counts.size(); ++place)
    bin[static_cast<std::size_t>(counts[place].second)] =
        static_cast<std::uint16_t>(std::min<std::size_t>(place, Bins::most - 1));
  std::vector<std::uint16_t> out;
  for (const std::int32_t code : f.codes)
    out.push_back(code < 0 ? Bins::missing : bin[static_cast<std::size_t>(code)]);
  return out;
}

}  // namespace

Bins bins_of(const std::vector<Feature>& features, std::size_t rows) {
  Bins bins;
  bins.rows = rows;
  bins.features = features.size();
  bins.of.resize(rows * features.size());
  for (std::size_t f = 0; f < features.size(); ++f) {
    const Feature& feature = features[f];
    if ((feature.categorical ? feature.codes.size() : feature.numbers.size()) != rows)
      throw Error(ErrorCode::misuse, "a feature has not as many values as there are rows");
    const auto column = feature.categorical ? bins_of_texts(feature) : bins_of_numbers(feature);
    for (std::size_t i = 0; i < rows; ++i) bins.of[i * bins.features + f] = column[i];
    bins.categorical.push_back(feature.categorical);
  }
  return bins;
}

}  // namespace podium::comparison
