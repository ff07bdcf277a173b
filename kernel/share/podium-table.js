// One table: what draws it is sent by the kernel when it is asked, once a page, so that no notebook keeps it. A kernel that is gone
// sends nothing, and the static table stays.
const libraries = (globalThis.podiumLibraries ??= new Map());
function library(model) {
  const id = model.get('library');
  if (!libraries.has(id))
    libraries.set(id, model.widget_manager.get_model(id).then((held) => new Promise((done, failed) => {
      const hear = ({ module }) => {
        if (module === undefined) return;
        held.off('msg:custom', hear);
        const url = URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
        import(url).then((drawn) => (URL.revokeObjectURL(url), done(drawn.default)), failed);
      };
      held.on('msg:custom', hear);
      held.send({ ask: 'module' }, {});
    })));
  return libraries.get(id);
}
export default { async render(context) { return (await library(context.model)).render(context); } };
