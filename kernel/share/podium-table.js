const modules = (globalThis.podiumModules ??= new Map());
const table = {
  async render(context) {
    const id = context.model.get('library');
    if (!modules.has(id))
      modules.set(id, context.model.widget_manager.get_model(id).then((library) => new Promise((done, failed) => {
        library.on('msg:custom', ({ module }) => {
          if (module) import(URL.createObjectURL(new Blob([module], { type: 'text/javascript' }))).then(done, failed);
        });
        library.send({ ask: 'module' }, {});
      })));
    return (await modules.get(id)).default.render(context);
  },
};
export default table;
