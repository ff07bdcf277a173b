#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "schema.hpp"

namespace podium::sqlite {

Session::Session(Shared& shared) : shared_(shared) {
  connect();
  catalog_ = std::make_shared<const Catalog>(stored_collections(*connection_));
  shared_.replace(catalog_);
}

void Session::connect() {
  auto connection = std::make_unique<Connection>(shared_.file, Connection::Role::writer);
  prepare_file(*connection);
  shared_.revision = newest_revision(*connection);
  connection_ = std::move(connection);
  wal_pages_ = 0;
  sqlite3_wal_hook(
      connection_->handle(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &wal_pages_);
}

bool Session::settle() {
  connection_.reset();
  try {
    connect();
    // What recovery found in the WAL may be only in the kernel's memory after a failed fsync;
    // copied into the file over new descriptors it is on disk.
    Statement checkpoint = connection_->prepare("PRAGMA wal_checkpoint(FULL)");
    if (!checkpoint.step() || checkpoint.integer(0) != 0)
      throw Error(ErrorCode::unavailable, "the store is recovering from an I/O error; try again");
  } catch (...) {
    connection_.reset();
    throw;
  }
  const bool there = committing_ != 0 && shared_.revision.load() >= committing_;
  if (there)
    publish();
  else
    forget();
  return there;
}

void Session::begin() {
  connection_->prepare("BEGIN IMMEDIATE").run();
  known_ = {};
  written_before_ = written();
  points = 0;
  if (tombstones_stale_) {
    tombstones_.load(*connection_);
    tombstones_stale_ = false;
  }
}

void Session::commit(bool visible) {
  if (written() != written_before_) {
    for (const auto& [collection, ordinal] : retired_)
      connection_->prepare("UPDATE collections SET high_water = max(high_water, ?) WHERE cid = ?")
          .bind(ordinal, static_cast<int>(collection))
          .run();
    const bool told = feed_.write(*connection_, next_revision());
    // A commit whose outcome is unknown is looked for by its revision.
    if (!told && visible)
      connection_->prepare("UPDATE meta SET value = ? WHERE key = 'revision'")
          .bind(next_revision())
          .run();
    if (told || visible) committing_ = next_revision();
  }
  connection_->prepare("COMMIT").run();
  publish();
}

void Session::publish() {
  if (committing_ != 0) shared_.revision = committing_;
  if (next_catalog_) {
    catalog_ = next_catalog_;
    shared_.replace(std::move(next_catalog_));
  }
  for (const auto& [text, id] : new_texts_) shared_.dictionary.keep(id, text);
  for (const LooseSeries& series : new_loose_) {
    if (loose_.size() < most_loose)
      loose_.insert(series);
    else
      loose_incomplete = true;
  }
  committing_ = 0;
  feed_.clear();
  retired_.clear();
  new_texts_.clear();
  new_loose_.clear();
}

void Session::rollback() noexcept {
  if (connection_) connection_->drop_row();
  if (connection_ && connection_->in_transaction())
    sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  forget();
}

void Session::forget() noexcept {
  committing_ = 0;
  feed_.clear();
  next_.clear();
  retired_.clear();
  new_texts_.clear();
  new_loose_.clear();
  next_catalog_ = nullptr;
  tombstones_stale_ = true;
}

Ordinal Session::next_ordinal(const CollectionInfo& info) {
  const auto found = next_.find(info.id);
  if (found != next_.end()) return ++found->second;
  Statement greatest = connection_->prepare(
      fmt::format("SELECT max(high_water, ifnull((SELECT max(rid) FROM {}), 0)) FROM collections "
                  "WHERE cid = ?",
                  info.table));
  greatest.bind(static_cast<int>(info.id)).step();
  // What this group erased counts, too, before its commit notes it.
  const auto retired = retired_.find(info.id);
  const Ordinal last =
      std::max(greatest.integer(0), retired == retired_.end() ? Ordinal{0} : retired->second);
  return next_[info.id] = last + 1;
}

void Session::retire(CollectionId collection, Ordinal ordinal) {
  known_ = {};
  Ordinal& greatest = retired_[collection];
  greatest = std::max(greatest, ordinal);
}

std::optional<std::int64_t> Session::find_text(std::string_view text) {
  if (const auto known = shared_.dictionary.cached(text)) return known;
  if (!new_texts_.empty()) {
    const auto fresh = new_texts_.find(std::string(text));
    if (fresh != new_texts_.end()) return fresh->second;
  }
  Statement stored = connection_->prepare("SELECT id FROM dict WHERE text = ?");
  if (!stored.bind(text).step()) return std::nullopt;
  // Found in the file and not among the new ones, so it is committed.
  const std::int64_t id = stored.integer(0);
  shared_.dictionary.keep(id, text);
  return id;
}

std::int64_t Session::text_id(std::string_view text) {
  if (const auto known = find_text(text)) return *known;
  Statement insert = connection_->prepare("INSERT INTO dict (text) VALUES (?)");
  insert.bind(text).run();
  const std::int64_t id = connection_->last_row();
  new_texts_.emplace(text, id);
  return id;
}

void Session::entomb(CollectionId collection, Ordinal ordinal, Ordinal partition) {
  known_ = {};
  connection_->prepare("INSERT INTO tombstones (cid, rid, part) VALUES (?, ?, ?)")
      .bind(static_cast<int>(collection), ordinal, partition)
      .run();
  tombstones_.add(collection, ordinal);
}

void Session::unentomb(CollectionId collection, Ordinal ordinal) {
  connection_->prepare("DELETE FROM tombstones WHERE cid = ? AND rid = ?")
      .bind(static_cast<int>(collection), ordinal)
      .run();
  tombstones_.remove(collection, ordinal);
}

}  // namespace podium::sqlite
