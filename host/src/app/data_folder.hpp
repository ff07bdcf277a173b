#pragma once
// The folder with all state.
#include <filesystem>
#include <string>

#include "podium/error.hpp"

namespace podium::host {

/// Makes the folder if need be; absolute. That one process owns it is the store's to see to. Throws
/// `invalid` when it cannot be made.
inline std::filesystem::path make_data_folder(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  const auto absolute = failure ? path : std::filesystem::canonical(path, failure);
  if (failure)
    throw Error(ErrorCode::invalid, "the data folder '" + path.string() + "' cannot be made: " +
                                        failure.message() + "; choose another with --data");
  return absolute;
}

}  // namespace podium::host
