#pragma once
// Reading connections, handed out one a thread at a time.
#include "shared.hpp"

namespace podium::sqlite {

class ReadPool {
 public:
  explicit ReadPool(Shared& shared) : shared_(shared) {}
  Shared& shared() const { return shared_; }

 private:
  Shared& shared_;
};

}  // namespace podium::sqlite
