// Ranges of indexes as statements.
#include <fmt/format.h>

#include <limits>
#include <variant>

#include "podium/storage_kit/text.hpp"
#include "reader_engine.hpp"

namespace podium::sqlite {
namespace {

using kit::IndexRange;
using Index = IndexRange::Index;
using Parameter = std::variant<std::int64_t, double, std::string>;

// More scans than this at once give their statements back between blocks: one statement then serves
// all.
constexpr int most_held = 4;

Parameter parameter(const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) return *text;
  if (const auto* real = std::get_if<double>(&v)) return *real;
  if (const auto* flag = std::get_if<bool>(&v)) return std::int64_t{*flag};
  return std::get<std::int64_t>(v);
}

// The text of a statement and what is bound to it, growing together.
struct Text {
  std::string where;
  std::vector<Parameter> parameters;

  void add(std::string_view condition) {
    if (!where.empty()) where += " AND ";
    where += condition;
  }
  void add(std::string_view condition, Parameter p) {
    add(condition);
    parameters.push_back(std::move(p));
  }
};

}  // namespace

class SqliteScan final : public kit::IndexScan {
 public:
  SqliteScan(SqliteEngine& engine, const IndexRange& range, bool keys,
             const kit::IndexEngine::Position* behind)
      : engine_(engine), range_(range), keys_(keys) {
    resolve();
    if (behind != nullptr) behind_ = *behind;
    ++engine_.open_scans_;
  }
  ~SqliteScan() override { --engine_.open_scans_; }

  bool next(std::size_t max, kit::IndexEntries& out) override {
    if (nothing_) return false;
    if (!statement_) open();
    for (; max != 0; --max) {
      if (!statement_->step()) {
        statement_.reset();
        nothing_ = true;
        return false;
      }
      out.ordinals.push_back(statement_->integer(0));
      if (keys_) out.keys.push_back(key());
    }
    if (range_.rank != IndexRange::any_rank && engine_.open_scans_ > most_held) {
      behind_ = kit::IndexEngine::Position{key(), statement_->integer(0)};
      statement_.reset();
    }
    return true;
  }

 private:
  // What the range's conditions are; everything but where to go on.
  void resolve() {
    const CollectionInfo& info = engine_.info_;
    switch (range_.index) {
      case Index::ordinal:
        from_ = info.table;
        ordinal_ = column_ = "rid";
        type_ = Type::integer;
        break;
      case Index::id:
        from_ = info.table;
        ordinal_ = "rid";
        column_ = "id";
        type_ = Type::text;
        break;
      case Index::map: {
        from_ = info.map(range_.name).values;
        ordinal_ = "owner";
        bind_key(false);
        if (range_.rank == kit::rank_number) {
          column_ = "num";
          between_ = "txt64";
          type_ = Type::real;
          text_.add("rank = 0");
        } else if (range_.rank == kit::rank_text) {
          column_ = "txt64";
          type_ = Type::text;
          text_.add("rank = 1 AND num = 0");
        }
        break;
      }
      case Index::series:
        from_ = info.one_series(range_.name).last_values;
        ordinal_ = "owner";
        bind_key(true);
        if (range_.rank == IndexRange::any_rank) break;
        column_ = "value";
        type_ = Type::real;
        text_.add(range_.rank == kit::rank_number ? "rank = 0" : "rank = 1");
        break;
      case Index::key: {
        const KeyInfo& key = info.key(range_.name);
        from_ = info.table + " INDEXED BY " + key.index;
        std::vector<const FieldInfo*> fields;
        for (const std::size_t at : key.fields) fields.push_back(&info.fields[at]);
        bind_fields(fields);
        break;
      }
      case Index::reference: {
        const FieldInfo& field = info.field(range_.name);
        from_ = info.table + " INDEXED BY " + info.reference_index(field);
        bind_fields({&field});
        break;
      }
    }
    if (range_.from && range_.to && range_.from->inclusive && range_.to->inclusive &&
        range_.from->value == range_.to->value) {
      text_.add(column_ + " = ?", parameter(range_.from->value));
      return;
    }
    if (range_.from)
      text_.add(column_ + (range_.from->inclusive ? " >= ?" : " > ?"),
                parameter(range_.from->value));
    if (range_.to)
      text_.add(column_ + (range_.to->inclusive ? " <= ?" : " < ?"), parameter(range_.to->value));
  }

  void bind_key(bool scoped) {
    const ReadContext& context = engine_.context_;
    const auto key = context.dictionary.id(context.connection, range_.key);
    const auto scope = scoped ? context.dictionary.id(context.connection, range_.scope) : 0;
    if (!key || !scope) {
      nothing_ = true;
      return;
    }
    text_.add("part = ?", range_.partition);
    text_.add("key = ?", *key);
    if (scoped) text_.add("scope = ?", *scope);
  }

  void bind_fields(const std::vector<const FieldInfo*>& fields) {
    ordinal_ = "rid";
    for (std::size_t i = 0; i < range_.equal.size(); ++i) {
      const FieldInfo& field = *fields[i];
      const Value& v = range_.equal[i];
      if (std::holds_alternative<std::monostate>(v)) {
        if (!field.extra.empty()) text_.add(field.extra + " IS NULL");
        text_.add(field.column + " IS NULL");
        continue;
      }
      if (field.type == Type::real) text_.add(field.extra + " = 0");
      if (field.type == Type::scalar) {
        if (const auto number = kit::number_of(std::get<std::string>(v)))
          text_.add(field.extra + " = ?", *number);
        else
          text_.add(field.extra + " IS NULL");
      }
      text_.add(field.column + " = ?", parameter(v));
    }
    if (range_.equal.size() == fields.size() || range_.rank == IndexRange::any_rank) return;
    const FieldInfo& next = *fields[range_.equal.size()];
    type_ = next.type;
    if (range_.rank == kit::rank_missing) {
      if (!next.extra.empty()) text_.add(next.extra + " IS NULL");
      text_.add(next.column + " IS NULL");
      return;
    }
    column_ = next.column;
    if (next.type == Type::real) {
      text_.add(next.extra + (range_.rank == kit::rank_number ? " = 0" : " = 1"));
    } else if (!range_.from) {
      // IS NOT NULL would read the missing ones and pass over them.
      if (next.type == Type::text)
        text_.add(column_ + " >= ''");
      else
        text_.add(column_ + " >= ?", std::numeric_limits<std::int64_t>::min());
    }
  }

  void open() {
    Text text = text_;
    const bool down = range_.descending;
    const bool values = !column_.empty() && column_ != ordinal_;
    if (behind_) {
      const char* const past = down ? "<" : ">";
      if (values) {
        text.add(between_.empty()
                     ? fmt::format("({}, {}) {} (?, ?)", column_, ordinal_, past)
                     : fmt::format("({}, {}, {}) {} (?, '', ?)", column_, between_, ordinal_, past),
                 position());
        text.parameters.emplace_back(behind_->ordinal);
      } else {
        text.add(fmt::format("{} {} ?", ordinal_, past), behind_->ordinal);
      }
    }
    std::string sql = "SELECT " + ordinal_;
    if (values) sql += ", " + column_;
    sql += " FROM " + from_;
    if (!text.where.empty()) sql += " WHERE " + text.where;
    if (range_.rank != IndexRange::any_rank) {
      const char* const direction = down ? " DESC" : "";
      sql += " ORDER BY ";
      if (values) sql += column_ + direction + ", ";
      if (!between_.empty()) sql += between_ + direction + ", ";
      sql += ordinal_ + direction;
    }
    bound_ = std::move(text.parameters);
    statement_.emplace(engine_.context_.connection.prepare(sql));
    int at = 0;
    for (const Parameter& p : bound_)
      std::visit([&](const auto& v) { statement_->bind_at(++at, v); }, p);
  }

  // The value behind which to go on.
  Parameter position() const {
    if (type_ == Type::text) return behind_->key.text;
    if (range_.rank == kit::rank_nan && type_ == Type::real) return 0.0;
    if (behind_->key.exact) return behind_->key.integer;
    return behind_->key.number;
  }

  kit::SortKey key() const {
    kit::Seen seen;
    if (range_.index == Index::map) {
      if (range_.rank == kit::rank_number)
        seen = {Cell{std::string_view()}, statement_->real(1), true};
      else if (range_.rank == kit::rank_text)
        seen = {Cell{statement_->text(1)}, std::nullopt, true};
    } else if (range_.rank == kit::rank_number && range_.index != Index::ordinal &&
               !column_.empty()) {
      if (type_ == Type::text)
        seen.cell = statement_->text(1);
      else if (type_ == Type::real)
        seen.cell = statement_->real(1);
      else if (type_ == Type::boolean)
        seen.cell = statement_->integer(1) != 0;
      else
        seen.cell = statement_->integer(1);
    } else if (range_.rank == kit::rank_nan && range_.index == Index::series) {
      seen.cell = std::numeric_limits<double>::quiet_NaN();
    }
    return kit::sort_key(seen, false);
  }

  SqliteEngine& engine_;
  IndexRange range_;
  bool keys_;
  bool nothing_ = false;
  std::string from_, ordinal_, column_;  ///< column_: empty where ordinals alone order the range
  std::string between_;                  ///< what stands between them in the index, always empty
  Type type_ = Type::integer;
  Text text_;
  std::optional<kit::IndexEngine::Position> behind_;
  std::vector<Parameter> bound_;  ///< lives as long as the statement that it is bound to
  std::optional<Statement> statement_;
};

std::unique_ptr<kit::IndexScan> SqliteEngine::scan(const IndexRange& range, bool keys,
                                                   const Position* behind) {
  return std::make_unique<SqliteScan>(*this, range, keys, behind);
}

}  // namespace podium::sqlite
