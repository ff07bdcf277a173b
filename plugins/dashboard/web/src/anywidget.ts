// The front end of a table in a notebook: https://anywidget.dev's protocol, spoken by whatever kernel there is. The model's
// traits are told in README.md.
import type { Question } from './source/source';
import { ModelSource, type FirstAnswer, type Model } from './source/model';
import type { GridState, PodiumGrid } from './grid/grid';
import { register } from './register';

/** The static table that stands for this one where there is no kernel: shown or not. */
function showSnapshot(id: unknown, el: HTMLElement, shown: boolean): void {
  if (typeof id !== 'string' || !id) return;
  if (shown) document.getElementById('podium-hides-' + id)?.remove();
  const near = el.closest('.jp-OutputArea') ?? document;  // a cell that is off the screen is in no document
  for (const snapshot of near.querySelectorAll<HTMLElement>(`[data-podium-snapshot="${CSS.escape(id)}"],.podium-snapshot-${CSS.escape(id)}`)) {
    const output = snapshot.closest<HTMLElement>('.jp-OutputArea-child');
    (output ?? snapshot).style.display = shown ? '' : 'none';
  }
}

/** JupyterLab's theme need not be the system's. Returns how to stop. */
function followTheme(grid: HTMLElement): () => void {
  const look = () => {
    const light = document.body.dataset.jpThemeLight;
    if (light) grid.setAttribute('theme', light === 'true' ? 'light' : 'dark');
  };
  look();
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributeFilter: ['data-jp-theme-light'] });
  return () => observer.disconnect();
}

export default {
  render({ model, el, first }: { model: Model; el: HTMLElement; first?: FirstAnswer[] }) {
    const grid = document.createElement(register()) as PodiumGrid;
    const height = model.get('height');
    grid.style.height = 'auto'; // as many rows as there are, up to so many pixels
    grid.style.maxHeight = `${typeof height === 'number' ? height : 480}px`;
    grid.fits = true;
    const question = () => {
      const { limit, ...base } = (model.get('question') as (Question & { limit?: number }) | undefined) ?? {};
      grid.limit = limit ?? Infinity;
      grid.base = base;
    };
    question();
    grid.state = (model.get('state') as GridState | undefined) ?? {};
    const source = new ModelSource(model, first);
    grid.source = source;
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

    // Until its rows are here the static table stands, and again when the kernel is gone. Unseen, it has its size all the same.
    const room = document.createElement('div');
    const show = (shown: boolean) => {
      room.inert = !shown;
      room.style.cssText = shown ? '' : 'height:0;overflow:hidden';
    };
    show(false);
    grid.addEventListener('podium-rows', () => {
      show(true);
      showSnapshot(model.get('snapshot'), el, false);
    }, { once: true });
    grid.addEventListener('podium-failed', () => show(true), { once: true });
    const gone = () => {
      show(false);
      showSnapshot(model.get('snapshot'), el, true);
    };
    model.on('comm_live_update', gone);  // a model that was made alive dies once
    const stop = followTheme(grid);
    room.append(grid);
    el.append(room);
    return () => {
      model.off('change:question', question);
      model.off('comm_live_update', gone);
      stop();
      source.close();
      gone();
      room.remove();
    };
  },
};
