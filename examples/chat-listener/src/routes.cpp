#include "routes.hpp"

#include "messages.hpp"
#include "podium/http/json_writer.hpp"

namespace acme {

std::vector<podium::Route> ChatRoutes::routes() {
  podium::Route list_route;
  list_route.method = "GET";
  list_route.path = "/api/v1/x/acme.chat/messages";
  list_route.permission = "task.read";
  list_route.summary = "The newest messages first, with what became of them";
  list_route.answer_schema =
      R"({"type":"object","required":["messages"],"properties":{"messages":{"type":"array"}}})";
  list_route.handler = podium::Handler([this](podium::Request& r) { return list(r); });
  return {list_route};
}

podium::Response ChatRoutes::list(const podium::Request& request) const {
  auto& store = context_.store();
  podium::Query query;
  query.collection = store.collection(messages_name);
  query.filter = context_.access().visible(request.who(), messages_name);
  query.order = {{podium::record_ordinal(), true}};
  query.limit = 100;
  query.columns = message_columns();
  podium::Response response;
  podium::JsonWriter json(response.body);
  json.object().key("messages").array();
  store.query(query, [&](const podium::Row& row) {
    const Message m = message_of(row);
    json.object().key("id").value(m.id).key("text").value(m.text).key("sent");
    if (m.sent)
      json.value(*m.sent);
    else
      json.null();
    json.key("attempts").value(m.attempts).key("error").value(m.error).end_object();
    return true;
  });
  json.end_array().end_object();
  return response;
}

}  // namespace acme
