// The text of a request, through the parser, to the route it finds: no crash, no read outside of
// the text, and the same outcome however the text is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/answer.hpp"
#include "http/gzip.hpp"
#include "http/host_rules.hpp"
#include "http/parser.hpp"
#include "http/percent.hpp"
#include "http/router.hpp"

using namespace podium;
using namespace podium::host;

namespace {

class Table final : public Routes {
 public:
  Table() : Routes("fuzz") {
    auto group = std::make_shared<RouteGroup>();
    group->routes = this;
    group->owner = &owner_;
    group->prefixes = prefixes();
    router_.add(std::move(group), routes());
  }
  std::vector<std::string> prefixes() const override { return {"/"}; }
  std::vector<Route> routes() override {
    std::vector<Route> out;
    for (const char* path :
         {"/", "/a", "/a/{id}", "/a/{id}/b/{key}", "/a/fixed/b/c", "/files/{rest*}"}) {
      Route route;
      route.method = "GET";
      route.path = path;
      route.permission = "public";
      route.handler = Handler([](Request&) { return Response{}; });
      out.push_back(std::move(route));
    }
    return out;
  }
  const Router& router() const { return router_; }

 private:
  PluginOwner owner_;
  Router router_;
};

struct Outcome {
  RequestParser::Step step = RequestParser::Step::more;
  int status = 0;
  std::string method, target, body;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view text, std::size_t at_once) {
  Outcome out;
  RequestHead head;
  RequestParser parser({512, 16});
  parser.begin(head);
  bool in_head = true;
  std::size_t begin = 0;
  for (std::size_t end = std::min(at_once, text.size());;
       end = std::min(end + at_once, text.size())) {
    // A copy of exactly this size, so that a read outside of it is seen.
    const std::string piece(text.substr(begin, end - begin));
    std::size_t used = 0;
    if (in_head) {
      out.step = parser.head(piece, used);
      if (used > piece.size()) std::abort();
      begin += used;
      in_head = out.step == RequestParser::Step::more;
    }
    if (!in_head && out.step == RequestParser::Step::done && head.chunked)
      out.step = RequestParser::Step::more;
    if (!in_head && out.step == RequestParser::Step::more) {
      for (;;) {
        char room[16];
        std::size_t got = 0;
        const std::string rest(text.substr(begin, end - begin));
        out.step = parser.chunks(rest, used, room, sizeof room, got);
        if (used > rest.size() || got > sizeof room) std::abort();
        begin += used;
        out.body.append(room, got);
        if (out.step != RequestParser::Step::more || got < sizeof room) break;
      }
    }
    if (end == text.size() || out.step != RequestParser::Step::more) break;
  }
  if (out.step == RequestParser::Step::refused) out.status = parser.refusal().status;
  if (out.step == RequestParser::Step::done) {
    out.method = head.method();
    out.target = head.target();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Table table;
  static const HostRules rules({}, {});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = parse(text, std::max<std::size_t>(size, 1));
  // What is refused may be refused earlier or for another reason when it comes in pieces; what is
  // taken must be the same.
  const auto cut = parse(text, 1 + size % 7);
  if (whole.step == RequestParser::Step::done && !(cut == whole)) std::abort();
  if (whole.step == RequestParser::Step::done) {
    const std::string_view target = whole.target;
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    if (mark != std::string_view::npos) (void)parse_query(target.substr(mark + 1));
    if (percent_decode(path)) {
      const auto match = table.router().find(whole.method, path);
      for (const auto& [name, value] : match.segments)
        if (name.empty() || value.empty() || value.find('\0') != std::string::npos) std::abort();
    }
  }
  (void)rules.host_allowed(text);
  (void)rules.origin_allowed(text);
  (void)accepts_gzip(text);
  const auto range = parse_range(text, 1000);
  if (range.kind == ByteRange::Kind::part && (range.size == 0 || range.offset + range.size > 1000))
    std::abort();
  return 0;
}
