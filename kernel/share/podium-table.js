const libraries = (globalThis.podiumLibraries ??= new Map());
function library(model) {
  const id = model.get('library');
  if (!libraries.has(id))
    libraries.set(id, model.widget_manager.get_model(id).then((held) => {
      const url = URL.createObjectURL(new Blob([held.get('_esm')], { type: 'text/javascript' }));
      return import(url).then((module) => (URL.revokeObjectURL(url), module.default));
    }));
  return libraries.get(id);
}
export default {
  initialize(context) {  // does not wait: a model that takes long to begin is given up
    const begun = library(context.model).then((drawn) => drawn.initialize?.(context));
    return () => begun.then((end) => end?.());
  },
  async render(context) { return (await library(context.model)).render(context); },
};
