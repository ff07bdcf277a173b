// The forest against a slow reference, and what must hold whatever is in the columns.
#include "importance/forest.hpp"

#include <cmath>
#include <random>

#include "importance/tree.hpp"
#include "podium/http/message.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::comparison;

namespace {

Feature numbers(std::vector<std::optional<double>> values) {
  Feature f;
  f.numbers = std::move(values);
  return f;
}
Feature texts(std::vector<std::int32_t> codes) {
  Feature f;
  f.categorical = true;
  f.codes = std::move(codes);
  return f;
}

/// Uneven columns of both kinds, some values missing.
struct Random3 {
  std::vector<Feature> features;
  std::vector<double> target;
  Random3(unsigned seed, std::size_t n, int different) {
    std::mt19937 random(seed);
    const auto draw = [&](int below) {
      return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    std::vector<std::optional<double>> a, b;
    std::vector<std::int32_t> c;
    for (std::size_t i = 0; i < n; ++i) {
      a.push_back(draw(10) == 0 ? std::optional<double>() : draw(different));
      b.push_back(draw(different) * 0.5);
      c.push_back(draw(8) == 0 ? -1 : draw(3));
      target.push_back(draw(7));
    }
    features = {numbers(std::move(a)), numbers(std::move(b)), texts(std::move(c))};
  }
};

double errors_of(const std::vector<double>& target, const std::vector<bool>& left) {
  double sums[2] = {}, counts[2] = {}, errors = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    sums[left[i] ? 1 : 0] += target[i];
    counts[left[i] ? 1 : 0] += 1;
  }
  for (std::size_t i = 0; i < target.size(); ++i) {
    const int side = left[i] ? 1 : 0;
    errors += std::pow(target[i] - sums[side] / counts[side], 2);
  }
  return errors;
}

/// The least squared error of any way to part the rows by one feature.
double least_errors(const std::vector<Feature>& features, const std::vector<double>& target) {
  double least = errors_of(target, std::vector<bool>(target.size(), false));
  const auto attempt = [&](const std::vector<bool>& left) {
    least = std::min(least, errors_of(target, left));
  };
  for (const Feature& f : features) {
    if (f.categorical) {
      for (unsigned set = 0; set < 16; ++set) {  // of three categories and the missing one
        std::vector<bool> left;
        for (const auto code : f.codes) left.push_back((set >> (code + 1)) & 1U);
        attempt(left);
      }
      continue;
    }
    for (const auto& cut : f.numbers)
      for (const bool missing : {false, true}) {
        std::vector<bool> left;
        for (const auto& v : f.numbers) left.push_back(v ? cut && *v <= *cut : missing);
        attempt(left);
      }
  }
  return least;
}

std::vector<std::uint32_t> all_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

double errors_of_tree(const Random3& of, std::size_t depth) {
  const Bins bins = bins_of(of.features, of.target.size());
  ForestOptions options;
  options.tried = of.features.size();
  options.most_depth = depth;
  Random random(podium::RandomStream(1));
  double mean = 0;
  for (const double y : of.target) mean += y / static_cast<double>(of.target.size());
  std::vector<double> centered;
  for (const double y : of.target) centered.push_back(y - mean);
  const Tree tree(bins, centered, all_rows(of.target.size()), options, random);
  double errors = 0;
  for (std::size_t i = 0; i < of.target.size(); ++i) {
    const double at = tree.value(&bins.of[i * bins.features], static_cast<std::size_t>(-1), 0);
    errors += std::pow(centered[i] - at, 2);
  }
  return errors;
}

class Cancelled final : public Cancel {
 public:
  bool cancelled() const noexcept override { return true; }
};

}  // namespace

TEST_CASE("the first split is the best of all that there are") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    // Rows enough a category for parting them by their means; few rows and many, so that both ways
    // to pile up are walked.
    const Random3 of(seed, seed % 3 == 0 ? 120 : 20 + seed % 13, 2 + static_cast<int>(seed % 9));
    INFO(seed);
    CHECK(errors_of_tree(of, 1) == Approx(least_errors(of.features, of.target)).margin(1e-9));
  }
}

TEST_CASE("deeper trees are no worse, and one without bounds tells all rows apart") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Random3 of(seed, 80, 1000);
    std::vector<std::optional<double>> own;
    for (std::size_t i = 0; i < 80; ++i) own.emplace_back(static_cast<double>(i));
    of.features.push_back(numbers(std::move(own)));
    double before = errors_of_tree(of, 0);
    for (std::size_t depth = 1; depth < 6; ++depth) {
      const double now = errors_of_tree(of, depth);
      CHECK(now <= before + 1e-9);
      before = now;
    }
    CHECK(errors_of_tree(of, 80) == Approx(0).margin(1e-9));
  }
}

TEST_CASE("the same seed gives the same, however many threads grow it") {
  const Random3 of(3, 200, 12);
  ForestOptions options;
  options.trees = 40;
  const auto one = importance_of(of.features, of.target, options);
  for (const unsigned threads : {2U, 3U, 8U}) {
    options.threads = threads;
    const auto many = importance_of(of.features, of.target, options);
    CHECK(many.score == one.score);
    for (std::size_t f = 0; f < of.features.size(); ++f) {
      CHECK(many.features[f].mean == one.features[f].mean);
      CHECK(many.features[f].deviation == one.features[f].deviation);
    }
  }
  options.seed = 2;
  CHECK(importance_of(of.features, of.target, options).score != one.score);
}

TEST_CASE("what the target is made of is important, noise is not") {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> even(0, 1);
  std::vector<std::optional<double>> strong, weak, noise, gaps;
  std::vector<std::int32_t> kind, id;
  std::vector<double> y;
  for (int i = 0; i < 400; ++i) {
    const double a = even(random), b = even(random);
    const bool missing = even(random) < 0.3;
    strong.emplace_back(a);
    weak.emplace_back(b);
    noise.emplace_back(even(random));
    gaps.push_back(missing ? std::optional<double>() : even(random));
    kind.push_back(static_cast<std::int32_t>(random() % 5));
    id.push_back(static_cast<std::int32_t>(random() % 200));
    const double of_kind[] = {0, 2, -1, 0.5, 1};
    y.push_back(4 * a + b + of_kind[kind.back()] + (missing ? 2 : 0) + 0.1 * even(random));
  }
  const std::vector<Feature> features = {numbers(strong), numbers(weak), numbers(noise),
                                         numbers(gaps),   texts(kind),   texts(id)};
  const auto found = importance_of(features, y, {});
  CHECK(found.score > 0.8);
  CHECK(found.rows == 400);
  CHECK(found.features[0].mean > found.features[1].mean);
  CHECK(found.features[4].mean > 0.15);
  CHECK(found.features[3].mean > 0.1);  // that it is missing says something
  CHECK(found.features[1].mean > 0.01);
  CHECK(std::abs(found.features[2].mean) < 0.01);
  CHECK(std::abs(found.features[5].mean) < 0.01);  // many texts of few tasks each explain nothing
}

TEST_CASE("nothing to explain, or nothing to explain it with") {
  const Feature three = numbers({1, 2, 3});
  CHECK(importance_of({three}, {5, 5, 5}, {}).score == 0);
  CHECK(importance_of({three}, {5, 5, 5}, {}).features.at(0).mean == 0);
  CHECK(importance_of({}, {1, 2, 3}, {}).features.empty());
  CHECK(importance_of({numbers({1})}, {1}, {}).score == 0);
  CHECK(importance_of({numbers({})}, {}, {}).score == 0);
  const Feature empty = numbers({std::nullopt, std::nullopt, std::nullopt});
  CHECK(importance_of({empty, texts({-1, -1, -1})}, {1, 2, 3}, {}).features.at(1).mean == 0);
  CHECK(test::error_of([&] { importance_of({three}, {1, 2}, {}); }).code() == ErrorCode::misuse);
  const Cancelled cancelled;
  CHECK(test::error_of([&] {
          importance_of({three}, {1, 2, 3}, {}, &cancelled);
        }).code() == ErrorCode::cancelled);
}

TEST_CASE("more different values than there are bins") {
  std::mt19937 random(1);
  std::vector<std::optional<double>> x;
  std::vector<std::int32_t> codes;
  std::vector<double> y;
  for (int i = 0; i < 3000; ++i) {
    x.emplace_back(std::uniform_real_distribution<double>(0, 1)(random));
    codes.push_back(i % 700);
    y.push_back(*x.back() > 0.37 ? 1 : 0);
  }
  ForestOptions options;
  options.trees = 20;
  options.tried = 2;
  const auto found = importance_of({numbers(x), texts(codes)}, y, options);
  CHECK(found.score > 0.98);
  CHECK(found.features[0].mean > 1);
  const Bins bins = bins_of({numbers(x), texts(codes)}, 3000);
  for (std::size_t i = 0; i < 3000; ++i) {
    CHECK(bins.at(i, 0) < Bins::most);
    CHECK(bins.at(i, 1) < Bins::most);
    if (i > 0)
      CHECK((*x[i] < *x[i - 1] ? bins.at(i, 0) <= bins.at(i - 1, 0)
                               : bins.at(i, 0) >= bins.at(i - 1, 0)));
  }
}

TEST_CASE("correlations") {
  const std::vector<double> y = {1, 2, 3, 4, 5};
  CHECK(*pearson({2, 4, 6, 8, 10}, y) == Approx(1));
  CHECK(*spearman({1, 10, 100, 1000, 1e9}, y) == Approx(1));
  CHECK(*spearman({5, 4, 3, 2, std::nullopt}, y) == Approx(-1));
  CHECK(*pearson({1, 10, 100, 1000, 10000}, y) == Approx(0.7597209).epsilon(1e-6));
  CHECK(*spearman({1, 1, 2, 2, 3}, {1, 3, 2, 5, 4}) == Approx(0.5797509).epsilon(1e-6));
  CHECK_FALSE(pearson({1, 1, 1, 1, 1}, y));
  CHECK_FALSE(pearson({1, 2, std::nullopt, std::nullopt, std::nullopt}, y));
  CHECK_FALSE(spearman({}, {}));
  CHECK_FALSE(pearson({1, 2, std::nan(""), INFINITY, std::nullopt}, y));
}
