#include "services/views/url.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "query/cursor.hpp"

namespace podium::host {

using namespace address;

namespace {

constexpr int grammar = 1;

constexpr std::pair<TableArchived, std::string_view> archived_names[] = {
    {TableArchived::no, "no"}, {TableArchived::yes, "yes"}, {TableArchived::both, "both"}};

std::string attributes(const ViewColumn& c) {
  std::string out;
  if (c.width) out += std::to_string(*c.width);
  if (c.pinned) out += 'p';
  if (c.exact) out += 'x';
  if (c.digits) out += fmt::format("d{}", *c.digits);
  return out.empty() ? out : "~" + out;
}

bool read_attributes(std::string_view text, ViewColumn& c) {
  const auto number = [&](int least, int most, std::optional<int>& into) {
    int value = 0;
    const auto r = std::from_chars(text.data(), text.data() + text.size(), value);
    if (r.ec != std::errc() || value < least || value > most) return false;
    into = value;
    text.remove_prefix(static_cast<std::size_t>(r.ptr - text.data()));
    return true;
  };
  if (!text.empty() && text.front() >= '0' && text.front() <= '9' && !number(1, 10'000, c.width))
    return false;
  while (!text.empty()) {
    const char sign = text.front();
    text.remove_prefix(1);
    if (sign == 'p')
      c.pinned = true;
    else if (sign == 'x')
      c.exact = true;
    else if (sign != 'd' || !number(1, 17, c.digits))
      return false;
  }
  return true;
}

ViewColumn* find(std::vector<ViewColumn>& columns, const std::string& name) {
  const auto at = std::find_if(columns.begin(), columns.end(),
                               [&](const ViewColumn& c) { return c.name == name; });
  return at == columns.end() ? nullptr : &*at;
}

std::string columns_text(const std::vector<ViewColumn>& columns,
                         const std::vector<ViewColumn>& base, const Table& table) {
  // Whole: the shown by their names, hidden ones with '-'; '*' where no name would say so.
  std::string whole;
  for (const ViewColumn& c : columns)
    whole += (whole.empty() ? "" : ",") + std::string(c.hidden ? "-" : "") +
             name_atoms(c.name, table) + attributes(c);
  if (std::all_of(columns.begin(), columns.end(), [](const ViewColumn& c) { return c.hidden; }))
    whole = whole.empty() ? "*" : "*," + whole;
  // Differences: what changed in its place, then what was added behind.
  if (columns.size() < base.size()) return whole;
  std::string difference;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ViewColumn& c = columns[i];
    if (i < base.size()) {
      if (base[i].name != c.name) return whole;
      if (base[i] == c) continue;
      // '-name' alone leaves the width; what has lost it says so as a whole.
      if (c.hidden && attributes(c).empty() && !attributes(base[i]).empty()) {
        ViewColumn shown = base[i];
        shown.hidden = true;
        if (shown != c) return whole;
      }
    }
    difference += (difference.empty() ? "" : ",") + std::string(c.hidden ? "-" : "+") +
                  name_atoms(c.name, table) + attributes(c);
  }
  return difference.size() < whole.size() ? difference : whole;
}

class Decoder {
 public:
  Decoder(const Table& table, DecodedAddress& out) : table_(table), out_(out) {}

  void columns(std::string_view raw) {
    auto& columns = out_.address.state.columns;
    const auto items = split(raw, ',');
    const bool whole = std::any_of(items.begin(), items.end(), [](std::string_view i) {
      return !i.empty() && sign_of(i) == 0;
    });
    if (whole) columns.clear();
    for (std::string_view item : items) {
      if (item.empty() || item == "*") continue;
      const std::string_view asked = item;
      const char sign = take_sign(item);
      const std::size_t tilde = std::min(item.find('~'), item.size());
      const auto name = name_of_atoms(item.substr(0, tilde), table_);
      ViewColumn c;
      if (!name || (tilde < item.size() && !read_attributes(item.substr(tilde + 1), c))) {
        passed_over("column", asked);
        continue;
      }
      c.name = *name;
      c.hidden = sign == '-';
      if (ViewColumn* there = find(columns, *name)) {
        // A bare '-name' hides what is there and leaves its width.
        if (c.hidden && tilde == item.size() && !whole)
          there->hidden = true;
        else
          *there = std::move(c);
      } else {
        columns.push_back(std::move(c));
      }
    }
  }

  void sort(std::string_view raw) {
    auto& order = out_.address.state.order;
    order.clear();
    for (std::string_view item : split(raw, ',')) {
      if (item.empty()) continue;
      const std::string_view asked = item;
      const bool down = item.front() == '-';
      if (down) item.remove_prefix(1);
      if (const auto name = name_of_atoms(item, table_); name && order.size() < 8)
        order.push_back(text_of(OrderItem{*name, down}));
      else
        passed_over("order", asked);
    }
  }

  void filters(std::string_view raw) {
    auto& filters = out_.address.state.filters;
    filters.clear();
    for (const std::string_view item : split(raw, ';')) {
      if (item.empty()) continue;
      const std::size_t colon = item.rfind(':');
      auto f = colon == std::string_view::npos
                   ? std::nullopt
                   : condition(item.substr(0, colon), item.substr(colon + 1));
      if (f && filters.size() < 100)
        filters.push_back(std::move(*f));
      else
        passed_over("filter", item);
    }
  }

  void passed_over(std::string_view what, std::string_view raw) {
    out_.notices.push_back(
        fmt::format("the {} '{}' of the address is not understood", what, query::excerpt(raw)));
  }

 private:
  /// '+', '-', or 0 for none. A '+' may have been taken for a blank, or escaped.
  static char sign_of(std::string_view item) {
    if (item.front() == '-') return '-';
    if (item.front() == '+' || item.front() == ' ' || item.starts_with("%2B") ||
        item.starts_with("%2b") || item.starts_with("%20"))
      return '+';
    return 0;
  }
  static char take_sign(std::string_view& item) {
    const char sign = sign_of(item);
    if (sign != 0) item.remove_prefix(item.front() == '%' ? 3 : 1);
    return sign;
  }

  std::optional<ColumnFilter> condition(std::string_view column, std::string_view raw) const {
    const auto name = name_of_atoms(column, table_);
    if (!name) return std::nullopt;
    const std::size_t open = raw.find('(');
    if (open == std::string_view::npos) {
      const std::size_t dots = raw.find("..");
      if (dots == std::string_view::npos) return std::nullopt;
      ColumnFilter::Range r;
      const std::string_view from = raw.substr(0, dots), to = raw.substr(dots + 2);
      const auto first = from.empty() ? Value{} : value_of_atom(from);
      const auto last = to.empty() ? Value{} : value_of_atom(to);
      if (!first || !last) return std::nullopt;
      r.from = *first;
      r.to = *last;
      return ColumnFilter{*name, std::move(r)};
    }
    if (raw.back() != ')') return std::nullopt;
    const std::string_view word = raw.substr(0, open);
    const std::string_view inner = raw.substr(open + 1, raw.size() - open - 2);
    const auto items = inner.empty() ? std::vector<std::string_view>() : split(inner, ',');
    if (word == "in" || word == "not") {
      ColumnFilter::Values v;
      v.exclude = word == "not";
      for (const std::string_view item : items) {
        const auto value = value_of_atom(item);
        if (!value) return std::nullopt;
        v.values.push_back(*value);
      }
      return ColumnFilter{*name, std::move(v)};
    }
    if (word != "any" && word != "all") return std::nullopt;
    ColumnFilter::Tags t;
    t.all = word == "all";
    for (std::string_view item : items) {
      const bool exclude = !item.empty() && item.front() == '!';
      if (exclude) item.remove_prefix(1);
      auto tag = word_of_atom(item);
      if (!tag) return std::nullopt;
      (exclude ? t.exclude : t.include).push_back(std::move(*tag));
    }
    return ColumnFilter{*name, std::move(t)};
  }

  const Table& table_;
  DecodedAddress& out_;
};

std::string filter_text(const ColumnFilter& f, const Table& table) {
  std::string out = name_atoms(f.column, table) + ":";
  const auto list = [&](std::string_view word, const std::vector<std::string>& items) {
    out += fmt::format("{}({})", word, fmt::join(items, ","));
  };
  std::vector<std::string> items;
  if (const auto* v = std::get_if<ColumnFilter::Values>(&f.condition)) {
    for (const Value& value : v->values) items.push_back(value_atom(value));
    list(v->exclude ? "not" : "in", items);
  } else if (const auto* r = std::get_if<ColumnFilter::Range>(&f.condition)) {
    const auto end = [](const Value& limit) {
      return std::holds_alternative<std::monostate>(limit) ? std::string() : value_atom(limit);
    };
    out += end(r->from) + ".." + end(r->to);
  } else {
    const auto& t = std::get<ColumnFilter::Tags>(f.condition);
    for (const auto& word : t.include) items.push_back(word_atom(word));
    for (const auto& word : t.exclude) items.push_back("!" + word_atom(word));
    list(t.all ? "all" : "any", items);
  }
  return out;
}

}  // namespace

std::optional<std::string_view> parameter_of(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return std::nullopt;
}

std::string encode_address(const TableAddress& a, const ViewState& base, const Table& table) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  };
  if (a.scope == TableScope::subprojects) add("scope", "subprojects");
  if (!a.view.empty()) add("v", encode_atom(a.view));
  const ViewState& s = a.state;
  if (s.order != base.order) {
    std::string sort;
    for (const std::string& text : s.order) {
      const OrderItem item = order_item_of(text, table);
      sort += (sort.empty() ? "" : ",") + std::string(item.descending ? "-" : "") +
              name_atoms(item.name, table);
    }
    add("sort", sort);
  }
  if (s.columns != base.columns) add("cols", columns_text(s.columns, base.columns, table));
  std::string filters, base_filters;
  for (const ColumnFilter& f : s.filters)
    filters += (filters.empty() ? "" : ";") + filter_text(f, table);
  for (const ColumnFilter& f : base.filters)
    base_filters += (base_filters.empty() ? "" : ";") + filter_text(f, table);
  if (filters != base_filters) add("f", filters);
  if (s.filter != base.filter) add("where", free_text(s.filter));
  if (s.search != base.search) add("q", free_text(s.search));
  if (s.archived != base.archived) {
    std::string_view word = "auto";
    for (const auto& [archived, name] : archived_names)
      if (archived == s.archived) word = name;
    add("archived", word);
  }
  if (s.digits != base.digits) add("digits", s.digits ? std::to_string(*s.digits) : "");
  if (!a.selection.empty() && a.selection.size() <= most_selected) {
    std::vector<std::string> ids;
    for (const std::string& id : a.selection) ids.push_back(encode_atom(id));
    add("sel", fmt::to_string(fmt::join(ids, ",")));
  }
  if (!a.tab.empty()) add("tab", encode_atom(a.tab));
  return out;
}

DecodedAddress decode_address(std::string_view query, const Table& table,
                              FunctionRef<std::optional<ViewState>(const std::string&)> base_of) {
  DecodedAddress out;
  Decoder decoder(table, out);
  TableAddress& a = out.address;
  a.state = usual_state();
  if (const auto raw = parameter_of(query, "v")) {
    const auto id = decode_atom(*raw);
    auto base = id ? base_of(*id) : std::nullopt;
    if (base) {
      a.view = *id;
      a.state = std::move(*base);
    } else {
      out.notices.push_back(
          fmt::format("there is no view '{}'; the rest of the address stands on the usual columns",
                      query::excerpt(*raw)));
    }
  } else if (auto base = base_of("")) {
    a.state = std::move(*base);
  }
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view raw = equals == pair.size() ? "" : pair.substr(equals + 1);
    const auto text = decode_atom(raw);
    int number = 0;
    const auto is_number = [&] {
      const auto r = std::from_chars(raw.data(), raw.data() + raw.size(), number);
      return r.ec == std::errc() && r.ptr == raw.data() + raw.size();
    };
    if (name == "v" || name == "vh") continue;
    if (name == "g") {
      if (!is_number() || number > grammar)
        out.notices.push_back(
            "the address was made by a newer podium; parts of it may be passed over");
    } else if (name == "scope" && (raw == "subprojects" || raw == "project")) {
      a.scope = raw == "project" ? TableScope::project : TableScope::subprojects;
    } else if (name == "sort") {
      decoder.sort(raw);
    } else if (name == "cols") {
      decoder.columns(raw);
    } else if (name == "f") {
      decoder.filters(raw);
    } else if (name == "where" && text) {
      a.state.filter = *text;
    } else if (name == "q" && text) {
      a.state.search = *text;
    } else if (name == "archived" &&
               (raw == "auto" || raw == "no" || raw == "yes" || raw == "both")) {
      a.state.archived = TableArchived::by_filter;
      for (const auto& [archived, word] : archived_names)
        if (word == raw) a.state.archived = archived;
    } else if (name == "digits" && raw.empty()) {
      a.state.digits.reset();
    } else if (name == "digits" && is_number() && number >= 1 && number <= 17) {
      a.state.digits = number;
    } else if (name == "sel") {
      for (const std::string_view id : split(raw, ','))
        if (const auto one = decode_atom(id); one && !one->empty()) {
          if (a.selection.size() < most_selected)
            a.selection.push_back(*one);
          else
            decoder.passed_over("selected task", id);
        }
    } else if (name == "tab" && text) {
      a.tab = *text;
    } else {
      decoder.passed_over("part", pair);
    }
  }
  return out;
}

}  // namespace podium::host
