#pragma once
// How much a folder of the BlobStore holds.
#include <cstdint>
#include <string>

#include "podium/blob_store.hpp"

namespace podium::host {

struct BlobCount {
  std::int64_t files = 0, bytes = 0;
  bool whole = true;  ///< false when more than was allowed is there
};

/// Adds what is below a folder to `count`, until that has `most` files.
inline void count_blobs(const BlobStore& blobs, const std::string& folder, std::int64_t most,
                        BlobCount& count) {
  for (const BlobInfo& info : blobs.list(folder)) {
    if (count.files >= most) {
      count.whole = false;
      return;
    }
    if (info.directory) {
      count_blobs(blobs, folder + "/" + info.name, most, count);
    } else {
      ++count.files;
      count.bytes += static_cast<std::int64_t>(info.size);
    }
  }
}

}  // namespace podium::host
