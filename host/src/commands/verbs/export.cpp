// export
#include <fmt/format.h>

#include "commands/call.hpp"
#include "commands/verbs/task_list.hpp"
#include "commands/verbs/verbs.hpp"
#include "services/views/url.hpp"
#include "services/views/views.hpp"

namespace podium::host::commands {
namespace {

class ExportVerb final : public Verb {
 public:
  explicit ExportVerb(const Parts& parts) : Verb("export"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "All tasks that match as CSV or JSON lines, streamed without a limit";
    u.clauses = {
        clauses::in(),
        clauses::where(),
        clauses::show(),
        clauses::sort(),
        {"format", ClauseSpec::Kind::word, "csv|jsonl", "csv, if not said"},
        {"to", ClauseSpec::Kind::word, "FILE", "a file to keep it in; else it is written out"},
        clauses::all()};
    u.examples = {
        {"export in vision show id, params.lr, metrics.acc to vision.csv", "for a spreadsheet"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    const std::string to = call.text("to");
    std::string format = call.text("format", to.ends_with(".jsonl") ? "jsonl" : "csv");
    if (format != "csv" && format != "jsonl")
      throw call.wrong(call.words("format").front(), "'format' is csv or jsonl");
    if (to.find_first_of("/\\") != to.npos)
      throw call.wrong(
          call.words("to").front(),
          "'to' is a file name without folders; the command line has --out for a path");
    // The address is answered with what its caller may see; who may see nothing gets none.
    if (parts_.core->access.visible(call.who(), "tasks").op == Filter::Op::none)
      throw Error(ErrorCode::denied, "you may not read tasks");
    TableAddress address;
    address.scope = TableScope::project;
    ViewState& state = address.state;
    const auto tasks = parts_.table->text(call.tasks());
    if (!tasks)
      throw Error(ErrorCode::unsupported, "this filter cannot be written as an address")
          .in("where");
    state.filter = *tasks;
    state.archived = TableArchived::both;  // the filter says it
    for (const CommandWord& item : call.words("sort"))
      state.order.push_back(
          in_place(call, item, [&] { return text_of(order_item_of(item.text, *parts_.table)); }));
    std::vector<std::string> names = Table::usual_columns();
    if (call.has("show")) {
      names.clear();
      for (const CommandWord& word : call.words("show"))
        names.push_back(in_place(call, word, [&] { return parts_.table->column(word.text).name; }));
    }
    for (std::string& n : names) {
      ViewColumn column;
      column.name = std::move(n);
      state.columns.push_back(std::move(column));
    }
    std::string query = encode_address(address, usual_state(), *parts_.table);
    if (query.size() > longest_query) {
      Views views(*parts_.core, *parts_.table);
      query = "vh=" + parts_.core->store.write(
                          [&](Transaction& t) { return views.keep_query(t, call.who(), query); });
    }
    AnswerFile file;
    file.name = to.empty() ? "tasks." + format : to;
    file.url = fmt::format("/api/v1/tasks/export?format={}&filename={}{}{}", format,
                           encode_atom(file.name), query.empty() ? "" : "&", query);
    file.content_type = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
    file.keep = !to.empty();
    return file;
  }

 private:
  const Parts& parts_;
};

}  // namespace

std::unique_ptr<Verb> make_export_verb(const Parts& parts) {
  return std::make_unique<ExportVerb>(parts);
}

}  // namespace podium::host::commands
