import { PodiumGrid } from './grid/grid';

/** Registers the element once and returns its name: `podium-grid`, or with its version behind when the page has another one. */
export function register(): string {
  for (const name of ['podium-grid', 'podium-grid-' + PodiumGrid.version]) {
    const known = customElements.get(name) as typeof PodiumGrid | undefined;
    if (!known) customElements.define(name, class extends PodiumGrid {});
    if (!known || known.version === PodiumGrid.version) return name;
  }
  return 'podium-grid';
}
