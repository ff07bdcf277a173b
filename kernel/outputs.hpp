#pragma once
// Answers as what a notebook shows.
#include <string>

#include "host.hpp"
#include "live.hpp"
#include "notebook.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/cell.hpp"
#include "widgets.hpp"

namespace podium::kernel {

using front::Command;

/// Text beside richer forms: as a terminal of 120 columns shows it, in UTC.
inline constexpr front::DrawOptions as_terminal{120, false};

/// How a person wants answers shown.
struct Look {
  std::size_t rows = 50;       ///< of a static table
  std::size_t text_rows = 10;  ///< of a table as text, beside HTML: terminals show a page
  bool widgets = true;
};

/// An answer in all forms that it has.
Bundle bundle_of(const Json& answer, const Look&, const std::string& snapshot = {});

class Outputs {
 public:
  Outputs(Notebook& notebook, Host& host, Widgets& widgets, Live& live, const Look& look)
      : notebook_(notebook), host_(host), widgets_(widgets), live_(live), look_(look) {}

  /// `request` is the body that was answered. Throws Error, Interrupted.
  void show(const Json& answer, const Command&, const std::string& request);

 private:
  void show_table(const Json& answer, const Command&, const std::string& request);
  void show_file(const Json& answer);
  void show_previews(const Json& details);
  void show_curves(const Json& chart, const Command&, const std::string& request);
  void show_picture(const Bundle& first, Live::Following&);
  void show_live(const Json& answer, const std::string& request);

  Notebook& notebook_;
  Host& host_;
  Widgets& widgets_;
  Live& live_;
  const Look& look_;
};

}  // namespace podium::kernel
