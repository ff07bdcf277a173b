#pragma once
// The OpenAPI document of the routes below /api/v1.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/router.hpp"

namespace podium::host {

/// The document (OpenAPI 3.1, JSON) of all routes of the table below /api/v1. Throws `invalid`
/// naming the route when one of its schemas is no JSON.
std::string openapi_document(const Router&, std::string_view version);

/// GET /api/v1/openapi.json: the document of the table as `router` gives it when it is asked for.
std::unique_ptr<Routes> make_openapi_routes(std::function<std::shared_ptr<const Router>()> router,
                                            std::string version);

}  // namespace podium::host
