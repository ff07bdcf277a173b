#pragma once
#include <memory>

#include "podium/store/store.hpp"

namespace podium::sqlite {

/// The StoreFactory "sqlite".
std::unique_ptr<StoreFactory> factory();

}  // namespace podium::sqlite
