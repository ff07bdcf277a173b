// Copies of the store while it is in use.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "sqlite.hpp"
#include "sqlite_store.hpp"

namespace podium::sqlite {

void SqliteStore::backup(const std::filesystem::path& to, FunctionRef<bool(double)> go_on) const {
  refuse_nested();
  if (std::filesystem::exists(to))
    throw Error(ErrorCode::exists, fmt::format("{} exists already; name a new file", to.string()));
  // Under another name until it is whole, so that half a copy is never taken for one.
  std::filesystem::path partial = to;
  partial += ".partial";
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  try {
    Connection source(shared_.file, Connection::Role::reader);
    source.execute("BEGIN");  // one snapshot, whatever is written meanwhile
    source.number("SELECT count(*) FROM meta");
    Connection copy(partial, Connection::Role::writer);
    sqlite3_backup* const backup =
        sqlite3_backup_init(copy.handle(), "main", source.handle(), "main");
    if (backup == nullptr) copy.fail(sqlite3_errcode(copy.handle()));
    int result = SQLITE_OK;
    bool stopped = false;
    while (result == SQLITE_OK && !stopped) {
      result = sqlite3_backup_step(backup, 1024);
      const double all = sqlite3_backup_pagecount(backup);
      stopped = !go_on(all > 0 ? 1 - sqlite3_backup_remaining(backup) / all : 1);
    }
    sqlite3_backup_finish(backup);
    if (stopped) throw Error(ErrorCode::cancelled, "the backup was stopped");
    if (result != SQLITE_DONE) copy.fail(result);
    // The copy says that it has a WAL; without one it is a single file that can be moved.
    copy.execute("PRAGMA journal_mode = DELETE");
  } catch (...) {
    std::filesystem::remove(partial, ignored);
    throw;
  }
  std::filesystem::rename(partial, to);
  // The new name is durable when its folder is.
  const std::filesystem::path folder = std::filesystem::absolute(to).parent_path();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fsync(descriptor);
    ::close(descriptor);
  }
}

}  // namespace podium::sqlite
