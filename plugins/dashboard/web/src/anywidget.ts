// The front end of a table in a notebook: https://anywidget.dev's protocol, spoken by whatever kernel there is. The model's
// traits are told in README.md.
import type { Question } from './source/source';
import { ModelSource, type Model } from './source/model';
import type { GridState, PodiumGrid } from './grid/grid';
import { register } from './register';

const sources = new WeakMap<Model, ModelSource>();

function sourceOf(model: Model): ModelSource {
  let source = sources.get(model);
  if (!source) sources.set(model, (source = new ModelSource(model)));
  return source;
}

/** Hides the static table that stands for this one where there is no kernel. */
function hideSnapshot(id: unknown): void {
  if (typeof id !== 'string' || !id) return;
  for (const snapshot of document.querySelectorAll<HTMLElement>(`[data-podium-snapshot="${CSS.escape(id)}"],.podium-snapshot-${CSS.escape(id)}`)) {
    const output = snapshot.closest<HTMLElement>('.jp-OutputArea-child');
    (output ?? snapshot).style.display = 'none';
  }
}

export default {
  initialize({ model }: { model: Model }) {
    const source = sourceOf(model);
    return () => source.close();
  },

  render({ model, el }: { model: Model; el: HTMLElement }) {
    const grid = document.createElement(register()) as PodiumGrid;
    const height = model.get('height');
    if (typeof height === 'number') grid.style.height = `${height}px`;
    const question = () => {
      const { limit, ...base } = (model.get('question') as (Question & { limit?: number }) | undefined) ?? {};
      grid.limit = limit ?? Infinity;
      grid.base = base;
    };
    question();
    grid.state = (model.get('state') as GridState | undefined) ?? {};
    grid.source = sourceOf(model);
    model.on('change:question', question);
    grid.addEventListener('podium-selection', () => {
      model.set('selection', grid.selection.empty ? null : grid.selection.json());
      model.save_changes();
    });
    grid.addEventListener('podium-state', () => {
      model.set('state', grid.state);
      model.save_changes();
    });
    grid.addEventListener('podium-open', (event) => model.send({ open: (event as CustomEvent<{ id: string }>).detail.id }));
    el.append(grid);
    hideSnapshot(model.get('snapshot'));
    return () => {
      model.off('change:question', question);
      grid.remove();
    };
  },
};
