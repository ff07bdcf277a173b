#pragma once
// A request that is nothing but a body.
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/message.hpp"

namespace podium::test {

class BodyRequest final : public Request {
 public:
  explicit BodyRequest(std::string_view body) : size_(body.size()) {
    // Exactly the room that is promised behind it, so that a read further on is seen.
    bytes_ = std::make_unique<char[]>(size_ + 64);
    body.copy(bytes_.get(), size_);
  }
  std::string_view method() const override { return "POST"; }
  std::string_view target() const override { return "/"; }
  std::string_view path() const override { return "/"; }
  std::string_view header(std::string_view name) const override {
    return name == "Content-Type" ? "application/json" : "";
  }
  bool has_header(std::string_view name) const override { return name == "Content-Type"; }
  std::string_view segment(std::string_view) const override { return {}; }
  const std::vector<std::pair<std::string, std::string>>& query() const override { return query_; }
  std::string_view body() const override { return {bytes_.get(), size_}; }
  std::unique_ptr<BlobWriter> upload() override { return nullptr; }
  const Principal& who() const override { return who_; }
  const Cancel& cancel() const override { std::abort(); }
  std::string_view remote_address() const override { return {}; }
  std::uint64_t number() const override { return 0; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
  std::vector<std::pair<std::string, std::string>> query_;
  Principal who_;
};

}  // namespace podium::test
