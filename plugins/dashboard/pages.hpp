#pragma once
// What browsers are given: the first page, and the files that it is made of.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/routes.hpp"

namespace podium_dashboard {

/// Serves the files that were built in, or those of a folder (for who works on them).
class Pages final : public podium::Routes {
 public:
  explicit Pages(std::filesystem::path folder) : Routes("pages"), folder_(std::move(folder)) {}

  std::vector<std::string> prefixes() const override { return {"/", "/assets", "/p"}; }
  std::vector<podium::Route> routes() override;

 private:
  podium::Response page() const;
  podium::Response asset(std::string_view name) const;
  /// Throws `not_found`.
  podium::Response file(std::string_view name) const;

  std::filesystem::path folder_;
};

}  // namespace podium_dashboard
