#pragma once
// Interfaces that the test plugins and the tests share, as two plugins of strangers would.
#include <string>
#include <string_view>

#include "podium/extension.hpp"

namespace podium::test {

/// Added by the tests as the host's; the plugins write down what happens to them.
class __attribute__((visibility("default"))) Trace : public Extension {
 public:
  using Extension::Extension;
  virtual void note(std::string_view what) = 0;
};

class __attribute__((visibility("default"))) Greeter : public Extension {
 public:
  using Extension::Extension;
  virtual std::string greet(std::string_view whom) = 0;
};

}  // namespace podium::test
