const modules = (globalThis.podiumModules ??= new Map());
let first; // answers that came before the table is drawn: good for a moment, kept nowhere
let hides; // the static table, before that is laid out in vain
const forget = () => {
  if (first) hides.remove();
  first = undefined;
};
export default {
  initialize({ model }) {
    model.on('msg:custom', (message) => {
      if (!message.first) return;
      first = message.first;
      const id = model.get('snapshot');
      hides = document.head.appendChild(document.createElement('style'));
      hides.id = 'podium-hides-' + id;
      hides.textContent = `.podium-snapshot-${id}{display:none}`;
      setTimeout(forget, 10000);
    });
  },
  async render(context) {
    const id = context.model.get('library');
    if (!modules.has(id))
      modules.set(id, context.model.widget_manager.get_model(id).then((library) => new Promise((done, failed) => {
        library.on('msg:custom', ({ module }) => {
          if (module) import(URL.createObjectURL(new Blob([module], { type: 'text/javascript' }))).then(done, failed);
        });
        library.send({ ask: 'module' }, {});
      })));
    const { default: table } = await modules.get(id).catch((error) => {
      forget();
      throw error;
    });
    const told = first;
    first = undefined;
    return table.render({ ...context, first: told });
  },
};
