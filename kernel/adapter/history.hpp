#pragma once
// What was typed, as history_request asks for it: the history that xeus has inside answers other
// members than the protocol's and the wrong range.
#include <string>
#include <vector>
#include <xeus/xhistory_manager.hpp>

namespace podium::kernel {

class History final : public xeus::xhistory_manager {
 private:
  struct Entry {
    int line = 0;
    std::string input;
  };
  void configure_impl() override {}
  void store_inputs_impl(int session, int line, const std::string& input,
                         const std::string& output) override;
  nl::json get_tail_impl(int n, bool raw, bool output) const override;
  nl::json get_range_impl(int session, int start, int stop, bool raw, bool output) const override;
  nl::json search_impl(const std::string& pattern, bool raw, bool output, int n,
                       bool unique) const override;

  nl::json answer(const std::vector<const Entry*>&, bool output) const;
  std::vector<Entry> entries_;  ///< of this session; the oldest go
};

}  // namespace podium::kernel
