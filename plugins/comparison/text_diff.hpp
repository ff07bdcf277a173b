#pragma once
// What differs between two texts, line by line: the shortest way from one to the other (Myers, "An
// O(ND) Difference Algorithm and Its Variations", 1986).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podium {
class JsonWriter;
}

namespace podium::comparison {

struct TextDiff {
  /// Lines that stand together, with what is around them.
  struct Hunk {
    std::size_t old_line = 1, new_line = 1;  ///< where it begins, counted from 1
    std::vector<std::string> lines;          ///< " same", "-only old", "+only new"
  };
  std::size_t added = 0, removed = 0;
  /// They are so different that the lines between the first and the last difference were not
  /// matched.
  bool coarse = false;
  std::vector<Hunk> hunks;
};

/// Lines end with LF or CR LF; a last line without an end is a line.
std::vector<std::string_view> lines_of(std::string_view text);
TextDiff diff_texts(std::string_view old_text, std::string_view new_text, std::size_t context = 3);

void write(JsonWriter&, const TextDiff&);

}  // namespace podium::comparison
