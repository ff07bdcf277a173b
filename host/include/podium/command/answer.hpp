#pragma once
// What a command answers, as plain data: front ends draw it (a table in a terminal, a widget in a
// notebook), scripts read it as JSON. docs/commands.md has the JSON of each kind.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "podium/store/filter.hpp"
#include "podium/store/reader.hpp"

namespace podium {

/// How a value is to be shown. Whatever the type, a cell may be missing (monostate).
enum class CellType : std::uint8_t {
  any = 1,  ///< differs from row to row
  text,
  id,  ///< of a record: what other commands take
  integer,
  real,
  boolean,
  time,      ///< int64 milliseconds UTC
  duration,  ///< int64 milliseconds
  bytes,     ///< int64
};
constexpr std::string_view name(CellType t) noexcept {
  constexpr std::string_view names[] = {"",     "any",     "text", "id",       "integer",
                                        "real", "boolean", "time", "duration", "bytes"};
  return names[static_cast<std::size_t>(t)];
}

/// Rows of cells. The text of a cell is other people's: it stands in no sentence of podium's.
struct AnswerTable {
  struct Column {
    std::string name;  ///< as the query language writes it: "metrics.acc"; unique in the table
    CellType type = CellType::text;
    std::string title = {};  ///< for people, where it differs from the name
  };
  std::string entity = {};  ///< what a row is: "task", "project", ...; "" nothing with an id
  std::vector<Column> columns = {};
  std::vector<std::vector<Value>> rows = {};  ///< as many cells as columns, each
  /// Something was left out: by a limit, or to fit a budget. `of` is then how many rows there are,
  /// if that is known.
  bool truncated = false;
  std::optional<std::int64_t> of = {};
  std::string cursor = {};  ///< given as the clause `cursor`, goes on behind the last row

  AnswerTable& column(std::string column_name, CellType type = CellType::text,
                      std::string title = {}) {
    columns.push_back({std::move(column_name), type, std::move(title)});
    return *this;
  }
  AnswerTable& row(std::vector<Value> cells) {
    rows.push_back(std::move(cells));
    return *this;
  }
};

/// Podium's own (or the plugin's author's) sentences, in plain text with line ends. Never what runs
/// logged.
struct AnswerText {
  std::string text;
};

/// One thing with its fields, and tables that belong to it.
struct AnswerDetails {
  struct Field {
    std::string name;
    Value value;
    CellType type = CellType::text;
  };
  struct Section {
    std::string name;
    AnswerTable table;
  };
  std::string entity = {};
  std::vector<Field> fields = {};
  std::vector<Section> sections = {};

  AnswerDetails& field(std::string field_name, Value value, CellType type = CellType::text) {
    fields.push_back({std::move(field_name), std::move(value), type});
    return *this;
  }
  AnswerDetails& section(std::string section_name, AnswerTable table) {
    sections.push_back({std::move(section_name), std::move(table)});
    return *this;
  }
};

/// Curves or bars.
struct AnswerChart {
  struct Series {
    std::string metric, scope = {};  ///< what is drawn
    std::string task = {};           ///< id of whose it is
    std::string label = {};          ///< for a legend: the task's name
    std::vector<Point> points = {};  ///< in the order of x
    std::int64_t of = 0;             ///< how many points there are; more than `points` when sampled
  };
  enum class X : std::uint8_t { step = 1, time } x = X::step;
  std::vector<Series> series = {};
};

/// A chart as a specification of Vega or Vega-Lite, whose data are in it, and the same as a table
/// for who cannot draw it.
struct AnswerFigure {
  std::string title = {};
  std::string media_type =
      "application/vnd.vegalite.v5+json";  ///< or "application/vnd.vega.v5+json"
  std::string
      specification;  ///< a JSON object; names in it are other people's text, and it loads nothing
  AnswerTable table = {};
};

/// Bytes to be fetched from the host that answered.
struct AnswerFile {
  std::string name;                       ///< a file name to keep it under, without folders
  std::string url;                        ///< path and query on this host, to GET
  std::string content_type;               ///< "text/csv"
  std::optional<std::int64_t> size = {};  ///< bytes, if known
  bool keep = false;                      ///< to be kept under `name`, not shown
};

/// Long work that was started: a job that can be watched and cancelled.
struct AnswerProgress {
  std::string job;    ///< id
  std::string kind;   ///< of the job
  std::string state;  ///< "waiting", "running", ...
  std::int64_t done = 0, total = 0;
};

/// Nothing was done yet: the same command with the clause `yes TOKEN` (or `yes`) does it.
struct AnswerQuestion {
  std::string text;            ///< one sentence: what would be done
  std::int64_t affected = 0;   ///< how many records
  std::string token = {};      ///< names exactly this question
  AnswerDetails details = {};  ///< what it is about
};

/// How a command that was carried out ended, for scripts.
enum class Outcome : std::uint8_t {
  done = 1,
  failed,     ///< what was waited for ended badly, or some of many failed
  timed_out,  ///< what was waited for did not happen in time
  pending,    ///< not yet: the same command again goes on waiting
};
constexpr std::string_view name(Outcome o) noexcept {
  constexpr std::string_view names[] = {"", "done", "failed", "timed_out", "pending"};
  return names[static_cast<std::size_t>(o)];
}

/// One answer. Owned, copyable.
struct Answer {
  using Content = std::variant<AnswerTable, AnswerText, AnswerDetails, AnswerChart, AnswerFile,
                               AnswerProgress, AnswerQuestion, AnswerFigure>;
  Content content;
  Outcome outcome = Outcome::done;
  /// Sentences beside the answer: what was assumed, what is unusual. Podium's own words only.
  std::vector<std::string> notices = {};

  template <class T, class = std::enable_if_t<std::is_constructible_v<Content, T&&> &&
                                              !std::is_same_v<std::decay_t<T>, Answer>>>
  Answer(T&& c) : content(std::forward<T>(c)) {}  // NOLINT: implicit, so that verbs return a kind
  Answer& notice(std::string sentence) {
    notices.push_back(std::move(sentence));
    return *this;
  }
};

}  // namespace podium
