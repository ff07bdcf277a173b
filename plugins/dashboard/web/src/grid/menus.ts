// The menus of columns: sorting, filters, width, which are shown.
import type { ColumnFilter, Columns, Facet, FacetValue, KeyColumn } from '../source/source';
import { columnOf, partOf, statistics, type Column } from './columns';
import { h, later } from './dom';
import { FilterPanel, words } from './filters';
import type { PodiumGrid } from './grid';
import { count } from './format';
import { keys } from './input';
import { item } from './popup';

export class Menus {
  constructor(private readonly grid_: PodiumGrid) {}

  /** A filter in words, for its chip. */
  words(filter: ColumnFilter): string {
    return words(filter, this.grid_.columns.find(filter.column)?.label ?? filter.column);
  }

  column(name: string, where: { x: number; y: number } | Element): void {
    const { grid_: grid } = this;
    const c = grid.columns.find(name);
    if (!c) return;
    const at = grid.columns.shown.indexOf(c);
    const key = grid.order.find((k) => k.name === name);
    const then = (act: () => void) => () => {
      grid.popup.close();
      act();
    };
    const sorted = (descending: boolean, add: boolean) => then(() => grid.setOrder(add ? [...grid.order.filter((k) => k.name !== name), { name, descending }] : [{ name, descending }]));
    const lines: Node[] = [
      item('Sort ascending', sorted(false, false), { note: 's' }), item('Sort descending', sorted(true, false)),
    ];
    if (grid.order.length && !(grid.order.length === 1 && key)) lines.push(item('Sort by this too', sorted(key ? !key.descending : false, true), { note: '⇧S' }));
    if (key) lines.push(item('Do not sort by it', then(() => grid.setOrder(grid.order.filter((k) => k !== key)))));
    lines.push(h('hr'), item('Filter…', then(() => this.filter(name, grid.view.headCell(at) ?? grid.view.head)), { note: 'f' }));
    if (grid.filters.some((f) => f.column === name)) lines.push(item('Remove its filter', then(() => grid.setFilter(name, undefined))));
    lines.push(h('hr'), item('Fit width', then(() => { grid.columns.resize(name, grid.view.fit([c])[0]); grid.columnsChanged(false); }), { note: 'a' }),
      item(c.pinned ? 'Unpin' : 'Pin', then(() => this.pin(c)), { note: 'p' }),
      item('Move left', at > 0 ? then(() => { grid.columns.move(name, at - 1); grid.columnsChanged(false); }) : undefined, { note: 'Alt+←' }),
      item('Move right', at < grid.columns.shown.length - 1 ? then(() => { grid.columns.move(name, at + 1); grid.columnsChanged(false); }) : undefined, { note: 'Alt+→' }));
    if (['number', 'param', 'duration', 'time'].includes(c.kind)) lines.push(item(c.exact ? 'Round' : 'Show exact values', then(() => this.exact(c)), { note: 'e' }));
    lines.push(item('Hide', then(() => this.hide(c)), { note: 'h' }), h('hr'),
      item('Columns…', then(() => this.chooser(grid.view.headCell(at) ?? grid.view.head))));
    grid.popup.show(lines, where, 'Column ' + c.label, () => grid.view.activeCell());
  }

  pin(c: Column): void {
    c.pinned = !c.pinned;
    this.grid_.columnsChanged(false);
  }

  exact(c: Column): void {
    c.exact = !c.exact;
    if (c.exact) this.grid_.columns.resize(c.name, Math.max(c.width, this.grid_.view.fit([c])[0]));
    this.grid_.columnsChanged(false);
  }

  hide(c: Column): void {
    c.hidden = true;
    this.grid_.columnsChanged(false);
  }

  /** What the box in the corner offers. */
  selection(where: { x: number; y: number } | Element): void {
    const { grid_: grid } = this;
    const then = (act: () => void) => () => {
      grid.popup.close();
      act();
    };
    const [from, to] = grid.view.visible();
    grid.popup.show([
      item('All that the filters let through', then(() => grid.selectAll()), { note: count(grid.cache.total) }),
      item('All tasks', then(() => grid.selectAll(true))),
      item('What is on screen', then(() => void grid.selectRange(from, to, true)), { note: String(to - from + 1) }),
      item('None', then(() => grid.clearSelection()), { note: 'Esc' }),
    ], where, 'Select', () => grid.view.activeCell());
  }

  /** The filter of a column, by what its values are. */
  async filter(name: string, where: Element): Promise<void> {
    const { grid_: grid } = this;
    const body = h('div', {}, h('div', { class: 'line mute' }, 'Looking…'));
    const pop = grid.popup.show([body], where, 'Filter of ' + (grid.columns.find(name)?.label ?? name), () => grid.view.activeCell(), 'dialog');
    const ask = async (q: string): Promise<Facet> => {
      // Whether a task is archived is asked of all of them.
      const question = { ...grid.question(), ...(name === 'archived' && { archived: 'both' }) };
      return grid.source!.facets({ ...question, column: name, limit: 200, ...(q && { q }) });
    };
    try {
      const facet = await ask('');
      const panel = new FilterPanel(name, facet, grid.filters.find((f) => f.column === name), ask,
        (filter) => grid.setFilter(name, filter), () => grid.popup.close());
      body.replaceChildren(panel.element);
      panel.focus();
    } catch (error) {
      body.replaceChildren(h('div', { class: 'line err' }, (error as Error).message));
    }
    pop.dispatchEvent(new Event('podium-place'));
  }

  /** Which columns are shown; those that are not yet among them are added. */
  async chooser(where: Element): Promise<void> {
    const { grid_: grid } = this;
    const list = h('div', { class: 'list' });
    const find = h('input', { type: 'search', placeholder: 'Find a column', 'aria-label': 'Find a column' });
    const differ = h('input', { type: 'checkbox' });
    const pop = grid.popup.show([
      h('div', { class: 'line' }, find), h('div', { class: 'line' }, h('label', {}, differ, ' only what differs')), list,
    ], where, 'Columns', () => grid.view.activeCell(), 'dialog');
    let asked = 0;
    const load = async () => {
      const mine = ++asked;
      try {
        const menu = await grid.source!.columns({ ...grid.question(), limit: 200, ...(find.value && { q: find.value }), ...(differ.checked && { differ: true }) });
        if (mine !== asked) return;
        list.replaceChildren(...this.choices_(menu, find.value.toLowerCase(), differ.checked));
      } catch (error) {
        list.replaceChildren(h('div', { class: 'err' }, (error as Error).message));
      }
      pop.dispatchEvent(new Event('podium-place'));
    };
    find.addEventListener('input', later(load, 200));
    differ.addEventListener('change', () => void load());
    find.focus();
    await load();
  }

  private choices_(menu: Columns, q: string, differ: boolean): Node[] {
    const out: Node[] = [];
    const fits = (c: { differs?: boolean }) => !differ || c.differs !== false;
    const group = (title: string, lines: Node[]) => {
      if (lines.length) out.push(h('h3', {}, title), ...lines);
    };
    group('Fields', menu.fields.filter((f) => fits(f) && (!q || f.label.toLowerCase().includes(q) || f.name.includes(q)))
      .map((f) => this.choice_(f.name, columnOf({ name: f.name }, this.grid_.fields).label)));
    group('Metrics', menu.metrics.filter(fits).map((m) => this.metric_(m)));
    for (const [title, list] of [['Parameters', menu.params], ['Tags', menu.tags], ['Properties', menu.properties]] as [string, KeyColumn[]][])
      group(title, list.filter(fits).map((k) => this.choice_(k.name, k.key, k.count)));
    if (menu.more) out.push(h('div', { class: 'line mute' }, 'There are more: find them by their names.'));
    return out.length ? out : [h('div', { class: 'line mute' }, 'None.')];
  }

  private choice_(name: string, label: string, n?: number): HTMLElement {
    const box = h('input', { type: 'checkbox' });
    box.checked = this.grid_.columns.find(name)?.hidden === false;
    box.addEventListener('change', () => this.show(name, box.checked));
    const line = h('label', { class: 'v', title: name }, box, h('span', {}, label));
    if (n !== undefined) line.append(h('span', { class: 'mute' }, count(n)));
    return line;
  }

  private metric_(m: KeyColumn): HTMLElement {
    const label = m.scope ? `${m.key} @ ${m.scope}` : m.key;
    const line = this.choice_(m.name, label, m.count);
    const part = h('select', { 'aria-label': 'Statistic of ' + label }, ...statistics.map((s) => h('option', {}, s)));
    // The box is about the last value; another statistic is a column of its own.
    part.addEventListener('change', () => {
      if (part.value !== 'last') this.show(`${partOf(m.name)[0]}.${part.value}`, true);
      part.value = 'last';
    });
    line.append(part);
    return line;
  }

  show(name: string, on: boolean): void {
    const { columns, fields } = this.grid_;
    const known = columns.find(name);
    if (known) known.hidden = !on;
    else columns.all.push(columnOf({ name, hidden: !on }, fields));
    this.grid_.columnsChanged(on);
    // Drawn first, then brought into sight.
    if (on) requestAnimationFrame(() => this.grid_.view.reveal(-1, columns.shown.findIndex((c) => c.name === name)));
  }

  help(): void {
    const dialog = h('dialog', { 'aria-label': 'Keys' }, h('h2', {}, 'Keys of the table'),
      h('table', {}, ...keys.map(([key, what]) => h('tr', {}, h('td', {}, h('kbd', {}, key)), h('td', {}, what)))),
      h('div', { class: 'line' }, h('button', { class: 'do', onclick: () => dialog.close() }, 'Close')));
    dialog.addEventListener('close', () => dialog.remove());
    dialog.addEventListener('keydown', (e) => e.stopPropagation());
    this.grid_.root.append(dialog);
    dialog.showModal();
  }
}

export type { FacetValue };
