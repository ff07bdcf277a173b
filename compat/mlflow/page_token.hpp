#pragma once
// Page tokens: opaque to clients, who hand them back as they are.
#include <cstdint>
#include <string>
#include <string_view>

namespace podium::mlflow {

/// A token around a store's cursor (or any other printable text).
std::string page_token(std::string_view cursor);
/// The cursor in a token, "" for no token; throws in MLflow's words for what is no token of ours.
std::string cursor_of(std::string_view token);

/// The refusal of a token that decodes but means nothing here.
[[noreturn]] void refuse_token(std::string_view decoded);

std::string base64(std::string_view bytes);

}  // namespace podium::mlflow
