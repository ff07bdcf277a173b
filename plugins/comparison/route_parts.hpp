#pragma once
// What the routes that lay tasks side by side share.
#include "podium/function.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/http/message.hpp"
#include "podium/plugin.hpp"
#include "podium/store/store.hpp"
#include "selection.hpp"

namespace podium::comparison {

/// An object with the tasks of a selection, and what `more` writes into it, of one state of the
/// store.
inline Response side_by_side(PluginContext& context, const Request& request,
                             const Selection& selection,
                             FunctionRef<void(const Reader&, const Selected&, JsonWriter&)> more) {
  Response response;
  context.store().read([&](const Reader& reader) {
    response.body.clear();
    const Selected selected = select(context, reader, request.who(), selection);
    JsonWriter w(response.body);
    w.object();
    write_selected(w, selected);
    more(reader, selected, w);
    w.end_object();
  });
  return response;
}

}  // namespace podium::comparison
