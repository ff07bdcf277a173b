#pragma once
// The port that a storage plugin implements: records and points, changed together in one
// transaction.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "podium/extension.hpp"
#include "podium/function.hpp"
#include "podium/json.hpp"
#include "podium/store/reader.hpp"
#include "podium/store/schema.hpp"

namespace podium {

/// What to change in a record. Fields by name; a monostate value makes the field missing. Views and
/// spans must live until the call returns.
struct Patch {
  struct Set {
    std::string_view field;
    Value value;
  };
  struct Entry {
    std::string_view map, key, text;
  };  ///< set, overwriting
  struct Remove {
    std::string_view map, key;
  };
  std::vector<Set> fields;
  std::vector<Entry> entries;
  std::vector<Remove> removed;
  std::vector<std::string_view> cleared;  ///< maps and series emptied first
  std::optional<std::string_view> body;

  Patch& set(std::string_view f, Value v) {
    fields.push_back({f, std::move(v)});
    return *this;
  }
  Patch& put(std::string_view map, std::string_view key, std::string_view text) {
    entries.push_back({map, key, text});
    return *this;
  }
  Patch& remove(std::string_view map, std::string_view key) {
    removed.push_back({map, key});
    return *this;
  }
  Patch& clear(std::string_view map_or_series) {
    cleared.push_back(map_or_series);
    return *this;
  }
  bool empty() const {
    return fields.empty() && entries.empty() && removed.empty() && cleared.empty() && !body;
  }
};

/// A record to insert.
struct NewRecord {
  std::string_view id;  ///< required unless the collection is a sequence (then empty)
  Patch content;        ///< `removed` and `cleared` must be empty
};

enum class PutMode : std::uint8_t { overwrite = 1, keep, equal_or_fail };

/// Points for one series of a record.
struct SeriesPoints {
  std::string_view key, scope;
  std::span<const Point> points;
};

/// A range of a declared key: the values of its leading fields, then optionally bounds of the next
/// one. Where no key has the name, that of a reference field names the index it has of its own.
struct KeyRange {
  std::string_view key;
  std::vector<Value> equal = {};
  std::optional<Value> from = {}, to = {};  ///< both included
  bool descending = false;
};

/// What a `fn` of a write may do. All or nothing. The records it reads by ordinal, id or key are
/// locked until it commits; anything else it must not decide on; absence is held only by a unique
/// key.
///
/// `fn` refuses (throws) before it writes, touches nothing but its Transaction, takes its data by
/// value or from what outlives the call, and may be run again: from the start, with everything
/// undone. A nested call of the store from inside throws `misuse`. Used on the writer's thread
/// only.
class Transaction {
 public:
  /// The ordinal of a text id, or 0.
  virtual Ordinal find(CollectionId, std::string_view id) = 0;
  /// The row, if it is there, locked for update.
  virtual bool get(CollectionId, Ordinal, std::span<const Column>,
                   FunctionRef<void(const Row&)>) = 0;
  /// Rows of a key's range, in the key's order.
  virtual std::uint64_t query(CollectionId, const KeyRange&, std::uint64_t limit,
                              std::span<const Column>, RowSink) = 0;
  /// Throws `exists` when a unique key or the id is taken (naming it), `not_found` when a
  /// reference's target does not exist, `invalid` when a value does not fit its field or a text is
  /// not UTF-8.
  virtual Ordinal insert(CollectionId, const NewRecord&) = 0;
  struct Kept {
    Ordinal ordinal;
    bool inserted;
  };
  /// Inserts, or returns the record that has the same values in the unique key (or the same id,
  /// with `unique_key` empty), unchanged.
  virtual Kept insert_or_keep(CollectionId, const NewRecord&, std::string_view unique_key) = 0;
  /// Changes those of the records that exist and satisfy `still`. Returns how many. A patch that
  /// changes nothing leaves the version and the feed alone.
  virtual std::uint64_t update(CollectionId, std::span<const Ordinal>, const Filter& still,
                               const Patch&) = 0;
  /// Changes the first `limit` records of a key's range and returns their ordinals: a claim.
  virtual std::vector<Ordinal> update(CollectionId, const KeyRange&, std::uint64_t limit,
                                      const Patch&) = 0;
  /// Erases those of the records that satisfy `still`, with maps, series and what refers to them by
  /// cascade. Large cascades become a tombstone: invisible at once, purged behind. Returns how
  /// many.
  virtual std::uint64_t erase(CollectionId, std::span<const Ordinal>, const Filter& still = {}) = 0;
  /// Writes entries of a map. `keep` leaves entries that are there; `equal_or_fail` throws
  /// ConflictError, before it writes, with every entry that is there with another text. A key given
  /// twice: the last wins (keep: the first; equal_or_fail: they must be equal).
  virtual void put(CollectionId, Ordinal, std::string_view map, std::span<const MapEntry>,
                   PutMode) = 0;
  /// Appends points. Points that the series has already (step, time and value equal) are dropped.
  /// The record's version stays; the feed hears of it.
  virtual void append(CollectionId, Ordinal, std::string_view series,
                      std::span<const SeriesPoints>) = 0;
  /// Moves the named maps and series to another record, which declares the same and has none of
  /// them.
  virtual void rehome(CollectionId from, Ordinal, CollectionId to, Ordinal,
                      std::span<const std::string_view> names) = 0;
  /// Like `update` with `patch`, for the current version only: throws `conflict` when it moved on.
  void update_version(CollectionId c, Ordinal o, std::int64_t version, const Patch& patch) {
    if (update(c, std::span<const Ordinal>(&o, 1), eq(record_version(), version), patch) == 0)
      throw Error(ErrorCode::conflict, "the record changed meanwhile; read it again and repeat");
  }

 protected:
  ~Transaction() = default;
};

/// Keeps records and points. Thread-safe. An acknowledged write is on disk and survives `kill -9`.
class Store : public Reader {
 public:
  using Write = UniqueFunction<void(Transaction&)>;
  /// Called once after the write's commit with null, or with the reason it was refused or failed.
  using Done = UniqueFunction<void(const Error*)>;

  virtual ~Store() = default;

  /// Makes the collections known, creating or migrating what is stored. Idempotent. References may
  /// point at collections declared earlier or in the same call. Throws `unsupported` when the store
  /// holds a newer version of one than is declared (naming both), `invalid` for a declaration that
  /// differs from the stored one without a new version, or that contradicts itself.
  virtual void declare(std::span<const Collection>) = 0;
  /// The handle of a declared collection; throws `not_found`.
  virtual CollectionId collection(std::string_view name) const = 0;
  virtual const Collection& declaration(CollectionId) const = 0;

  /// Queues a write and returns. `done` is called on the writer's thread or one of its pool and
  /// must not block. Where `done` needs an outcome, `fn` leaves it in what both share.
  virtual void commit(Write fn, Done done) = 0;
  /// Runs a write and waits until it is durable; throws what `fn` threw. Refused with `misuse` on
  /// the writer's thread and on threads marked by `forbid_blocking`.
  virtual void transact(FunctionRef<void(Transaction&)> fn) = 0;
  /// The same, returning what `fn` returns.
  template <class F>
  auto write(F&& fn) -> std::invoke_result_t<F&, Transaction&> {
    using R = std::invoke_result_t<F&, Transaction&>;
    if constexpr (std::is_void_v<R>) {
      transact([&](Transaction& t) { fn(t); });
    } else {
      std::optional<R> result;
      transact([&](Transaction& t) { result.emplace(fn(t)); });
      return std::move(*result);
    }
  }
  /// Runs several reads on one snapshot. Short: no longer than a page.
  virtual void read(FunctionRef<void(const Reader&)> fn) const = 0;

  /// Calls `hint(newest revision)` after commits, on an engine's thread; must not block. It only
  /// says *there is more*; several commits may share one call. Returns an id for `unwatch`.
  virtual int watch(std::function<void(Revision)> hint) = 0;
  virtual void unwatch(int id) = 0;

  /// One slice of housekeeping (merging loose points, compacting the feed, purging tombstones,
  /// checkpoints). The engine does it by itself; tests and `doctor` call it to make it happen now.
  /// Returns false when nothing was left to do.
  virtual bool maintain() = 0;

  /// Copies the store, consistent, while it is in use, to a path that does not exist yet. Asks
  /// `go_on` now and then; when it says no, nothing is left behind and `cancelled` is thrown.
  virtual void backup(const std::filesystem::path& to,
                      FunctionRef<bool(double progress)> go_on) const = 0;
  void backup(const std::filesystem::path& to) const {
    backup(to, [](double) { return true; });
  }
  struct Finding {
    std::string what;
    bool fault;
  };
  /// Checks the store: structure, summaries against points, indexes against maps, the feed.
  virtual std::vector<Finding> check(FunctionRef<bool(double progress)> go_on) const = 0;

  /// Marks the calling thread (an io thread) as one on which `transact` is refused.
  static void forbid_blocking() noexcept { blocking_forbidden() = true; }
  static bool& blocking_forbidden() noexcept {
    static thread_local bool forbidden = false;
    return forbidden;
  }
};

struct StoreOptions {
  std::filesystem::path directory;  ///< where the engine keeps its files; exists
  const Json* settings = nullptr;   ///< the table of podium.toml named like the store, or null
  /// Run every write twice (run, undo, run): shows a `fn` that breaks the contract. On in the
  /// sanitizer builds and the conformance suite.
  bool run_twice = false;
  std::function<void(int level, std::string_view message)> log;
};

/// What a storage plugin adds: `id` "sqlite" is what `store = "sqlite"` names.
class StoreFactory : public Extension {
 public:
  using Extension::Extension;
  virtual std::unique_ptr<Store> open(const StoreOptions&) = 0;
  /// Opens a store that is there to look at it, also while another process serves it: the reading
  /// calls, `backup` and `check` work on what is stored, every stored collection is declared, and
  /// what would write throws `unsupported`. Changes no record and makes no store. Throws
  /// `not_found` when there is none, `corrupt` and `unsupported` as `open` does.
  virtual std::unique_ptr<const Store> look(const StoreOptions&) {
    throw Error(ErrorCode::unsupported, "the store '" + id() +
                                            "' cannot be looked at from outside; use its own tools "
                                            "to copy and check it");
  }
};

}  // namespace podium
