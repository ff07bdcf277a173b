#include "services/api/table_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/times.hpp"
#include "services/api/table.hpp"
#include "services/api/table_input.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t rows_a_block = 500;

class Export final : public Generator {
 public:
  Export(const Core& core, const Table& table, Principal who, ExportFormat format,
         std::vector<TableColumn> columns, std::shared_ptr<const Listing> listing,
         std::uint64_t offset, std::uint64_t limit)
      : core_(core),
        table_(table),
        who_(std::move(who)),
        format_(format),
        columns_(std::move(columns)),
        listing_(std::move(listing)),
        next_(offset),
        left_(limit) {
    for (const TableColumn& c : columns_) {
      keys_.emplace_back();
      append_json_string(keys_.back(), c.name);
      keys_.back() += ':';
    }
  }

  bool next(std::string& block) override {
    if (!begun_ && format_ == ExportFormat::csv) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i != 0) block += ',';
        append_csv_text(block, columns_[i].name);
      }
      block += "\r\n";
    }
    begun_ = true;
    const auto window = listing_->window(next_, std::min(left_, rows_a_block));
    const std::size_t before = block.size();
    core_.store.read([&](const Reader& reader) {
      block.resize(before);
      table_.rows(reader, who_, columns_, window, [&](const TableRow& row) {
        format_ == ExportFormat::csv ? csv(block, row) : json(block, row);
        return true;
      });
    });
    next_ += window.size();
    left_ -= window.size();
    return left_ > 0 && next_ < listing_->ordinals.size();
  }

 private:
  void csv(std::string& out, const TableRow& row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != 0) out += ',';
      const TableColumn& c = columns_[i];
      if (c.shows == TableColumn::Shows::map || c.shows == TableColumn::Shows::series) {
        text_.clear();
        JsonWriter w(text_);
        write_table_cell(w, row, c, i);
        append_csv_text(out, text_);
        continue;
      }
      const Cell cell = row.cell(i);
      if (const auto* text = std::get_if<std::string_view>(&cell)) {
        append_csv_text(out, *text);
      } else if (const auto* flag = std::get_if<bool>(&cell)) {
        out += *flag ? "true" : "false";
      } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
        const std::string moment = c.time ? query::time_text(*integer) : std::string();
        if (moment.empty())
          append_json_number(out, *integer);
        else
          out += moment;
      } else if (const auto* real = std::get_if<double>(&cell)) {
        append_real(out, *real);
      }
    }
    out += "\r\n";
  }

  static void append_real(std::string& out, double v) {
    if (std::isnan(v)) {
      out += "NaN";
    } else if (std::isinf(v)) {
      out += v > 0 ? "Infinity" : "-Infinity";
    } else {
      append_json_number(out, v);
    }
  }

  void json(std::string& out, const TableRow& row) {
    out += '{';
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != 0) out += ',';
      out += keys_[i];
      JsonWriter w(out);
      write_table_cell(w, row, columns_[i], i);
    }
    out += "}\n";
  }

  const Core& core_;
  const Table& table_;
  const Principal who_;
  const ExportFormat format_;
  const std::vector<TableColumn> columns_;
  const std::shared_ptr<const Listing> listing_;
  std::uint64_t next_, left_;
  std::vector<std::string> keys_;
  std::string text_;
  bool begun_ = false;
};

}  // namespace

void append_csv_text(std::string& out, std::string_view text) {
  constexpr std::string_view risky = "=+-@\t\r";
  const bool guard =
      !text.empty() && risky.find(text.front()) != std::string_view::npos && !kit::number_of(text);
  const bool quote = text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quote) out += '"';
  if (guard) out += '\'';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('"', at), text.size());
    out += text.substr(at, end - at);
    if (end < text.size()) out += "\"\"";
    at = end + 1;
  }
  if (quote) out += '"';
}

std::unique_ptr<Generator> make_export(const Core& core, const Table& table, const Principal& who,
                                       ExportFormat format, std::vector<TableColumn> columns,
                                       std::shared_ptr<const Listing> listing, std::uint64_t offset,
                                       std::uint64_t limit) {
  return std::make_unique<Export>(core, table, who, format, std::move(columns), std::move(listing),
                                  offset, limit);
}

namespace {

constexpr std::uint64_t all_rows = std::numeric_limits<std::uint64_t>::max();

ExportFormat format_of(const std::optional<std::string>& name) {
  if (!name || *name == "csv") return ExportFormat::csv;
  if (*name == "jsonl") return ExportFormat::jsonl;
  throw Error(ErrorCode::invalid, "'format' must be csv or jsonl").in("format");
}

/// A name that headers and file systems can hold.
std::string file_name(std::string_view wanted, ExportFormat format) {
  std::string out;
  for (const char c : wanted.substr(0, 100))
    out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                   c == '_' || c == '.'
               ? c
               : '_';
  if (out.find_first_not_of("._") == std::string::npos) out = "tasks";
  const std::string ending = format == ExportFormat::csv ? ".csv" : ".jsonl";
  return out.ends_with(ending) ? out : out + ending;
}

Response download(const Core& core, const ApiServices& services, const Principal& who,
                  const TableQuestion& q, ExportFormat format, std::string_view name,
                  const std::string& listing, std::uint64_t offset, std::uint64_t limit) {
  PreparedTable p = services.table.prepare(core.store, who, q);
  const auto found = find_listing(core, services, who, q, p, listing);
  Response response;
  response.content_type =
      format == ExportFormat::csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + file_name(name, format) + "\"");
  response.stream = make_export(core, services.table, who, format, std::move(p.columns),
                                found.listing, offset, limit);
  return response;
}

}  // namespace

Response export_tasks(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  TableQuestion question = read_table_question(body);
  read_table_columns(body, question, Table::usual_columns());
  const ExportFormat format = format_of(body.text("format", 16));
  const std::string name = body.text("filename", 200).value_or("tasks");
  const std::string listing = body.text("listing", 64).value_or("");
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const auto offset = body.integer("offset", 0, most), limit = body.integer("limit", 1, most);
  body.finish();
  return download(core, services, request.who(), question, format, name, listing,
                  static_cast<std::uint64_t>(offset.value_or(0)),
                  limit ? static_cast<std::uint64_t>(*limit) : all_rows);
}

Response export_link(const Core& core, const ApiServices& services, Request& request) {
  const std::string_view target = request.target();
  const std::size_t question = target.find('?');
  std::string query(question == std::string_view::npos ? "" : target.substr(question + 1));
  // What is not the address's own.
  std::string rest;
  std::map<std::string, std::string> own;
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string pair = query.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string name = pair.substr(0, equals);
    if (name == "project" || name == "format" || name == "filename") {
      const auto value = decode_atom(pair.substr(std::min(equals + 1, pair.size())));
      if (!value) throw Error(ErrorCode::invalid, fmt::format("'{}' is no text", name)).in(name);
      own[name] = *value;
    } else {
      rest += (rest.empty() ? "" : "&") + pair;
    }
    at = end + 1;
  }
  const auto read = read_address(core, services, request.who(), "?" + rest);
  if (!read.decoded.notices.empty()) throw Error(ErrorCode::invalid, read.decoded.notices.front());
  const ViewState& state = read.decoded.address.state;
  TableQuestion q;
  if (const auto project = own.find("project"); project != own.end()) {
    q.project = project->second;
    q.scope = read.decoded.address.scope;
  }
  q.archived = state.archived;
  q.filter = state.filter;
  q.filters = state.filters;
  q.search = state.search;
  q.order = state.order;
  for (const ViewColumn& c : state.columns)
    if (!c.hidden) q.columns.push_back(c.name);
  const auto format = own.find("format");
  const auto name = own.find("filename");
  return download(core, services, request.who(), q,
                  format_of(format == own.end() ? std::nullopt : std::optional(format->second)),
                  name == own.end() ? "tasks" : name->second, "", 0, all_rows);
}

}  // namespace podium::host
