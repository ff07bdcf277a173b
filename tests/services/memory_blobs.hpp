#pragma once
// A BlobStore in memory, which refuses to erase when a test wants it to.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "podium/blob_store.hpp"
#include "podium/error.hpp"

namespace podium::test {

class MemoryBlobs final : public BlobStore {
 public:
  std::atomic<int> failures{0};  ///< so many calls of `erase` throw

  void put(const std::string& name, std::string bytes) {
    const std::lock_guard lock(mutex_);
    blobs_[name] = std::move(bytes);
  }
  /// Names given to `erase`, in order.
  std::vector<std::string> erased() const {
    const std::lock_guard lock(mutex_);
    return erased_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return blobs_.size();
  }

  std::unique_ptr<BlobWriter> create() override { return nullptr; }
  void commit(std::unique_ptr<BlobWriter>, std::string_view) override {}
  std::unique_ptr<BlobReader> open(std::string_view) const override { return nullptr; }
  std::optional<BlobInfo> stat(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    const std::string text(name);
    const std::string last = text.substr(text.rfind('/') + 1);
    if (const auto at = blobs_.find(text); at != blobs_.end())
      return BlobInfo{last, false, at->second.size(), 0};
    const auto below = blobs_.lower_bound(text + "/");
    if (below == blobs_.end() || !below->first.starts_with(text + "/")) return std::nullopt;
    return BlobInfo{last, true, 0, 0};
  }
  std::vector<BlobInfo> list(std::string_view directory) const override {
    const std::lock_guard lock(mutex_);
    const std::string base = directory.empty() ? "" : std::string(directory) + "/";
    std::map<std::string, BlobInfo> out;
    for (const auto& [name, bytes] : blobs_) {
      if (!name.starts_with(base)) continue;
      const auto slash = name.find('/', base.size());
      const std::string part = name.substr(base.size(), slash - base.size());
      const bool folder = slash != std::string::npos;
      out[part] = {part, folder, folder ? 0 : bytes.size(), 0};
    }
    std::vector<BlobInfo> list;
    for (auto& [name, info] : out) list.push_back(info);
    return list;
  }
  bool erase(std::string_view name) override {
    if (failures > 0) {
      --failures;
      throw Error(ErrorCode::unavailable, "the disk sleeps");
    }
    const std::lock_guard lock(mutex_);
    const std::string base(name);
    erased_.push_back(base);
    return std::erase_if(blobs_, [&](const auto& blob) {
             return blob.first == base || blob.first.starts_with(base + "/");
           }) != 0;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> blobs_;
  std::vector<std::string> erased_;
};

}  // namespace podium::test
