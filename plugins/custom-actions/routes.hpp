#pragma once
// /api/v1/custom-actions
#include <string>
#include <vector>

#include "book.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/http/routes.hpp"

namespace podium::custom {

class CustomActionRoutes final : public Routes {
 public:
  CustomActionRoutes(PluginContext& context, Book& book)
      : Routes("custom-actions"), context_(context), book_(book) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/custom-actions"}; }
  std::vector<Route> routes() override;

 private:
  Response list(Request&);
  Response add(Request&);
  Response get(Request&);
  Response replace(Request&);
  Response remove(Request&);
  Response attempt(Request&);
  Response audit(Request&);

  Response answer(const Principal&, std::string_view id, int status = 200) const;

  PluginContext& context_;
  Book& book_;
};

}  // namespace podium::custom
