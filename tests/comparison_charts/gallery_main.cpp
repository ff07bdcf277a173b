// chart_gallery FOLDER: writes each example's specification as NAME.vl.json or NAME.vg.json.
#include <filesystem>
#include <fstream>

#include "gallery.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const auto& example : podium::test::gallery()) {
    const auto& figure = example.chart.figure;
    const bool lite = figure.media_type.find("vegalite") != std::string::npos;
    std::ofstream(std::filesystem::path(argv[1]) /
                  (example.name + (lite ? ".vl.json" : ".vg.json")))
        << figure.specification;
  }
}
