#include "commands/place.hpp"

#include <algorithm>

#include "query/lexer.hpp"

namespace podium::host::commands {
namespace {

using query::is_blank;

struct Piece {
  std::string text;  ///< without quotes
  std::size_t begin = 0, end = 0;
  bool quoted = false, open = false;  ///< `open`: its quote is not closed
  std::size_t depth = 0;              ///< parentheses that are open before it
};

bool is_sign(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }

/// Words, commas, parentheses and runs of signs; quotes hold words together.
std::vector<Piece> pieces_of(std::string_view line) {
  std::vector<Piece> pieces;
  std::size_t i = 0, depth = 0;
  const auto single = [&](std::size_t size) {
    pieces.push_back({std::string(line.substr(i, size)), i, i + size, false, false, depth});
    i += size;
  };
  while (i < line.size()) {
    const char c = line[i];
    if (is_blank(c)) {
      ++i;
    } else if (c == ',') {
      single(1);
    } else if (c == '(') {
      single(1);
      ++depth;
    } else if (c == ')') {
      depth -= depth > 0 ? 1 : 0;
      single(1);
    } else if (is_sign(c)) {
      std::size_t end = i;
      while (end < line.size() && is_sign(line[end])) ++end;
      single(end - i);
    } else {
      Piece piece{{}, i, i, false, false, depth};
      while (i < line.size() && !is_blank(line[i]) && !is_sign(line[i]) && line[i] != ',' &&
             line[i] != '(' && line[i] != ')') {
        if (!is_quote(line[i])) {
          piece.text += line[i++];
          continue;
        }
        const char quote = line[i++];
        piece.quoted = piece.open = true;
        while (i < line.size() && piece.open) {
          if (line[i] != quote) {
            piece.text += line[i++];
          } else if (i + 1 < line.size() && line[i + 1] == quote) {
            piece.text += quote;
            i += 2;
          } else {
            ++i;
            piece.open = false;
          }
        }
      }
      piece.end = i;
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

bool is_punctuation(const Piece& p) {
  return !p.quoted && (p.text == "," || p.text == "(" || p.text == ")" || is_sign(p.text.front()));
}

bool takes_one_word(const ClauseSpec& clause) {
  return clause.kind == ClauseSpec::Kind::word || clause.kind == ClauseSpec::Kind::number ||
         clause.kind == ClauseSpec::Kind::duration;
}

/// The clause that begins with a piece, and how many pieces its name takes.
const ClauseSpec* clause_at(const std::vector<Piece>& pieces, std::size_t i,
                            const Verb::Usage& usage, std::size_t& size) {
  if (pieces[i].quoted || pieces[i].depth > 0) return nullptr;
  const std::string first = lower(pieces[i].text);
  const bool list = i + 1 < pieces.size() && pieces[i + 1].text == "(";
  if (list && (first == "in" || first == "any" || first == "all")) return nullptr;
  for (const ClauseSpec& spec : usage.clauses) {
    const std::size_t blank = spec.name.find(' ');
    size = 1;
    if (spec.name == first) return &spec;
    if (blank == std::string::npos || spec.name.substr(0, blank) != first) continue;
    size = 2;
    if (i + 1 < pieces.size() && lower(pieces[i + 1].text) == spec.name.substr(blank + 1))
      return &spec;
  }
  return nullptr;
}

/// What the line says besides the word at `here`.
void read_around(const std::vector<Piece>& pieces, std::size_t here, const Verb::Usage& usage,
                 TypedWord& out) {
  const ClauseSpec* clause = nullptr;
  for (std::size_t i = 1, size = 1; i < pieces.size(); i += size) {
    size = 1;
    if (const ClauseSpec* spec = clause_at(pieces, i, usage, size)) {
      if (here >= i && here < i + size) continue;
      out.clauses[spec->name];
      clause = spec->kind == ClauseSpec::Kind::flag ? nullptr : spec;
      continue;
    }
    if (is_punctuation(pieces[i])) continue;
    if (clause == nullptr) {
      if (i != here) out.arguments.push_back(pieces[i].text);
      continue;
    }
    if (i != here && clause->kind != ClauseSpec::Kind::filter)
      out.clauses[clause->name].push_back(pieces[i].text);
    if (takes_one_word(*clause)) clause = nullptr;
  }
}

}  // namespace

Place place_in(std::string_view line, std::size_t cursor, const VerbList& verbs) {
  cursor = std::min(cursor, line.size());
  const std::vector<Piece> pieces = pieces_of(line);
  Place place;
  place.begin = place.end = cursor;
  // The word that the cursor stands in or right behind.
  std::size_t here = pieces.size();
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (!is_punctuation(pieces[i]) && pieces[i].begin <= cursor &&
        (cursor <= pieces[i].end || pieces[i].open))
      here = i;
  if (here < pieces.size()) {
    const Piece& p = pieces[here];
    place.begin = p.begin;
    place.end = p.end;
    place.word = p.text;
    place.quoted = p.quoted;
    place.prefix = std::string(line.substr(p.begin, cursor - p.begin));
    if (!place.prefix.empty() && is_quote(place.prefix.front())) place.prefix.erase(0, 1);
    if (!p.open && place.quoted && cursor == p.end && place.prefix.size() > 0)
      place.prefix.pop_back();
  }
  if (pieces.empty() || here == 0 || cursor < pieces.front().begin) {
    place.in_verb = true;
    return place;
  }
  place.verb = lower(pieces.front().text);
  if (auto usage = verbs.usage(place.verb)) place.usage = std::move(*usage);
  for (std::size_t i = 1; i < pieces.size();) {
    std::size_t size = 1;
    const ClauseSpec* spec = clause_at(pieces, i, place.usage, size);
    const bool behind = pieces[i].begin >= cursor && i != here;
    if (spec != nullptr && !behind) {
      const bool own = here >= i && here < i + size;
      if (own && cursor == pieces[here].end && cursor == line.size()) {
        // Still being written: it could become another word.
        place.on_keyword = true;
      } else if (own) {
        place.on_keyword = true;
        place.clause = spec;
      } else {
        place.clause = spec->kind == ClauseSpec::Kind::flag ? nullptr : spec;
        place.before.clear();
      }
      if (own && place.clause == nullptr) place.on_keyword = true;
    } else if (!behind && i != here) {
      place.before.push_back(pieces[i].text);
      // One word is all that such a clause takes.
      if (place.clause != nullptr && pieces[i].text != "," && takes_one_word(*place.clause)) {
        place.clause = nullptr;
        place.before.clear();
      }
    }
    i += size;
  }
  read_around(pieces, here, place.usage, place.around);
  return place;
}

}  // namespace podium::host::commands
