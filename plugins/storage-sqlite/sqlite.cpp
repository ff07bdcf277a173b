#include "sqlite.hpp"

#include <algorithm>
#include <mutex>

namespace podium::sqlite {
namespace {

ErrorCode code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_FULL:
      return ErrorCode::out_of_space;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
      return ErrorCode::unavailable;
    case SQLITE_INTERRUPT:
      return ErrorCode::cancelled;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    default:
      return ErrorCode::internal;
  }
}

std::string sentence(int result, const std::string& message, const std::filesystem::path& file) {
  switch (result & 0xFF) {
    case SQLITE_FULL:
      return "the disk that holds the store has no space left; free some, writes resume by "
             "themselves";
    case SQLITE_CORRUPT:
      return damaged(file, message).what();
    case SQLITE_NOTADB:
      return "the store's file " + file.string() +
             " is damaged or no SQLite database; restore a backup";
    case SQLITE_CANTOPEN:
      return "the store's file " + file.string() + " cannot be opened (" + message + ")";
    default:
      return "the store's engine failed: " + message;
  }
}

}  // namespace

Error damaged(const std::filesystem::path& file, std::string_view how) {
  std::string line(how);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return {ErrorCode::corrupt, "the store's file " + file.string() + " is damaged (" + line +
                                  "); restore a backup, or see what podium doctor says"};
}

EngineError::EngineError(int result, const std::string& message, const std::filesystem::path& file)
    : Error(code_of(result), sentence(result, message, file)), result_(result) {}

bool EngineError::broken() const noexcept {
  switch (result_ & 0xFF) {
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
      return true;
    default:
      return false;
  }
}

Connection::Connection(const std::filesystem::path& file, Role role) : file_(file) {
  static std::once_flag once;
  // The allocator's statistics cost a lock an allocation. Refused, harmlessly, when SQLite already
  // runs.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
  const bool writes = role == Role::writer;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_CREATE : 0);
  const int result = sqlite3_open_v2(file.c_str(), &db_, flags, nullptr);
  try {
    if (result != SQLITE_OK) fail(result);
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, 5000);
    if (!writes) sqlite3_db_config(db_, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 512, 64);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    execute(
        writes
            ? "PRAGMA cell_size_check = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384"
            : "PRAGMA query_only = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096");
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

Connection::~Connection() {
  for (auto& [sql, prepared] : statements_) sqlite3_finalize(prepared->statement);
  sqlite3_close_v2(db_);
}

void Connection::fail(int result) const {
  const int extended = db_ != nullptr ? sqlite3_extended_errcode(db_) : result;
  // A misuse leaves the connection's own code behind that of an older call.
  const int code = (extended & 0xFF) == (result & 0xFF) ? extended : result;
  throw EngineError(code, db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(result), file_);
}

void Connection::execute(const std::string& sql) {
  running();
  const int result = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(result);
}

std::int64_t Connection::number(std::string_view sql, std::int64_t otherwise) {
  Statement statement = prepare(sql);
  return statement.step() && !statement.is_null(0) ? statement.integer(0) : otherwise;
}

sqlite3_stmt* Connection::compile(std::string_view sql, unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), flags, &statement, nullptr);
  if (result != SQLITE_OK) fail(result);
  return statement;
}

Statement Connection::prepare(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found == statements_.end()) {
    if (statements_.size() >= kept_statements) drop_oldest();
    auto prepared = std::make_unique<Prepared>();
    prepared->statement = compile(sql, SQLITE_PREPARE_PERSISTENT);
    prepared->used = ++tick_;
    prepared->busy = true;
    Prepared* const kept = prepared.get();
    try {
      statements_.emplace(std::string(sql), std::move(prepared));
    } catch (...) {
      sqlite3_finalize(kept->statement);
      throw;
    }
    return {this, kept, kept->statement};
  }
  Prepared* const kept = found->second.get();
  if (kept == kept_) drop_row();
  if (kept->busy) return {this, nullptr, compile(sql, 0)};
  kept->used = ++tick_;
  kept->busy = true;
  return {this, kept, kept->statement};
}

void Connection::keep_row(Statement&& statement, const void* of, std::int64_t row) noexcept {
  drop_row();
  if (statement.prepared_ == nullptr || statement.raw_ == nullptr) return;
  kept_ = statement.prepared_;
  kept_of_ = of;
  kept_row_ = row;
  statement.raw_ = nullptr;
}

std::optional<Statement> Connection::take_row(const void* of, std::int64_t row) noexcept {
  if (kept_ == nullptr || kept_of_ != of || kept_row_ != row) return std::nullopt;
  Prepared* const prepared = kept_;
  kept_ = nullptr;
  prepared->used = ++tick_;
  return Statement(this, prepared, prepared->statement);
}

void Connection::drop_row() noexcept {
  if (kept_ == nullptr) return;
  sqlite3_reset(kept_->statement);
  kept_->busy = false;
  kept_ = nullptr;
}

void Connection::drop_oldest() {
  auto oldest = statements_.end();
  for (auto it = statements_.begin(); it != statements_.end(); ++it)
    if (!it->second->busy &&
        (oldest == statements_.end() || it->second->used < oldest->second->used))
      oldest = it;
  if (oldest == statements_.end()) return;
  sqlite3_finalize(oldest->second->statement);
  statements_.erase(oldest);
}

Statement::~Statement() {
  if (raw_ == nullptr) return;
  if (prepared_ == nullptr) {
    sqlite3_finalize(raw_);
    return;
  }
  sqlite3_reset(raw_);
  prepared_->busy = false;
}

}  // namespace podium::sqlite
