// How far a board can be trusted, and who is beaten by nobody.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "answers.hpp"
#include "details.hpp"
#include "podium/http/input.hpp"
#include "podium/http/json_writer.hpp"
#include "trust/trust.hpp"

namespace podium::leaderboard {
namespace {

std::string label_json(const Engine& engine, const Candidate& c) {
  std::string out;
  JsonWriter w(out);
  write_label(w, engine, c);
  return out;
}

std::string_view name(CandidateTrust::Method m) {
  switch (m) {
    case CandidateTrust::Method::student:
      return "student";
    case CandidateTrust::Method::bootstrap:
      return "bootstrap";
    default:
      return "none";
  }
}

}  // namespace

std::vector<TrustRow> trust_rows(const Desk& desk, const Principal& who, const Board& board,
                                 std::optional<std::int64_t> at) {
  std::vector<TrustRow> out;
  TrustQuestion q;
  desk.look(who, board, at, [&](const Ranking& r) {
    const Engine& engine = r.engine;
    const Definition& d = engine.definition();
    if (d.metrics.empty() || !d.order.empty())
      throw Error(
          ErrorCode::invalid,
          "the board is ordered by its own 'order'; trust is of boards with a primary metric");
    q.direction = d.metrics.front().direction;
    q.fold = d.kind == Kind::candidates ? d.metrics.front().fold : Fold::best;
    q.seed = d.seed;
    q.confidence = d.confidence;
    q.across = d.across;
    q.drawn = d.drawn;
    for (std::size_t i = 0; i < engine.ranked(); ++i) {
      const Candidate& c = *engine.candidates()[i];
      out.push_back({c.id, label_json(engine, c), engine.rank(i), {}});
      q.candidates.push_back(engine.samples(c));
    }
  });
  q.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  const auto memory = board.ordinal != 0 ? desk.library().trust_memory(board.ordinal) : nullptr;
  std::vector<CandidateTrust> answer;
  if (memory) {
    const std::lock_guard lock(memory->mutex);
    answer = memory->memory.answer(q);
  } else {
    answer = trust(q);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].trust = std::move(answer[i]);
  return out;
}

std::string trust_json(const Desk& desk, const Principal& who, const Board& board,
                       std::optional<std::int64_t> at) {
  const auto rows = trust_rows(desk, who, board, at);
  std::string body;
  JsonWriter w(body);
  w.object().key("board").value(board.id).key("confidence").value(board.definition->confidence);
  w.key("seed").value(static_cast<std::int64_t>(board.definition->seed)).key("rows").array();
  for (const TrustRow& row : rows) {
    const CandidateTrust& t = row.trust;
    w.object().key("rank").value(static_cast<std::int64_t>(row.rank));
    w.key("candidate").value(row.candidate).key("label").raw(row.label);
    w.key("n").value(static_cast<std::int64_t>(t.n));
    for (const auto& [member, number] :
         {std::pair("mean", &t.mean), std::pair("spread", &t.spread), std::pair("error", &t.error),
          std::pair("low", &t.low), std::pair("high", &t.high)}) {
      w.key(member);
      write(w, *number);
    }
    if (t.rank_low != 0) {
      w.key("rank_low").value(static_cast<std::int64_t>(t.rank_low));
      w.key("rank_high").value(static_cast<std::int64_t>(t.rank_high));
      w.key("expected_rank").value(t.expected_rank).key("first").value(t.first);
      w.key("p").value(t.p);
    }
    if (t.group != 0)
      w.key("group").value(static_cast<std::int64_t>(t.group)).key("letter").value(t.letter);
    w.key("borrowed").value(t.borrowed).key("method").value(name(t.method));
    if (!t.why.empty()) w.key("why").value(t.why);
    w.end_object();
  }
  w.end_array().end_object();
  return body;
}

std::string pareto_json(const Desk& desk, const Principal& who, const Board& board,
                        const std::vector<std::string>& axes, std::optional<std::int64_t> at) {
  std::string body;
  desk.look(who, board, at, [&](const Ranking& r) {
    const Engine& engine = r.engine;
    const Definition& d = engine.definition();
    ParetoQuestion q;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const auto metric = std::find_if(d.metrics.begin(), d.metrics.end(),
                                       [&](const Metric& m) { return m.name == axes[a]; });
      const auto column = std::find_if(d.columns.begin(), d.columns.end(),
                                       [&](const BoardColumn& c) { return c.name == axes[a]; });
      if (metric == d.metrics.end() && column == d.columns.end()) {
        std::string names;
        for (const Metric& m : d.metrics) names += (names.empty() ? "" : ", ") + m.name;
        for (const BoardColumn& c : d.columns) names += (names.empty() ? "" : ", ") + c.name;
        throw Error(
            ErrorCode::invalid,
            "'" + axes[a] + "' is no metric and no column of the board; there are: " + names)
            .in(std::string(1, static_cast<char>('x' + static_cast<char>(a))));
      }
      q.directions.push_back(metric != d.metrics.end() ? metric->direction : column->direction);
    }
    std::vector<std::size_t> positions;
    std::int64_t passed = 0;
    for (std::size_t i = 0; i < engine.ranked(); ++i) {
      std::vector<double> point;
      for (const std::string& axis : axes)
        if (const Number n = engine.value(*engine.candidates()[i], axis); n.counts())
          point.push_back(n.value);
      if (point.size() != axes.size()) {
        ++passed;
        continue;
      }
      q.points.push_back(std::move(point));
      positions.push_back(i);
    }
    const ParetoAnswer answer = pareto(q);
    JsonWriter w(body);
    w.object().key("board").value(board.id).key("axes").array();
    for (std::size_t a = 0; a < axes.size(); ++a)
      w.object()
          .key("name")
          .value(axes[a])
          .key("direction")
          .value(name(q.directions[a]))
          .end_object();
    w.end_array().key("passed_over").value(passed).key("rows").array();
    std::vector<std::size_t> order(positions.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return answer.front[a] < answer.front[b];
    });
    for (const std::size_t i : order) {
      const Candidate& c = *engine.candidates()[positions[i]];
      w.object().key("front").value(static_cast<std::int64_t>(answer.front[i]));
      w.key("knee").value(i == answer.knee);
      w.key("rank").value(static_cast<std::int64_t>(engine.rank(positions[i])));
      w.key("candidate").value(c.id).key("label").raw(label_json(engine, c));
      w.key("point").object();
      for (std::size_t a = 0; a < axes.size(); ++a) w.key(axes[a]).value(q.points[i][a]);
      w.end_object().end_object();
    }
    w.end_array().end_object();
  });
  return body;
}

}  // namespace podium::leaderboard
