#pragma once
// The boards whose rankings are in memory.
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "live.hpp"
#include "trust/trust.hpp"

namespace podium::leaderboard {

/// Keeps rankings for whoever sees every task; the least recently used go when there are many.
/// Thread-safe.
class Library {
 public:
  /// A board with more tasks than `large` is worked out anew beside its readers, who see the one
  /// before.
  Library(PluginContext& context, Clock now, std::size_t large = 20'000, std::size_t most = 100)
      : context_(context), now_(std::move(now)), large_(large), most_(most) {}
  ~Library() { stop(); }
  void stop() noexcept;

  struct Found {
    std::shared_ptr<Live> live;
    bool stale = false;         ///< of the definition before
    std::int64_t revision = 0;  ///< of its definition
  };
  /// The ranking of a saved board, perhaps that of the definition before.
  Found find(const Board&);
  /// That of this definition, however long it takes.
  std::shared_ptr<Live> current(const Board&);
  /// Of a definition that is not saved, or for a caller who sees some tasks only.
  std::shared_ptr<Live> make(Ordinal project, DefinitionPtr, Filter visible,
                             bool remembers = false);
  void forget(Ordinal board);
  /// What the log has told of a board by now, kept up by who writes it.
  struct Told;
  std::shared_ptr<Told> told(Ordinal board);
  /// What was worked out of the candidates' trust before.
  struct Trust {
    std::mutex mutex;
    TrustMemory memory;
  };
  std::shared_ptr<Trust> trust_memory(Ordinal board);

  PluginContext& context() const noexcept { return context_; }
  const Clock& clock() const noexcept { return now_; }

 private:
  struct Kept {
    std::int64_t revision = 0;
    std::shared_ptr<Live> live;
    std::shared_ptr<Live> next;  ///< being worked out
    std::int64_t next_revision = 0;
    std::uint64_t used = 0;
    std::shared_ptr<Trust> trust;
  };
  Kept& kept(const Board&);
  std::shared_ptr<Live> newest(Kept&, const Board&);
  void work();

  PluginContext& context_;
  Clock now_;
  std::size_t large_, most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Ordinal, Kept> kept_;
  std::map<Ordinal, std::weak_ptr<Told>> told_;
  std::uint64_t uses_ = 0;
  std::vector<Ordinal> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace podium::leaderboard
