#pragma once
// SQLite as this store uses it: a connection with its statements, and errors as podium::Error.
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "podium/error.hpp"

namespace podium::sqlite {

/// `corrupt`, with the file's name, how it is damaged and what to do.
Error damaged(const std::filesystem::path& file, std::string_view how);

/// What SQLite refused, with its extended result code. A full disk is `out_of_space`, a damaged
/// file `corrupt`, what another try may heal `unavailable`, the rest `internal`.
class EngineError : public Error {
 public:
  /// `file` is named in the text.
  EngineError(int result, const std::string& message, const std::filesystem::path& file);
  int result() const noexcept { return result_; }
  bool disk_full() const noexcept { return (result_ & 0xFF) == SQLITE_FULL; }
  bool constraint() const noexcept { return (result_ & 0xFF) == SQLITE_CONSTRAINT; }
  /// The connection may no longer agree with the file and must be opened again.
  bool broken() const noexcept;

 private:
  int result_;
};

class Statement;

/// One connection, used by one thread at a time. Statements are prepared once a text and kept, the
/// least recently used dropped beyond `kept_statements`.
class Connection {
 public:
  enum class Role : std::uint8_t {
    writer,  ///< may create the file; synchronous=FULL, no automatic checkpoints
    reader,  ///< the file exists; refuses writes
  };
  Connection(const std::filesystem::path& file, Role role);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs a text of one or several statements that return nothing.
  void execute(const std::string& sql);
  /// A statement from the cache, or a new one when the same text is in use further out.
  Statement prepare(std::string_view sql);
  /// The first column of the only row, or `otherwise`.
  std::int64_t number(std::string_view sql, std::int64_t otherwise = 0);

  /// Leaves a statement standing at a row, named by `of` and `row`, for who asks for the same row
  /// next; it is let go when another is left, and before anything is changed.
  void keep_row(Statement&&, const void* of, std::int64_t row) noexcept;
  /// The statement that stands at this row, if it was left.
  std::optional<Statement> take_row(const void* of, std::int64_t row) noexcept;
  void drop_row() noexcept;
  /// How often something was run that may have changed rows.
  std::uint64_t runs() const noexcept { return runs_; }

  sqlite3* handle() const noexcept { return db_; }
  const std::filesystem::path& file() const noexcept { return file_; }
  bool in_transaction() const noexcept { return sqlite3_get_autocommit(db_) == 0; }
  std::int64_t total_changes() const noexcept { return sqlite3_total_changes64(db_); }
  std::int64_t last_row() const noexcept { return sqlite3_last_insert_rowid(db_); }
  std::int64_t changes() const noexcept { return sqlite3_changes64(db_); }
  [[noreturn]] void fail(int result) const;

 private:
  friend class Statement;
  static constexpr std::size_t kept_statements = 256;
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    std::uint64_t used = 0;
    bool busy = false;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
    using std::hash<std::string_view>::operator();
  };
  sqlite3_stmt* compile(std::string_view sql, unsigned flags);
  void running() noexcept {
    ++runs_;
    if (kept_ != nullptr) drop_row();
  }
  void drop_oldest();

  const std::filesystem::path file_;
  sqlite3* db_ = nullptr;
  std::uint64_t tick_ = 0, runs_ = 0;
  Prepared* kept_ = nullptr;
  const void* kept_of_ = nullptr;
  std::int64_t kept_row_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Prepared>, Hash, std::equal_to<>> statements_;
};

/// Bytes to be bound as a blob.
struct Blob {
  std::string_view bytes;
};

/// A statement on loan: reset and given back when it goes out of scope. Bound texts and blobs are
/// not copied: they must live until then. Columns count from 0, parameters from 1.
class Statement {
 public:
  Statement(Statement&& other) noexcept
      : connection_(other.connection_), prepared_(other.prepared_), raw_(other.raw_) {
    other.raw_ = nullptr;
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  template <class... Args>
  Statement& bind(const Args&... args) {
    int at = 0;
    (bind_at(++at, args), ...);
    return *this;
  }
  template <class T>
  void bind_at(int at, const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t>)
      check(sqlite3_bind_null(raw_, at));
    else if constexpr (std::is_floating_point_v<T>)
      check(sqlite3_bind_double(raw_, at, value));
    else if constexpr (std::is_integral_v<T>)
      check(sqlite3_bind_int64(raw_, at, static_cast<sqlite3_int64>(value)));
    else if constexpr (std::is_same_v<T, Blob>)
      check(sqlite3_bind_blob64(raw_, at, data(value.bytes), value.bytes.size(), SQLITE_STATIC));
    else
      bind_text(at, value);
  }

  /// Whether there is a(nother) row.
  bool step() {
    const int result = sqlite3_step(raw_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    connection_->fail(result);
  }
  /// Runs it to its end. It can be bound and run again.
  void run() {
    connection_->running();
    while (step()) {
    }
    reset();
  }
  void reset() noexcept { sqlite3_reset(raw_); }
  /// Every parameter becomes NULL.
  void clear() noexcept { sqlite3_clear_bindings(raw_); }

  bool is_null(int column) const noexcept {
    return sqlite3_column_type(raw_, column) == SQLITE_NULL;
  }
  std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(raw_, column); }
  double real(int column) const noexcept { return sqlite3_column_double(raw_, column); }
  /// Valid until the next step.
  std::string_view text(int column) const noexcept { return text_of(value(column)); }
  /// A column that is looked at several times: cheaper than the calls by its number, which lock and
  /// look for errors each. Valid until the next step.
  sqlite3_value* value(int column) const noexcept { return sqlite3_column_value(raw_, column); }
  static std::string_view text_of(sqlite3_value* value) noexcept {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))};
  }
  std::string_view blob(int column) const noexcept {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_, column));
    return {bytes == nullptr ? "" : bytes,
            static_cast<std::size_t>(sqlite3_column_bytes(raw_, column))};
  }
  sqlite3_stmt* raw() const noexcept { return raw_; }

 private:
  friend class Connection;
  Statement(Connection* connection, Connection::Prepared* prepared, sqlite3_stmt* raw) noexcept
      : connection_(connection), prepared_(prepared), raw_(raw) {}
  // A null pointer would bind NULL.
  static const char* data(std::string_view text) noexcept {
    return text.data() == nullptr ? "" : text.data();
  }
  void bind_text(int at, std::string_view text) {
    check(sqlite3_bind_text64(raw_, at, data(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  void check(int result) const {
    if (result != SQLITE_OK) connection_->fail(result);
  }

  Connection* connection_;
  Connection::Prepared* prepared_;  ///< null when it belongs to nobody's cache
  sqlite3_stmt* raw_;
};

}  // namespace podium::sqlite
