// What a shell split into words, and lines that are written.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "commands/line.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "query/cursor.hpp"
#include "query/lexer.hpp"

namespace podium::host::commands {
namespace {

using Kind = ClauseSpec::Kind;
using query::excerpt;
using query::is_blank;

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + '\'';
}

/// Whether a word that was read without quotes ends where it ends, and not with the line.
bool is_closed(std::string_view text) {
  std::size_t depth = 0;
  bool in_name = false;
  for (const char c : text) {
    if (c == '`') in_name = !in_name;
    if (in_name) continue;
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
  }
  return depth == 0 && !in_name;
}

/// The items of `a, 'b c'`, as a line has them: divided where no back-ticks and no parentheses are.
/// Those that a line would read otherwise are put in quotes; the first one was read without, but if
/// it has a parenthesis that is not closed, it would take what stands behind it.
std::string items_of(std::string_view text) {
  // Without quotes it would be joined with what stands before or behind it.
  if (text.starts_with(',') || text.ends_with(',')) return in_quotes(text);
  std::string out;
  std::size_t begin = 0, depth = 0;
  bool in_name = false, odd = text.empty();
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool end = i == text.size();
    if (end || (text[i] == ',' && depth == 0 && !in_name)) {
      const std::string_view item = text.substr(begin, i - begin);
      const bool open = in_name || depth > 0;
      const bool quote = open || (begin > 0 && (odd || item.empty()));
      out += (begin > 0 ? ", " : "") + (quote ? in_quotes(item) : std::string(item));
      begin = i + 1;
      odd = false;
      continue;
    }
    const char c = text[i];
    if (c == '`') in_name = !in_name;
    if (in_name || c == '`') continue;
    odd = odd || is_blank(c) || is_quote(c);
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

}  // namespace

ParsedLine parse_arguments(std::span<const std::string> argv, const VerbList& verbs) {
  if (argv.empty()) return parse_line({}, verbs);
  std::string line = argv.front();
  const auto known = verbs.usage(lower(line));
  if (!known) return parse_line(quoted(line, {}), verbs);  // which says it, with the position
  const Verb::Usage& usage = *known;
  std::vector<std::string> names;
  for (const auto& c : usage.clauses) names.push_back(c.name);
  const auto spec_of = [&](std::string_view name) {
    return std::find_if(usage.clauses.begin(), usage.clauses.end(),
                        [&](const ClauseSpec& c) { return c.name == name; });
  };
  // `group by` comes as two words.
  const auto spec_of_two = [&](std::size_t i) {
    return i + 1 < argv.size() ? spec_of(lower(argv[i] + " " + argv[i + 1])) : usage.clauses.end();
  };
  const auto is_one_word = [](Kind k) {
    return k == Kind::word || k == Kind::number || k == Kind::duration;
  };
  std::optional<Kind> inside;  // of the clause whose words follow
  bool only_arguments = false;
  bool may_take = false;  // the last piece is a flag that would take an argument for its token
  const auto add = [&](std::string_view text) {
    line += ' ';
    line += text;
    may_take = false;
  };
  const auto add_argument = [&](const std::string& text) {
    if (may_take) add("''");  // `--yes TASK` is not `yes TOKEN`
    add(quoted(text, usage.clauses));
  };
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& item = argv[i];
    if (only_arguments) {
      add_argument(item);
    } else if (item == "--") {
      only_arguments = true;
    } else if (item.starts_with("--")) {
      const std::size_t equals = item.find('=');
      std::string name =
          lower(std::string_view(item).substr(2, equals == item.npos ? item.npos : equals - 2));
      auto spec = spec_of(name);
      if (spec == usage.clauses.end()) {
        std::replace(name.begin(), name.end(), '-', ' ');
        spec = spec_of(name);
      }
      if (spec == usage.clauses.end()) {
        const std::string near = kit::nearest(name, names);
        const std::size_t position = line.size() + 1;
        add(item);
        std::string flag = "--" + near;
        std::replace(flag.begin(), flag.end(), ' ', '-');
        throw line_error(
            line, static_cast<std::int64_t>(position),
            fmt::format("{} has no '{}'{}", argv.front(), excerpt(item),
                        near.empty() ? fmt::format("; there are: {}", fmt::join(names, ", "))
                                     : fmt::format("; did you mean '{}'?", flag)),
            near.empty() ? std::string() : flag);
      }
      add(spec->name);
      inside = spec->kind;
      if (spec->kind == Kind::flag) {
        if (equals != item.npos && !may_have_token(*spec))
          throw line_error(line, static_cast<std::int64_t>(line.size()),
                           fmt::format("'--{}' takes no value", name));
        if (equals != item.npos)
          add(quoted(item.substr(equals + 1), usage.clauses));
        else
          may_take = may_have_token(*spec);
        inside.reset();
        continue;
      }
      if (equals == item.npos && i + 1 == argv.size()) break;  // the line's parser says it
      const std::string value = equals == item.npos ? argv[++i] : item.substr(equals + 1);
      add(is_one_word(spec->kind) ? quoted(value, usage.clauses) : value);
      if (is_one_word(spec->kind)) inside.reset();
    } else if (const auto spec = spec_of(lower(item));
               spec != usage.clauses.end() && !(inside && is_one_word(*inside))) {
      add(item);
      inside = spec->kind == Kind::flag ? std::nullopt : std::optional(spec->kind);
    } else if (const auto two = spec_of_two(i);
               two != usage.clauses.end() && !(inside && is_one_word(*inside))) {
      add(item + " " + argv[++i]);
      inside = two->kind == Kind::flag ? std::nullopt : std::optional(two->kind);
    } else if (!inside) {
      add_argument(item);
    } else if (is_one_word(*inside)) {
      add(quoted(item, usage.clauses));
      inside.reset();
    } else {
      add(item);
    }
  }
  return parse_line(line, verbs);
}

std::string quoted(std::string_view word, std::span<const ClauseSpec> clauses) {
  const std::string small = lower(word);
  const bool keyword = std::any_of(clauses.begin(), clauses.end(), [&](const ClauseSpec& c) {
    return c.name == small || (c.name.starts_with(small) && c.name[small.size()] == ' ');
  });
  const bool plain =
      !word.empty() && !keyword &&
      std::none_of(
          word.begin(), word.end(),
          [](char c) { return is_blank(c) || is_quote(c) || c == '`' || c == '(' || c == ')'; }) &&
      word.front() != ',' && word.back() != ',';
  return plain ? std::string(word) : in_quotes(word);
}

std::string print(const ParsedLine& parsed) {
  std::string out = parsed.verb.text;
  const auto add = [&](std::string_view text) {
    out += ' ';
    out += text;
  };
  // What stood in quotes stays there: without them it may be a clause.
  const auto as_typed = [](const CommandWord& w) {
    // A '-' before a name of an order is taken off it.
    return w.quoted || !is_closed(w.text) || w.text.starts_with('-') ? in_quotes(w.text) : w.text;
  };
  const auto in_parts = [](const CommandWord& w) {
    return w.quoted ? in_quotes(w.text) : items_of(w.text);
  };
  for (const auto& a : parsed.arguments) add(in_parts(a));
  for (const auto& c : parsed.clauses) {
    add(c.name);
    switch (c.kind) {
      case Kind::flag:
        if (!c.words.empty()) add(in_parts(c.words.front()));
        break;
      case Kind::filter:
        add(c.words.front().text);
        break;
      case Kind::list:
      case Kind::orders:
        for (std::size_t i = 0; i < c.words.size(); ++i) {
          add(as_typed(c.words[i]));
          if (i + 1 < c.words.size()) out += ',';
        }
        break;
      default:
        add(in_parts(c.words.front()));
    }
  }
  return out;
}

std::string written(const ClauseSpec& clause) {
  if (may_have_token(clause)) return clause.name + " [TOKEN]";
  return clause.kind == Kind::flag ? clause.name : clause.name + " " + clause.value;
}

std::string usage_line(std::string_view verb, const Verb::Usage& usage) {
  std::string out(verb);
  if (!usage.arguments.empty())
    out += usage.least == 0 ? " [" + usage.arguments + "]" : " " + usage.arguments;
  for (const auto& c : usage.clauses)
    out += c.required ? " " + written(c) : " [" + written(c) + "]";
  return out;
}

}  // namespace podium::host::commands
