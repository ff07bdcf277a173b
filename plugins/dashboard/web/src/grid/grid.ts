// <podium-grid>: the task table. The element owns the question (filters, order, columns, selection) and the flow of data;
// drawing is the view's, menus and actions have files of their own.
import type { ColumnFilter, Columns, FieldColumn, News, Question, Source, Value, Window } from '../source/source';
import { ActionPanel } from './actions';
import { blockRows, Cache, type Block } from './cache';
import { clicked, columnOf, ColumnSet, readOrder, usual, writeOrder, type ColumnState, type SortKey } from './columns';
import { h, later, put } from './dom';
import { count, plural } from './format';
import { Input } from './input';
import { Menus } from './menus';
import { Popup } from './popup';
import { Selection } from './selection';
import { styles } from './style';
import { View } from './view';

/** What a view or an address keeps of a table; absent parts are the usual ones. */
export interface GridState {
  columns?: ColumnState[];
  order?: string[];
  filters?: ColumnFilter[];
  search?: string;
  digits?: number;
}

const always = ['id', 'archived', 'goals_met'];

const mostFitted = 320; // a longer text can be read by hovering, or by a wider column

export class PodiumGrid extends HTMLElement {
  static readonly version = VERSION;

  readonly columns = new ColumnSet();
  readonly selection = new Selection();
  readonly root = this.attachShadow({ mode: 'open' });
  readonly popup = new Popup(this.root);
  readonly menus = new Menus(this);
  readonly actions = new ActionPanel(this);
  order: SortKey[] = [];
  filters: ColumnFilter[] = [];
  digits = 4;
  fields = new Map<string, FieldColumn>();
  readonly cache = new Cache(
    (offset, limit, listing) => this.ask_(this.names_(), offset, limit, listing),
    { arrived: (b, before) => this.arrived_(b, before), moved: () => this.say('The rows were put in order again'), failed: (e) => this.failed_(e) },
  );
  readonly view = new View({
    cache: this.cache,
    columns: () => this.columns.shown,
    order: () => this.order,
    filtered: (name) => this.filters.some((f) => f.column === name),
    selected: (id) => this.selection.has(id),
    selectedSome: () => (this.selection.empty ? 'none' : this.selection.wide && !this.selection.json().except ? 'all' : 'some'),
    tall: () => this.fits,
    digits: 4,
  });
  /** No more rows than these, whatever the question has. */
  limit = Infinity;
  /** As tall as its rows; columns that were given no width get the one that their first rows need. */
  fits = false;
  private unsized_: string[] = [];
  private base_: Question = {};
  private search_ = '';
  private source_: Source | undefined;
  private stop_: (() => void) | undefined;
  private connected_ = false;
  private started_ = false;
  private live_: boolean | undefined;
  private fresh_ = new Set<string>(); // tasks that came since the listing was made
  private clock_: ReturnType<typeof setInterval> | undefined;
  private resize_ = new ResizeObserver(() => this.view.resized());
  private lastSaid_ = 0;

  private readonly find_ = h('input', { type: 'search', placeholder: 'Search  /', 'aria-label': 'Search names and descriptions' });
  private readonly chips_ = h('span', { class: 'line' });
  private readonly total_ = h('span', { class: 'mute total' });
  private readonly dot_ = h('span', { class: 'mute', hidden: true });
  private readonly bar_ = h('div', { class: 'bar', role: 'toolbar', 'aria-label': 'Table' });
  private readonly pill_ = h('button', { class: 'pill', hidden: true });
  private readonly note_ = h('div', { class: 'note', hidden: true });
  private readonly status_ = h('div', { class: 'sr', role: 'status' });
  private readonly toast_ = h('div', { class: 'toast', role: 'alert', hidden: true });

  constructor() {
    super();
    this.root.adoptedStyleSheets = [styles()];
    this.bar_.append(this.find_, this.chips_, h('span', { class: 'grow' }), this.total_, this.dot_,
      h('button', { class: 'do', title: 'Refresh (r)', 'aria-label': 'Refresh', onclick: () => this.refresh() }, '⟳'),
      h('button', { class: 'do', title: 'Choose columns', onclick: (e: Event) => this.menus.chooser(e.currentTarget as HTMLElement) }, 'Columns'),
      h('button', { class: 'do', title: 'Keys (?)', 'aria-label': 'Keys', onclick: () => this.menus.help() }, '?'));
    this.root.append(this.bar_, h('div', { class: 'mid' }, this.view.scroll, this.note_, this.pill_), this.actions.bar, this.toast_, this.status_);
    const search = later(() => this.setSearch(this.find_.value), 250);
    this.find_.addEventListener('input', search);
    this.find_.addEventListener('keydown', (e) => {
      e.stopPropagation();
      if (e.key === 'Enter' || e.key === 'ArrowDown') this.view.activate(0, Math.max(0, this.view.active.column));
    });
    this.pill_.addEventListener('click', () => {
      this.view.toTop();
      this.refresh();
    });
    new Input(this);
  }

  connectedCallback(): void {
    this.connected_ = true;
    // JupyterLab's menu and shortcuts would come before ours.
    for (const name of ['data-jp-suppress-context-menu', 'data-lm-suppress-shortcuts']) put(this, name, 'true');
    const light = document.body?.dataset.jpThemeLight;
    if (light) put(this, 'theme', light === 'true' ? 'light' : 'dark');
    this.resize_.observe(this.view.scroll);
    this.clock_ = setInterval(() => {
      this.view.now = Date.now();
      this.view.looksChanged();
    }, 20_000);
    this.start_();
  }

  disconnectedCallback(): void {
    this.connected_ = this.started_ = false;
    this.stop_?.();
    this.stop_ = undefined;
    this.resize_.disconnect();
    clearInterval(this.clock_);
    this.popup.close(false);
    this.view.stop();
  }

  get source(): Source | undefined {
    return this.source_;
  }
  set source(source: Source | undefined) {
    this.source_ = source;
    this.stop_?.();
    this.stop_ = undefined;
    this.started_ = false;
    this.cache.reset(false);
    this.start_();
  }

  /** The tasks that the table is about; its own filters are added to it. */
  get base(): Question {
    return this.base_;
  }
  set base(question: Question) {
    this.base_ = question;
    if (this.started_) this.asked(false);
  }

  get state(): GridState {
    return {
      columns: this.columns.state(), order: this.order.map(writeOrder), filters: this.filters,
      ...(this.search_ && { search: this.search_ }), ...(this.digits !== 4 && { digits: this.digits }),
    };
  }
  set state(state: GridState) {
    if (state.columns) {
      this.columns.all = state.columns.map((c) => columnOf(c, this.fields));
      this.unsized_ = state.columns.filter((c) => c.width === undefined).map((c) => c.name);
    }
    if (state.order) this.order = state.order.map(readOrder);
    if (state.filters) this.filters = state.filters;
    if (state.digits) this.digits = state.digits;
    if (state.search !== undefined) this.find_.value = this.search_ = state.search;
    if (this.started_) this.asked();
  }

  /** The question with the table's own filters. */
  question(): Question {
    const base = this.base_;
    const q: Question = { ...base };
    const filters = [...(base.filters ?? []), ...this.filters];
    if (filters.length) q.filters = filters;
    const search = this.search_ || base.search;
    if (search) q.search = search;
    return q;
  }

  /** The question changed: other rows, from the top. */
  asked(tell = true): void {
    if (this.selection.wide && !this.selection.everything) this.clearSelection();
    this.fresh_.clear();
    this.pill_.hidden = true;
    this.cache.reset();
    this.view.toTop();
    this.view.looksChanged();
    this.drawChips_();
    this.said_ = '';
    if (tell) this.changed('state');
  }

  /** The rows as they are now, where they are. */
  refresh(): void {
    this.fresh_.clear();
    this.pill_.hidden = true;
    this.cache.reset();
    this.view.draw();
  }

  columnsChanged(fetch: boolean): void {
    if (fetch) this.cache.columnsChanged();
    this.view.layoutChanged();
    this.changed('state');
  }

  sort(name: string, add: boolean): void {
    this.setOrder(clicked(this.order, name, add));
  }

  setOrder(order: SortKey[]): void {
    this.order = order;
    this.asked();
    const words = order.map((k) => `${k.name} ${k.descending ? 'descending' : 'ascending'}`).join(', ');
    this.say(words ? 'Sorted by ' + words : 'Not sorted', true);
  }

  setFilter(column: string, filter: ColumnFilter | undefined): void {
    const now = this.filters.find((f) => f.column === column);
    if (JSON.stringify(now) === JSON.stringify(filter)) return;
    this.filters = this.filters.filter((f) => f !== now);
    if (filter) this.filters.push(filter);
    this.asked();
  }

  setSearch(text: string): void {
    if (text === this.search_) return;
    this.find_.value = this.search_ = text;
    this.asked();
  }

  focusSearch(): void {
    this.find_.focus();
    this.find_.select();
  }

  clearFilters(): void {
    this.filters = [];
    this.find_.value = this.search_ = '';
    this.asked();
  }

  selectionChanged(): void {
    this.view.looksChanged();
    this.actions.selectionChanged();
    this.changed('selection');
  }

  clearSelection(): void {
    this.selection.clear();
    this.selectionChanged();
  }

  /** All that the filters let through, or all tasks that the table is about. */
  selectAll(everything = false): void {
    if (this.limit !== Infinity && !everything) {
      // A question has no limit: these rows and no others are meant.
      this.selection.clear();
      void this.selectRange(0, this.cache.total - 1, true);
      return;
    }
    const question = everything ? { ...this.base_ } : this.question();
    // The table leaves archived tasks out unless somebody asks; a selection does not.
    question.archived ??= question.filters?.some((f) => f.column === 'archived') || /\barchived\b/.test(question.filter ?? '') ? 'both' : 'no';
    this.selection.take(question, everything ? Infinity : this.cache.total, everything);
    this.selectionChanged();
  }

  /** Selects rows by their places, asking for the ids of those that are not here. */
  async selectRange(from: number, to: number, on: boolean): Promise<void> {
    if (from > to) [from, to] = [to, from];
    const ids: string[] = [];
    try {
      for (let i = from; i <= to; ++i) {
        const id = this.cache.id(i);
        if (id !== undefined) ids.push(id);
        else if (this.cache.row(i) !== null) {
          const limit = Math.min(1000, to - i + 1);
          const window = await this.ask_(['id'], i, limit, this.cache.listing);
          for (const row of window.rows) if (row) ids.push(row[0] as string);
          i += limit - 1;
        }
      }
      this.selection.set(ids, on);
    } catch (error) {
      this.toast((error as Error).message);
    }
    this.selectionChanged();
  }

  /** Tells the page: "state" (columns, order, filters), "selection", "open" (a task), "rows" (how many), "failed". */
  changed(what: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent('podium-' + what, { detail, bubbles: true, composed: true }));
  }

  openRow(row: number, full: boolean): void {
    const id = this.cache.id(row);
    if (id) this.changed('open', { id, full });
  }

  /** Said to screen readers, politely: not more than once in a while unless it answers a key. */
  say(text: string, now = false): void {
    if (!now && Date.now() - this.lastSaid_ < 5000) return;
    this.lastSaid_ = Date.now();
    this.status_.textContent = text;
  }

  toast(text: string, act?: { label: string; run: () => void }): void {
    const close = () => (this.toast_.hidden = true);
    this.toast_.replaceChildren(h('span', {}, text));
    if (act) this.toast_.append(h('button', { onclick: () => { close(); act.run(); } }, act.label));
    this.toast_.append(h('button', { 'aria-label': 'Close', onclick: close }, '✕'));
    this.toast_.hidden = false;
  }

  private ask_(columns: string[], offset: number, limit: number, listing: string | undefined): Promise<Window> {
    // The newest first, as the command line does.
    const order = this.order.length ? this.order.map(writeOrder) : ['created DESC'];
    const most = this.limit;
    return this.source!.window({ ...this.question(), columns, order, offset, limit: Math.max(1, Math.min(limit, most - offset)), listing })
      .then((window) => ({ ...window, total: Math.min(window.total, most) }));
  }

  private names_(): string[] {
    const names = new Set([...always, ...this.columns.shown.map((c) => c.name)]);
    if (names.has('state')) names.add('progress');
    return [...names].slice(0, 200);
  }

  private start_(): void {
    if (!this.connected_ || !this.source_ || this.started_) return;
    this.started_ = true;
    // Subscribed first, asked then: what changes between is told.
    this.stop_ = this.source_.subscribe((news) => this.news_(news));
    this.source_.columns({ ...this.base_, limit: 200 }).then((menu) => this.opened_(menu), (error: Error) => this.failed_(error));
    if (this.columns.all.length) this.cache.look(0, 0, 0);
  }

  private opened_(menu: Columns): void {
    this.fields = new Map(menu.fields.map((f) => [f.name, f]));
    if (this.columns.all.length) {
      const labels = this.columns.all.map((c) => c.label);
      this.columns.all = this.columns.state().map((c) => columnOf(c, this.fields));
      if (this.cache.known && this.columns.all.every((c, i) => c.label === labels[i])) return this.drawChips_();
    } else {
      this.columns.all = usual(menu).map((c) => columnOf(c, this.fields));
      const name = this.columns.find('name');
      if (name) name.width = Math.min(name.width, Math.max(160, Math.round(this.clientWidth * 0.3)));
    }
    this.drawChips_();
    this.view.layoutChanged();
  }

  private said_ = '';

  private arrived_(b: number, before: Block | undefined): void {
    const old = before && ((index: number, column: string): Value | undefined => {
      const at = before.columns.get(column), was = before.rows[index % blockRows];
      const id = before.columns.get('id');
      return at === undefined || !was || was[id!] !== this.cache.id(index) ? undefined : was[at];
    });
    this.view.arrived(b * blockRows, (b + 1) * blockRows, old);
    this.fit_();
    this.tellTotal_();
  }

  private fit_(): void {
    if (!this.fits || !this.unsized_.length || !this.cache.total) return;
    const unsized = new Set(this.unsized_.splice(0));
    const columns = this.columns.shown.filter((c) => unsized.has(c.name));
    this.view.fit(columns).forEach((width, i) => this.columns.resize(columns[i].name, Math.min(mostFitted, width)));
    this.view.layoutChanged();
  }

  private tellTotal_(): void {
    const { total } = this.cache;
    const text = plural(total, 'task');
    this.total_.textContent = text;
    this.note_.hidden = total > 0;
    if (!total) {
      const filters = this.filters.length + (this.search_ ? 1 : 0);
      this.note_.replaceChildren(filters
        ? h('span', {}, `${plural(filters, 'filter')} ${filters === 1 ? 'hides' : 'hide'} all tasks. `, h('button', { class: 'do', onclick: () => this.clearFilters() }, 'Clear'))
        : h('span', {}, 'No tasks here yet. What is logged appears by itself.'));
    }
    if (this.said_ !== text) this.say(this.said_ = text);
    this.changed('rows', { total });
  }

  private failed_(error: Error): void {
    this.changed('failed', error);
    if (this.cache.known && this.cache.total) {
      this.toast(error.message, { label: 'Again', run: () => this.refresh() });
      return;
    }
    this.note_.hidden = false;
    this.note_.replaceChildren(h('span', { class: 'err' }, error.message + ' '), h('button', { class: 'do', onclick: () => {
      this.note_.hidden = true;
      if (this.fields.size) this.asked(false);
      else {
        this.stop_?.();
        this.started_ = false;
        this.start_();
      }
    } }, 'Try again'));
  }

  private drawChips_(): void {
    const chips = this.filters.map((f) => h('span', { class: 'chip' },
      h('span', { title: this.menus.words(f) }, this.menus.words(f)),
      h('button', { 'aria-label': 'Remove the filter of ' + f.column, onclick: () => this.setFilter(f.column, undefined) }, '✕')));
    if (this.filters.length > 1) chips.push(h('span', {}, h('button', { onclick: () => this.clearFilters() }, 'Clear all')));
    this.chips_.replaceChildren(...chips);
  }

  // What changes elsewhere.

  private readonly look_ = later(() => this.view.draw(), 100);
  private lastLook_ = 0;

  private news_(news: News): void {
    if (news.live !== undefined && news.live !== this.live_) {
      this.live_ = news.live;
      this.dot_.hidden = false;
      this.dot_.replaceChildren(h('span', { class: 'dot ' + (news.live ? 'on' : 'off') }), news.live ? 'live' : 'not live');
    }
    if (news.resync) {
      this.refresh();
      return;
    }
    const touched = [...(news.changed ?? []), ...(news.removed ?? [])];
    if (touched.length && this.cache.touch(touched)) {
      // At most four times a second, only what is on screen.
      if (Date.now() - this.lastLook_ > 250) {
        this.lastLook_ = Date.now();
        this.view.draw();
      } else {
        this.look_();
      }
    }
    let added = false;
    for (const id of news.added ?? []) if (this.cache.find(id) < 0) added = !!this.fresh_.add(id);
    for (const id of news.removed ?? []) this.fresh_.delete(id);
    if (added || news.removed?.length) this.came_();
  }

  /** New rows: put in when nobody is looking at a place that would move, else told of. */
  private readonly came_ = later(async () => {
    if (!this.fresh_.size) return;
    let n = this.fresh_.size;
    if (!this.cache.total) return this.refresh();
    if (this.filters.length || this.search_ || this.base_.filter || this.base_.filters?.length || this.base_.search) {
      try {
        const window = await this.source!.window({ ...this.question(), columns: ['id'], order: [], offset: 0, limit: 1 });
        n = window.total - this.cache.total;
      } catch {
        return;
      }
      if (n <= 0) return;
    }
    const busy = this.popup.open || this.view.scroll.matches(':hover') || this.view.active.row > 0;
    if (this.view.atTop() && !busy) return this.refresh();
    this.pill_.textContent = `▲ ${count(n)} new`;
    this.pill_.hidden = false;
    this.say(plural(n, 'new task'));
  }, 300);
}

declare const VERSION: string;
