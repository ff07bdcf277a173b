// Draws what is on screen: the head, and as many rows as fit, which are filled again as they move. Only this file touches
// rows and cells.
import type { Value } from '../source/source';
import type { Cache } from './cache';
import type { Column, SortKey } from './columns';
import { h, put } from './dom';
import { exactly, isNumber, middle, shown, tag } from './format';
import { fitted, Ruler } from './measure';
import { headHeight, rowHeight } from './style';

const overscan = 6;
const near = 50; // rows beside those on screen that columns are fitted to
const markWidth = 34;
const mostHeight = 10_000_000; // browsers cap the height of an element; above it the scroll bar is proportional

const stateIcons: { [state: string]: string } = {
  draft: '○', pending: '◌', running: '◔', completed: '✓', failed: '✕', aborted: '⊘', published: '★',
};

interface Cell {
  el: HTMLElement;
  key: string; // what it shows
  column: Column | undefined;
}

interface RowBox {
  el: HTMLElement;
  mark: HTMLElement;
  box: HTMLInputElement;
  gap: HTMLElement;
  cells: Cell[];
  index: number;
  layout: number;
  shape: string;
  y: number;
}

const numeric = (c: Column) => c.kind === 'number' || c.kind === 'duration' || c.kind === 'progress';

// Copied, which is quicker than making them by hand.
let rowPattern: HTMLElement | undefined, cellPattern: HTMLElement | undefined;

function patternOfRow(): HTMLElement {
  const box = h('input', { type: 'checkbox', tabindex: -1, 'aria-hidden': 'true' });
  const mark = h('div', { class: 'c k p', role: 'gridcell', tabindex: -1, 'aria-colindex': 1, 'aria-label': 'Selected' }, box);
  mark.style.cssText = `left:0;width:${markWidth}px`;
  const gap = h('div', { role: 'presentation' });
  gap.style.flex = 'none';
  return h('div', { class: 'row', role: 'row' }, mark, gap);
}

/** What the view asks of the table. */
export interface Facts {
  cache: Cache;
  columns(): Column[];
  order(): SortKey[];
  filtered(name: string): boolean;
  selected(id: string): boolean;
  selectedSome(): 'none' | 'some' | 'all';
  /** Whether the element's height follows the number of its rows. */
  tall(): boolean;
  digits: number;
}

export class View {
  readonly scroll = h('div', { class: 'scroll', role: 'grid', tabindex: 0, 'aria-multiselectable': 'true', 'aria-label': 'Tasks' });
  readonly head = h('div', { class: 'head', role: 'row', 'aria-rowindex': 1 });
  readonly body = h('div', { class: 'body', role: 'rowgroup' });
  /** The cell that has the keyboard: a row (-1 is the head) and a place among the shown columns (-1 is the box). */
  active = { row: 0, column: 0 };
  private pool_: (RowBox | undefined)[] = []; // a row is made when it is needed
  private layout_ = 0;
  private version_ = 0; // of what rows show besides their values: selection, time
  private drawn_ = 0;
  private width_ = 0;
  private height_ = 0;
  private ratio_ = 1;
  private frame_ = 0;
  private shownColumns_: Column[] = [];
  private lefts_: number[] = [];
  private pinned_ = 0;
  private from_ = 0;
  private to_ = 0;
  private total_ = -1;
  private used_ = false; // somebody pointed at it, or went there by keys
  private lastTop_ = 0;
  private ahead_ = 0;
  now = Date.now();
  private readonly ruler_ = new Ruler(this.scroll);

  constructor(private readonly facts_: Facts) {
    this.scroll.append(this.head, this.body);
    this.scroll.addEventListener('scroll', () => this.draw(), { passive: true });
    for (const sign of ['pointerenter', 'focusin', 'wheel'])
      this.scroll.addEventListener(sign, () => {
        this.used_ = true;
        this.stick_(this.scroll.scrollLeft);
      }, { passive: true });
  }

  /** Before it is gone from the page. */
  stop(): void {
    cancelAnimationFrame(this.frame_);
    this.frame_ = 0;
  }

  resized(): void {
    if (this.size_()) this.draw();
  }

  /** Takes its size over; true when that changed. */
  private size_(): boolean {
    const { clientWidth, clientHeight } = this.scroll;
    if (clientWidth === this.width_ && clientHeight === this.height_) return false;
    this.width_ = clientWidth;
    this.height_ = clientHeight;
    this.ruler_.read();
    ++this.layout_;
    return true;
  }

  /** Other columns, widths or order. */
  layoutChanged(): void {
    ++this.layout_;
    this.draw();
  }

  /** Selection or time changed: rows look otherwise with the same values. */
  looksChanged(): void {
    ++this.version_;
    this.draw();
  }

  draw(): void {
    if (!this.frame_) this.frame_ = requestAnimationFrame(() => {
      this.frame_ = 0;
      this.draw_();
    });
  }

  /** Rows that came; those that are on screen are filled, and with `before` what changed is tinted. */
  arrived(from: number, to: number, before: ((index: number, column: string) => Value | undefined) | undefined): void {
    for (const row of this.pool_) {
      if (!row || row.index < from || row.index >= to) continue;
      this.fill_(row, before);
    }
    this.draw();
  }

  get pageRows(): number {
    return Math.max(1, Math.floor((this.height_ - headHeight) / rowHeight) - 1);
  }

  /** The first and the last row that can be seen. */
  visible(): [number, number] {
    const top = this.offset_();
    return [Math.floor(top / rowHeight), Math.min(this.facts_.cache.total - 1, Math.floor((top + this.height_ - headHeight - 1) / rowHeight))];
  }

  atTop(): boolean {
    return this.scroll.scrollTop < rowHeight;
  }

  toTop(): void {
    this.scroll.scrollTop = 0;
  }

  /** Brings a row, and a column, into sight. */
  reveal(row: number, column: number): void {
    if (row >= 0) {
      const top = this.offset_();
      const page = this.height_ - headHeight - rowHeight - (this.scroll.offsetHeight - this.scroll.clientHeight ? 0 : 1);
      let to = top;
      if (row * rowHeight < top) to = row * rowHeight;
      else if (row * rowHeight > top + page) to = row * rowHeight - page;
      if (to !== top) this.scroll.scrollTop = to / this.ratio_;
    }
    if (column >= this.pinned_) {
      const left = this.lefts_[column], right = left + (this.shownColumns_[column]?.width ?? 0);
      const pinned = this.lefts_[this.pinned_] ?? 0;
      if (left < this.scroll.scrollLeft + pinned) this.scroll.scrollLeft = left - pinned;
      else if (right > this.scroll.scrollLeft + this.width_) this.scroll.scrollLeft = right - this.width_;
    }
  }

  activate(row: number, column: number, focus = true): void {
    this.active = {
      row: Math.max(-1, Math.min(this.facts_.cache.total - 1, row)),
      column: Math.max(-1, Math.min(this.shownColumns_.length - 1, column)),
    };
    this.reveal(this.active.row, this.active.column);
    // At once, so that the next key is heard here; the cell takes it over when it is drawn.
    if (focus && !this.holdsFocus_()) this.scroll.focus({ preventScroll: true });
    this.looksChanged();
  }

  /** The row and column of an element; `row` is -1 in the head, undefined outside of both. */
  at(target: EventTarget | null): { row: number; column: number; cell: HTMLElement } | undefined {
    const cell = (target as Element | null)?.closest?.<HTMLElement>('.c,.h');
    if (!cell) return undefined;
    const column = Number(cell.getAttribute('aria-colindex')) - 2;
    if (cell.parentElement === this.head) return { row: -1, column, cell };
    const row = this.pool_.find((r) => r?.el === cell.parentElement);
    return row && { row: row.index, column, cell };
  }

  columnAt(x: number): number {
    for (const cell of this.head.children) {
      const box = cell.getBoundingClientRect();
      if (cell.classList.contains('h') && x >= box.left && x < box.right) return Number(cell.getAttribute('aria-colindex')) - 2;
    }
    return -1;
  }

  headCell(column: number): HTMLElement | undefined {
    return this.head.querySelector<HTMLElement>(`[aria-colindex="${column + 2}"]`) ?? undefined;
  }

  activeCell(): HTMLElement | undefined {
    const { row, column } = this.active;
    if (row < 0) return this.headCell(column);
    return this.pool_.find((r) => r?.index === row)?.el.querySelector<HTMLElement>(`[aria-colindex="${column + 2}"]`) ?? undefined;
  }

  /** The exact value of a cell, for its title; "" when the cell says it all. */
  exact(row: number, column: number): string {
    const c = this.shownColumns_[column];
    if (!c) return '';
    const value = this.facts_.cache.value(row, c.name);
    const text = this.text_(value, c);
    return exactly(value, c.kind, text) || (this.cut_(text, c) === text ? '' : text);
  }

  private cut_(text: string, c: Column): string {
    const { letter } = this.ruler_;
    return text.length * letter > c.width ? middle(text, Math.floor((c.width - 16) / letter)) : text;
  }

  /** The widths that the rows on screen and near it need. */
  fit(columns: Column[]): number[] {
    const order = this.facts_.order();
    const [from, to] = this.visible();
    const rows = { cache: this.facts_.cache, from: Math.max(0, from - near), to: to + near };
    return fitted(this.ruler_, columns, rows, (c) => order.some((k) => k.name === c.name), (v, c) => this.text_(v, c));
  }

  private text_(value: Value | undefined, c: Column): string {
    return shown(value, c.kind, this.now, c.exact, this.facts_.digits);
  }

  /** Where the top of the screen is, in rows' pixels. */
  private offset_(): number {
    return this.scroll.scrollTop * this.ratio_;
  }

  private draw_(): void {
    const cache = this.facts_.cache;
    const tall = this.facts_.tall();
    if (!this.facts_.columns().length || !(this.height_ || tall)) return;
    if (tall && !cache.known) return cache.look(0, 0, 0); // nobody sees it yet
    const scrollTop = this.scroll.scrollTop, scrollLeft = this.scroll.scrollLeft;
    const hasFocus = this.holdsFocus_();
    const grew = this.total_ !== cache.total;
    if (grew || this.drawn_ !== this.layout_) this.measure_();
    // Known now, not a frame later, when all would be drawn again.
    if (tall && grew && this.size_()) this.measure_();
    if (!this.height_) return;
    this.stick_(scrollLeft);
    const [from, to] = this.columnsBetween_(scrollLeft);
    if (from !== this.from_ || to !== this.to_ || this.drawn_ !== this.layout_) {
      if (this.drawn_ === this.layout_) ++this.layout_;
      this.from_ = from;
      this.to_ = to;
      this.drawn_ = this.layout_;
      this.drawHead_();
    } else if (this.headVersion_ !== this.version_) {
      this.drawHead_();
    }
    const offset = scrollTop * this.ratio_;
    if (scrollTop !== this.lastTop_) this.ahead_ = Math.sign(scrollTop - this.lastTop_);
    this.lastTop_ = scrollTop;
    const top = Math.floor(offset / rowHeight);
    const bottom = Math.ceil((offset + this.height_ - headHeight) / rowHeight);
    const first = Math.max(0, top - overscan), last = Math.min(cache.total, bottom + overscan);
    const size = Math.ceil((this.height_ - headHeight) / rowHeight) + 2 * overscan + 2;
    while (this.pool_.length > size) this.pool_.pop()?.el.remove();
    for (let slot = 0; slot < size; ++slot) {
      // Each index has its slot, so that a row keeps its elements while it is on screen.
      const i = first + ((slot - (first % size) + size) % size);
      if (i >= last) {
        const unused = this.pool_[slot];
        if (!unused) continue;
        if (unused.index >= 0) unused.el.remove();
        unused.index = -1;
        continue;
      }
      const row = (this.pool_[slot] ??= this.makeRow_());
      const y = this.ratio_ === 1 ? i * rowHeight : Math.round(i * rowHeight - offset + scrollTop);
      if (row.index < 0) this.body.append(row.el);
      if (row.index !== i || row.layout !== this.layout_ || this.rowVersion_.get(row) !== this.version_) {
        row.index = i;
        this.fill_(row, undefined);
      }
      if (row.y !== y) {
        row.y = y;
        row.el.style.top = `${y}px`; // a transform each would be a layer's worth of painting each
      }
    }
    this.focus_(hasFocus);
    cache.look(top, bottom, this.ahead_);
  }

  private rowVersion_ = new WeakMap<RowBox, number>();
  private headVersion_ = -1;

  private holdsFocus_(): boolean {
    const root = this.scroll.getRootNode() as ShadowRoot;
    return root.activeElement !== null && this.scroll.contains(root.activeElement);
  }

  private focus_(wanted: boolean): void {
    const cell = this.activeCell();
    for (const old of this.scroll.querySelectorAll('[role$=cell][tabindex="0"],[role=columnheader][tabindex="0"]'))
      if (old !== cell) (old as HTMLElement).tabIndex = -1;
    this.scroll.tabIndex = cell ? -1 : 0;
    if (cell) cell.tabIndex = 0;
    if (!wanted) return;
    const target = cell ?? this.scroll;
    if ((this.scroll.getRootNode() as ShadowRoot).activeElement !== target) target.focus({ preventScroll: true });
    if (cell && this.active.row >= 0) this.describe(cell, this.active.row, this.active.column);
  }

  describe(cell: HTMLElement, row: number, column: number): void {
    put(cell, 'title', this.exact(row, column) || null);
  }

  private measure_(): void {
    const cache = this.facts_.cache;
    this.shownColumns_ = this.facts_.columns();
    this.pinned_ = this.shownColumns_.filter((c) => c.pinned).length;
    this.lefts_ = [];
    let left = markWidth;
    for (const c of this.shownColumns_) {
      this.lefts_.push(left);
      left += c.width;
    }
    this.lefts_.push(left);
    const whole = cache.total * rowHeight;
    const room = this.height_ - headHeight;
    const height = Math.min(whole, mostHeight);
    this.ratio_ = whole > mostHeight ? (whole - room) / (height - room) : 1;
    this.body.style.height = `${height}px`;
    this.body.style.width = `${left}px`;
    this.total_ = cache.total;
    put(this.scroll, 'aria-rowcount', cache.known ? cache.total + 1 : -1);
    put(this.scroll, 'aria-colcount', this.shownColumns_.length + 1);
  }

  /**
   * What sticks is a layer to compose for each row: pinned cells do when there is something to scroll sideways, and
   * somebody who may.
   */
  private stick_(scrollLeft: number): void {
    const wide = this.lefts_[this.lefts_.length - 1] > this.width_ && (this.used_ || scrollLeft > 0);
    if (this.scroll.classList.contains('wide') !== wide) this.scroll.classList.toggle('wide');
  }

  /** Which columns behind the pinned ones are on screen. */
  private columnsBetween_(scrollLeft: number): [number, number] {
    const left = scrollLeft + this.lefts_[this.pinned_], right = scrollLeft + this.width_;
    let from = this.pinned_;
    const end = this.shownColumns_.length;
    while (from < end && this.lefts_[from + 1] <= left) ++from;
    let to = from;
    while (to < end && this.lefts_[to] < right) ++to;
    // One more at both sides, so that a small move redraws nothing.
    return [Math.max(this.pinned_, from - 1), Math.min(end, to + 1)];
  }

  /** The places of the columns that are drawn. */
  private *drawnColumns_(): Generator<number> {
    for (let c = 0; c < this.pinned_; ++c) yield c;
    for (let c = this.from_; c < this.to_; ++c) yield c;
  }

  private makeRow_(): RowBox {
    const el = (rowPattern ??= patternOfRow()).cloneNode(true) as HTMLElement;
    const mark = el.firstChild as HTMLElement, gap = el.lastChild as HTMLElement, box = mark.firstChild as HTMLInputElement;
    return { el, mark, box, gap, cells: [], index: -1, layout: -1, shape: '', y: -1 };
  }

  private makeCell_(): HTMLElement {
    return (cellPattern ??= h('div', { role: 'gridcell', tabindex: -1 })).cloneNode() as HTMLElement;
  }

  private layRow_(row: RowBox): void {
    row.layout = this.layout_;
    let n = 0;
    for (const place of this.drawnColumns_()) {
      const c = this.shownColumns_[place];
      const cell = (row.cells[n++] ??= { el: this.makeCell_(), key: '', column: undefined });
      const pinned = place < this.pinned_;
      cell.el.className = `c${numeric(c) ? ' n' : ''}${pinned ? ' p' : ''}${place === this.pinned_ - 1 ? ' last' : ''}`;
      cell.el.style.width = `${c.width}px`;
      if (pinned || cell.el.style.left) cell.el.style.left = pinned ? `${this.lefts_[place]}px` : '';
      put(cell.el, 'aria-colindex', place + 2);
      cell.key = '\0';
      cell.column = c;
    }
    row.cells.length = n;
    const shape = `${this.pinned_} ${n}`;
    if (row.shape !== shape) {
      row.shape = shape;
      const all = row.cells.map((cell) => cell.el);
      row.el.replaceChildren(row.mark, ...all.slice(0, this.pinned_), row.gap, ...all.slice(this.pinned_));
    }
    // The gap stands for the columns between the pinned ones and those on screen.
    row.gap.style.width = `${this.lefts_[this.from_] - this.lefts_[this.pinned_]}px`;
    row.el.style.width = `${this.lefts_[this.lefts_.length - 1]}px`;
  }

  private fill_(row: RowBox, before: ((index: number, column: string) => Value | undefined) | undefined): void {
    if (row.layout !== this.layout_) this.layRow_(row);
    this.rowVersion_.set(row, this.version_);
    const cache = this.facts_.cache, i = row.index;
    const data = cache.row(i);
    const id = cache.id(i);
    const selected = id !== undefined && this.facts_.selected(id);
    put(row.el, 'aria-rowindex', i + 2);
    put(row.el, 'aria-selected', selected ? 'true' : 'false');
    row.box.checked = selected;
    const looks = `row${data === null ? ' gone' : ''}${cache.value(i, 'goals_met') === true ? ' goal' : ''}`;
    if (row.el.className !== looks) row.el.className = looks;
    for (const cell of row.cells) {
      const c = cell.column!;
      const value = data ? cache.value(i, c.name) : undefined;
      const changed = this.fillCell_(cell, c, value, i, data === null && c.name === 'name');
      if (before && changed && data) {
        const old = before(i, c.name);
        if (old !== undefined && JSON.stringify(old) !== JSON.stringify(value)) {
          cell.el.classList.remove('tint');
          void cell.el.offsetWidth; // begins the animation anew
          cell.el.classList.add('tint');
        }
      }
    }
  }

  /** True when the cell shows something else now. */
  private fillCell_(cell: Cell, c: Column, value: Value | undefined, index: number, gone: boolean): boolean {
    let text = gone ? '(gone)' : this.text_(value, c);
    if (c.kind === 'state' && value === 'running') {
      const progress = this.facts_.cache.value(index, 'progress');
      if (typeof progress === 'number') text += ` ${Math.round(progress)} %`;
    }
    const key = text + '\0' + c.width;
    if (cell.key === key) return false;
    cell.key = key;
    const el = cell.el;
    const full = c.kind === 'map' || this.ruler_.overflows(text, c.width - 16);
    if (el.classList.contains('o') !== full) el.classList.toggle('o');
    if (el.classList.contains('tint')) el.classList.remove('tint');
    if (el.hasAttribute('title')) el.removeAttribute('title');
    if (c.kind === 'map' && value && typeof value === 'object') {
      const tags = Object.entries(value as { [key: string]: string });
      const chips = tags.slice(0, 4).map(([k, v]) => h('span', { class: 't' }, middle(tag(k, v), 40)));
      if (tags.length > 4) chips.push(h('span', { class: 'mute' }, `+${tags.length - 4}`));
      el.replaceChildren(...chips);
    } else if (c.kind === 'state' && typeof value === 'string') {
      el.replaceChildren(h('span', { class: 's-' + value.replace(/[^a-z]/g, ''), 'aria-hidden': 'true' }, stateIcons[value] ?? '•'), ' ' + text);
    } else {
      el.textContent = this.cut_(text, c);
      if (c.kind === 'param') el.classList.toggle('n', typeof value === 'string' && isNumber(value));
    }
    return true;
  }

  private drawHead_(): void {
    this.headVersion_ = this.version_;
    const order = this.facts_.order();
    const cells: HTMLElement[] = [];
    const some = this.facts_.selectedSome();
    const box = h('input', { type: 'checkbox', tabindex: -1, 'aria-hidden': 'true' });
    box.checked = some === 'all';
    box.indeterminate = some === 'some';
    const mark = h('div', { class: 'h k p', role: 'columnheader', tabindex: -1, 'aria-colindex': 1, 'aria-label': 'Selection', title: 'Select all, or none' }, box);
    mark.style.cssText = `left:0;width:${markWidth}px`;
    cells.push(mark);
    for (const place of this.drawnColumns_()) {
      const c = this.shownColumns_[place];
      if (place >= this.pinned_ && cells.length === this.pinned_ + 1) {
        const gap = h('div', { role: 'presentation' });
        gap.style.cssText = `flex:none;width:${this.lefts_[place] - this.lefts_[this.pinned_]}px`;
        cells.push(gap);
      }
      const at = order.findIndex((k) => k.name === c.name);
      const filtered = this.facts_.filtered(c.name);
      const sign = at < 0 ? '' : (order[at].descending ? '▼' : '▲') + (order.length > 1 ? at + 1 : '');
      const cell = h('div', {
        class: `h${numeric(c) ? ' n' : ''}${c.pinned ? ' p' : ''}${place === this.pinned_ - 1 ? ' last' : ''}${filtered ? ' f' : ''}`, role: 'columnheader', tabindex: -1,
        'aria-colindex': place + 2, title: c.name, 'aria-sort': at < 0 ? 'none' : order[at].descending ? 'descending' : 'ascending',
        'aria-haspopup': 'menu', ...(filtered && { 'aria-description': 'filtered' }),
      }, h('span', { class: 'l' }, c.label));
      if (c.part) cell.append(h('span', { class: 'x' }, c.part));
      if (sign) cell.append(h('span', { class: 'x', 'aria-hidden': 'true' }, sign));
      cell.append(h('span', { class: 'm', 'aria-hidden': 'true' }, filtered ? '' : '⋮'), h('span', { class: 'e', 'aria-hidden': 'true' }));
      cell.style.width = `${c.width}px`;
      if (c.pinned) cell.style.left = `${this.lefts_[place]}px`;
      cells.push(cell);
    }
    this.head.replaceChildren(...cells);
    this.head.style.width = `${this.lefts_[this.lefts_.length - 1]}px`;
  }
}
