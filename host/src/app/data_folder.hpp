#pragma once
// The folder with all state.
#include <filesystem>
#include <string>
#include <string_view>

#include "podium/error.hpp"

namespace podium::host {

/// The folder inside a data folder in which a restore prepares what it puts there. It goes when the
/// restore is done.
inline constexpr std::string_view restoring_name = ".restoring";

/// Makes the folder if need be; absolute. That one process owns it is the store's to see to. Throws
/// `invalid` when it cannot be made, or when a restore into it was not finished.
inline std::filesystem::path make_data_folder(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  const auto absolute = failure ? path : std::filesystem::canonical(path, failure);
  if (failure)
    throw Error(ErrorCode::invalid, "the data folder '" + path.string() + "' cannot be made: " +
                                        failure.message() + "; choose another with --data");
  if (const auto restoring = absolute / restoring_name;
      std::filesystem::exists(restoring, failure)) {
    if (!std::filesystem::exists(absolute / "podium.db", failure))
      throw Error(ErrorCode::invalid, "a restore into '" + path.string() +
                                          "' was not finished; run `podium restore` again");
    std::filesystem::remove_all(restoring, failure);  // everything had its place
  }
  return absolute;
}

}  // namespace podium::host
