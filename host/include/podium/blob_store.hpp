#pragma once
// The port that keeps bytes: artifacts, logs, attachments. Streamed, never in memory whole.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace podium {

struct BlobInfo {
  std::string name;  ///< the last segment
  bool directory = false;
  std::uint64_t size = 0;     ///< bytes; 0 for a directory
  std::int64_t modified = 0;  ///< milliseconds UTC
};

/// An upload that has no name yet. Dropped uncommitted, it leaves nothing behind. One thread at a
/// time.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  /// Throws `out_of_space`, `internal`.
  virtual void write(std::span<const char>) = 0;
  virtual std::uint64_t size() const = 0;
};

/// An open blob, readable even if it is replaced or erased meanwhile. Thread-safe.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  virtual std::int64_t modified() const = 0;
  /// Reads up to buffer.size() bytes at an offset; returns how many, 0 at the end.
  virtual std::size_t read(std::uint64_t offset, std::span<char> buffer) = 0;
  /// A file descriptor the server may `sendfile` from, owned by the reader, or -1.
  virtual int native_handle() const noexcept { return -1; }
};

/// Keeps blobs by name: relative, segments divided by '/'. Refuses (`invalid`, "Invalid path")
/// empty names, empty, "." and ".." segments, backslashes, NUL and other control characters, over
/// 4,096 bytes, and what leads out of the store by a symbolic link. Thread-safe. Blocks: never on
/// an io thread.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  virtual std::unique_ptr<BlobWriter> create() = 0;
  /// Gives an upload its name, replacing what had it; durable when it returns. Makes parents.
  /// Throws `conflict` when the name is a directory or a parent is a blob.
  virtual void commit(std::unique_ptr<BlobWriter>, std::string_view name) = 0;
  /// The blob, or null when there is none. Throws `invalid` when the name is a directory.
  virtual std::unique_ptr<BlobReader> open(std::string_view name) const = 0;
  virtual std::optional<BlobInfo> stat(std::string_view name) const = 0;
  /// One level, by name (bytes). "" is the root. Empty when the name is a blob or does not exist.
  virtual std::vector<BlobInfo> list(std::string_view directory) const = 0;
  /// Erases a blob or a tree. False when there was none.
  virtual bool erase(std::string_view name) = 0;
};

}  // namespace podium
