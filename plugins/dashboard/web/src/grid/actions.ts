// Actions on tasks: the bar of the selection, the menu of a row, forms, questions, and what came of it.
import type { Action, Available, Run, SelectionBody } from '../source/source';
import { h, later } from './dom';
import { Form } from './form';
import { count, plural, shown } from './format';
import type { PodiumGrid } from './grid';
import { item } from './popup';

/** What is looked at first, what takes away last. */
const groups = ['look', 'state', 'organise', 'copies', '', 'removal'];
const rank = (a: Action) => groups.indexOf(a.group ?? '') + 1 || groups.length - 0.5;

const byGroup = (a: Action, b: Action) => rank(a) - rank(b) || (a.group ?? '').localeCompare(b.group ?? '') || (a.order ?? 0) - (b.order ?? 0) || a.id.localeCompare(b.id);

/** Why an action cannot take some or all of the selected; of a single one the action's own sentence says it best. */
function why(action: Action, of: number): string {
  return of > 1 && action.reasons?.length ? action.reasons.join(', ') : action.why_not || (action.reasons ?? []).join(', ');
}

export class ActionPanel {
  readonly bar = h('div', { class: 'bar', role: 'toolbar', 'aria-label': 'Selected tasks', hidden: true });
  private asked_ = 0;
  private readonly ask_ = later(() => void this.fill_(), 120);
  private words_ = h('span');
  private buttons_ = h('span', { class: 'line' });

  constructor(private readonly grid_: PodiumGrid) {
    this.bar.append(this.words_, this.buttons_);
  }

  selectionChanged(): void {
    const { selection } = this.grid_;
    this.bar.hidden = selection.empty;
    ++this.asked_;
    if (selection.empty) {
      this.buttons_.replaceChildren();
      return;
    }
    this.drawWords_();
    this.ask_();
  }

  private drawWords_(): void {
    const { grid_: grid } = this;
    const { selection } = grid;
    const n = selection.count;
    const filtered = grid.filters.length > 0 || grid.question().search !== undefined;
    this.words_.replaceChildren(h('b', {}, Number.isFinite(n) ? `${count(n)} selected` : 'All selected'),
      ...(filtered ? [h('button', { onclick: () => grid.selectAll() }, `filtered ${count(grid.cache.total)}`)] : []),
      h('button', { onclick: () => grid.selectAll(true) }, 'all'),
      h('button', { title: 'Esc', onclick: () => grid.clearSelection() }, 'none'));
  }

  private async fill_(): Promise<void> {
    const mine = this.asked_;
    const { selection, source } = this.grid_;
    if (selection.empty || !source) return;
    const body = selection.json();
    let available: Available;
    try {
      available = await source.actions({ selection: body });
    } catch {
      if (mine === this.asked_) this.buttons_.replaceChildren(h('span', { class: 'mute' }, 'No actions here'));
      return;
    }
    if (mine !== this.asked_) return;
    selection.counted(available.of);
    this.drawWords_();
    this.grid_.say(`${plural(available.of, 'task')} selected`);
    const fitting = available.actions.filter((a) => !a.most || available.of <= a.most).sort(byGroup);
    this.buttons_.replaceChildren(...fitting.map((a) => h('button', {
      class: a.destructive ? 'do bad' : 'do', 'aria-disabled': a.count ? undefined : 'true',
      title: [a.tooltip, why(a, available.of)].filter(Boolean).join('\n'),
      onclick: () => (a.count ? this.begin_(a, body, available.of) : this.grid_.toast(why(a, available.of) || `${a.label} fits none of these tasks`)),
    }, `${a.label} ${count(a.count)}`)));
  }

  /** The menu of a row: of the selection when the row is a part of it. */
  async menu(row: number, column: string | undefined, where: { x: number; y: number } | Element): Promise<void> {
    const { grid_: grid } = this;
    const id = grid.cache.id(row);
    if (id === undefined) return;
    const body: SelectionBody = grid.selection.has(id) ? grid.selection.json() : { ids: [id] };
    const then = (act: () => void) => () => {
      grid.popup.close();
      act();
    };
    const own: Node[] = [item('Open', then(() => grid.openRow(row, false)), { note: 'Enter' })];
    const value = column === undefined ? undefined : grid.cache.value(row, column);
    const c = column === undefined ? undefined : grid.columns.find(column);
    const text = c && shown(value, c.kind, 0, true);
    if (c && text) {
      own.push(item('Copy ' + (text.length > 24 ? 'value' : `“${text}”`), then(() => this.copy_(text))));
      if ((typeof value === 'string' || typeof value === 'boolean') && (c.kind === 'text' || c.kind === 'state' || c.kind === 'param' || c.kind === 'flag'))
        own.push(item(`Only ${c.label} = ${text.slice(0, 24)}`, then(() => grid.setFilter(column!, { column: column!, in: [value] }))));
    }
    own.push(item('Copy id', then(() => this.copy_(id))));
    const place = h('div', {}, h('div', { class: 'line mute' }, 'Looking for actions…'));
    const pop = grid.popup.show([place, h('hr'), ...own], where, 'Task', () => grid.view.activeCell());
    try {
      const available = await grid.source!.actions({ selection: body });
      const lines: Node[] = [];
      if (available.of > 1) lines.push(h('h3', {}, plural(available.of, 'task')));
      let group: string | undefined;
      for (const a of [...available.actions].sort(byGroup)) {
        if (a.most && available.of > a.most) continue;
        if (group !== undefined && group !== (a.group ?? '')) lines.push(h('hr'));
        group = a.group ?? '';
        lines.push(item(a.label, a.count ? then(() => this.begin_(a, body, available.of)) : undefined, {
          note: available.of > 1 ? `${count(a.count)} of ${count(available.of)}` : undefined, why: a.count ? undefined : why(a, available.of), bad: a.destructive,
        }));
      }
      place.replaceChildren(...(lines.length ? lines : [h('div', { class: 'line mute' }, 'No actions.')]));
    } catch (error) {
      place.replaceChildren(h('div', { class: 'line mute' }, 'No actions: ' + (error as Error).message));
    }
    pop.dispatchEvent(new Event('podium-place'));
    if (!pop.contains(grid.root.activeElement) || grid.root.activeElement === pop) pop.querySelector<HTMLElement>('[role=menuitem]:not([aria-disabled])')?.focus();
  }

  /** The action of this verb, on the selection or the row. */
  async byWord(verb: string, row: number): Promise<void> {
    const { grid_: grid } = this;
    const id = grid.cache.id(row);
    const body: SelectionBody | undefined = !grid.selection.empty ? grid.selection.json() : id !== undefined ? { ids: [id] } : undefined;
    if (!body) return;
    try {
      const { of, actions } = await grid.source!.actions({ selection: body });
      const action = actions.find((a) => a.id === verb || a.id.endsWith('.' + verb));
      if (!action) grid.toast(`No action is called ${verb} here`);
      else if (!action.count) grid.toast(why(action, of) || `${action.label} fits none of these tasks`);
      else this.begin_(action, body, of);
    } catch (error) {
      grid.toast((error as Error).message);
    }
  }

  private copy_(text: string): void {
    navigator.clipboard?.writeText(text).then(() => this.grid_.toast('Copied'), () => this.grid_.toast(text));
  }

  /** Asks for parameters and consent as far as the action wants them. */
  private begin_(action: Action, body: SelectionBody, of: number): void {
    const form = new Form(action.parameters ?? {});
    if (form.empty && !action.confirm) {
      void this.run_(action, body, {}).catch((error: Error) => this.grid_.toast(error.message));
      return;
    }
    const wrong = h('div', { class: 'err', role: 'alert' });
    const go = h('button', { class: action.destructive ? 'main bad' : 'main', type: 'submit' }, action.label);
    const close = h('button', { class: 'do', type: 'button', onclick: () => dialog.close() }, 'Cancel');
    const inner = h('form', {}, h('h2', {}, action.label),
      ...(action.tooltip ? [h('div', { class: 'mute' }, action.tooltip)] : []),
      ...(action.confirm ? [h('p', {}, action.confirm.replaceAll('{count}', count(action.count)))] : []),
      ...(action.count < of ? [h('p', { class: 'mute' }, `${count(action.count)} of ${plural(of, 'task')}${why(action, of) ? ': ' + why(action, of) : ''}`)] : []),
      form.element, wrong, h('div', { class: 'line' }, close, go));
    const dialog = h('dialog', { 'aria-label': action.label }, inner);
    inner.addEventListener('submit', async (event) => {
      event.preventDefault();
      wrong.textContent = '';
      go.disabled = true;
      try {
        const parameters = form.read();
        await this.run_(action, body, parameters, () => dialog.close());
      } catch (error) {
        wrong.textContent = (error as Error).message;
      }
      go.disabled = false;
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      this.grid_.view.activeCell()?.focus({ preventScroll: true });
    });
    dialog.addEventListener('keydown', (e) => e.stopPropagation());
    this.grid_.root.append(dialog);
    dialog.showModal();
    // What takes something away is not a key press too many away.
    if (form.empty && action.destructive) close.focus();
  }

  private async run_(action: Action, selection: SelectionBody, parameters: { [name: string]: unknown }, begun?: () => void): Promise<void> {
    const { grid_: grid } = this;
    const source = grid.source!;
    let run = await source.run({ action: action.id, selection, ...(Object.keys(parameters).length && { parameters }) });
    begun?.();
    for (let wait = 500; run.state === 'running' && source.progress && run.run; wait = Math.min(wait * 1.5, 5000)) {
      grid.toast(`${action.label}: ${count(run.succeeded_count + run.failed_count)} of ${plural(run.matched, 'task')}…`);
      await new Promise((done) => setTimeout(done, wait));
      run = await source.progress(run.run);
    }
    this.told_(action, run);
    grid.refresh();
    this.selectionChanged();
  }

  private told_(action: Action, run: Run): void {
    const { grid_: grid } = this;
    const parts = [`${action.label}: ${plural(run.succeeded_count, 'task')}`];
    if (run.state === 'running') parts.push('goes on in the background');
    if (run.skipped) parts.push(`${count(run.skipped)} left out`);
    if (run.failed_count) parts.push(`${count(run.failed_count)} failed${run.failed?.[0] ? ': ' + run.failed[0].message : ''}`);
    if (run.message) parts.push(run.message);
    const undo = grid.source!.undo?.bind(grid.source);
    grid.toast(parts.join('; '), run.undoable && undo ? {
      label: 'Undo', run: () => void undo(run.run).then((back) => {
        grid.toast(`Undone: ${plural(back.succeeded_count, 'task')}`);
        grid.refresh();
      }, (error: Error) => grid.toast(error.message)),
    } : undefined);
    grid.say(parts[0], true);
    if (run.open_url && /^(https:\/\/|\/(?!\/))/.test(run.open_url)) open(run.open_url, '_blank', 'noopener');
  }
}
