#pragma once
// /api/v1/boards
#include <string>
#include <vector>

#include "desk.hpp"
#include "podium/http/routes.hpp"

namespace podium::leaderboard {

class BoardRoutes final : public Routes {
 public:
  explicit BoardRoutes(Library& library) : Routes("boards"), desk_(library) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/boards"}; }
  std::vector<Route> routes() override;

 private:
  // routes.cpp: boards and templates
  Response list(Request&) const;
  Response add(Request&) const;
  Response show(Request&) const;
  Response linked(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response show_template(Request&) const;
  Response put_template(Request&) const;
  Response differences(Request&) const;
  Response answer(const Board&) const;
  // routes_ranking.cpp: what boards say
  Response ranking(Request&) const;
  Response unsaved(Request&) const;
  Response candidate(Request&) const;
  Response history(Request&) const;
  Response changes(Request&) const;
  Response ranks(Request&) const;
  Response trusted(Request&) const;
  Response front(Request&) const;
  Response exported(Request&) const;
  Response goals(Request&) const;

  Desk desk_;
};

}  // namespace podium::leaderboard
