#include "cli/chart_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "podium/error.hpp"
#include "podium/front_kit/chart_axis.hpp"
#include "podium/front_kit/chart_data.hpp"
#include "podium/front_kit/svg_chart.hpp"

namespace podium::host::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int width = 800, height = 480, left = 80, right = 20, top = 20, bottom = 40;
/// Pixels, and the few marks that a plot needs.
class Canvas {
 public:
  Canvas() : pixels_(static_cast<std::size_t>(width) * height, 0xffffff) {}
  void dot(int x, int y, std::uint32_t colour) {
    if (x >= 0 && y >= 0 && x < width && y < height)
      pixels_[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)] = colour;
  }
  void line(double x0, double y0, double x1, double y1, std::uint32_t colour, int thick) {
    const int steps = static_cast<int>(std::max(std::abs(x1 - x0), std::abs(y1 - y0))) + 1;
    for (int i = 0; i <= steps; ++i) {
      const double part = static_cast<double>(i) / steps;
      const int x = static_cast<int>(std::lround(x0 + part * (x1 - x0)));
      const int y = static_cast<int>(std::lround(y0 + part * (y1 - y0)));
      for (int d = 0; d < thick; ++d) {
        dot(x + d, y, colour);
        dot(x, y + d, colour);
      }
    }
  }
  /// Digits and what numbers are written with, 3 by 5 dots, each doubled. `x` is where it ends.
  void number(int x, int y, const std::string& text) {
    constexpr int step = 8;
    x -= step * static_cast<int>(text.size());
    for (const char c : text) {
      const std::uint16_t rows = glyph(c);
      for (int bit = 0; bit < 15; ++bit)
        if ((rows >> (14 - bit)) & 1)
          for (int d = 0; d < 4; ++d)
            dot(x + bit % 3 * 2 + d % 2, y + bit / 3 * 2 + d / 2, 0x444444);
      x += step;
    }
  }
  std::string png() const;

 private:
  /// Five rows of three dots, the first one highest.
  static std::uint16_t glyph(char c) {
    switch (c) {
      case '0':
        return 0b111'101'101'101'111;
      case '1':
        return 0b010'110'010'010'111;
      case '2':
        return 0b111'001'111'100'111;
      case '3':
        return 0b111'001'111'001'111;
      case '4':
        return 0b101'101'111'001'001;
      case '5':
        return 0b111'100'111'001'111;
      case '6':
        return 0b111'100'111'101'111;
      case '7':
        return 0b111'001'010'010'010;
      case '8':
        return 0b111'101'111'101'111;
      case '9':
        return 0b111'101'111'001'111;
      case '-':
        return 0b000'000'111'000'000;
      case '+':
        return 0b000'010'111'010'000;
      case '.':
        return 0b000'000'000'000'010;
      case 'e':
        return 0b000'111'111'100'111;
      default:
        return 0;
    }
  }
  std::vector<std::uint32_t> pixels_;
};

void append_big_endian(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xff);
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  append_big_endian(out, static_cast<std::uint32_t>(data.size()));
  std::string body(type);
  body += data;
  out += body;
  append_big_endian(out,
                    static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                                     static_cast<uInt>(body.size()))));
}

std::string Canvas::png() const {
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    for (int x = 0; x < width; ++x) {
      const std::uint32_t p =
          pixels_[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)];
      rows += static_cast<char>(p >> 16);
      rows += static_cast<char>(p >> 8);
      rows += static_cast<char>(p);
    }
  }
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string packed(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                reinterpret_cast<const Bytef*>(rows.data()), static_cast<uLong>(rows.size()),
                Z_BEST_SPEED) != Z_OK)
    throw Error(ErrorCode::internal, "the picture could not be packed");
  packed.resize(size);
  std::string out = "\x89PNG\r\n\x1a\n", head;
  append_big_endian(head, width);
  append_big_endian(head, height);
  head += std::string("\x08\x02\0\0\0", 5);  // 8 bits of red, green and blue
  append_chunk(out, "IHDR", head);
  append_chunk(out, "IDAT", packed);
  append_chunk(out, "IEND", {});
  return out;
}

/// "#1f6fb4" as a pixel.
std::uint32_t pixel_of(const std::string& colour) {
  return static_cast<std::uint32_t>(std::strtoul(colour.c_str() + 1, nullptr, 16));
}

std::string png(const front::ChartData& data) {
  front::Axis x, y;
  for (const auto& curve : data.curves) {
    for (const auto& [px, py] : curve.shown)
      if (!std::isnan(py)) x.take(px), y.take(py);
    for (const auto& span : curve.band) y.take(span.low), y.take(span.high);
  }
  x.finish(false, left, width - right);
  y.finish(data.log, height - bottom, top);
  Canvas canvas;
  canvas.line(left, top, left, height - bottom, 0x888888, 1);
  canvas.line(left, height - bottom, width - right, height - bottom, 0x888888, 1);
  canvas.number(left - 6, top - 5, fmt::format("{:.4g}", y.most()));
  canvas.number(left - 6, height - bottom - 5, fmt::format("{:.4g}", y.least()));
  const std::string first = fmt::format("{:.10g}", x.least());
  canvas.number(left + 8 * static_cast<int>(first.size()), height - bottom + 8, first);
  canvas.number(width - right, height - bottom + 8, fmt::format("{:.10g}", x.most()));
  for (const auto& curve : data.curves) {
    const std::uint32_t colour = pixel_of(curve.colour);
    for (const auto& span : curve.band)
      canvas.line(x.at(span.x), y.at(span.low), x.at(span.x), y.at(span.high), colour, 1);
    const auto& points = curve.shown;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (std::isnan(points[i].second)) continue;
      const std::size_t from = i == 0 || std::isnan(points[i - 1].second) ? i : i - 1;
      canvas.line(x.at(points[from].first), y.at(points[from].second), x.at(points[i].first),
                  y.at(points[i].second), colour, points.size() == 1 ? 4 : 2);
    }
  }
  return canvas.png();
}

}  // namespace

bool is_picture(std::string_view file) { return file.ends_with(".svg") || file.ends_with(".png"); }

std::string picture_of(const Json& chart, std::string_view file) {
  return file.ends_with(".svg") ? front::svg_of(chart) : png(front::chart_data(chart));
}

}  // namespace podium::host::cli
