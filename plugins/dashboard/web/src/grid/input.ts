// Pointer and keyboard on the rows and the head. Whatever is dragged can be done by a key, too.
import type { PodiumGrid } from './grid';
import { put } from './dom';

export const keys: [string, string][] = [
  ['/', 'search'], ['↑ ↓ or j k', 'row'], ['← →', 'cell'], ['Home End', 'first and last column, with Ctrl row'], ['Page Up, Page Down', 'a screen'],
  ['Space', 'select'], ['Shift+↑ ↓', 'select a range'], ['Ctrl+A', 'select all that the filters let through'], ['Esc', 'select nothing'],
  ['Enter', 'open the task; on a head its menu'], ['Shift+Enter', 'open it on a page of its own'],
  ['f', 'filter of the column'], ['s', 'sort by the column'], ['Shift+S', 'sort by it too'],
  ['Alt+← →', 'move the column'], ['Alt+Shift+← →', 'make it narrower, wider'], ['a', 'fit its width'], ['p', 'pin it'], ['e', 'all digits'],
  ['h', 'hide it'], ['Shift+F10', 'menu'], ['t', 'tag'], ['r', 'refresh'], ['?', 'these keys'],
];

export class Input {
  private anchor_ = 0; // where a range begins
  private drag_: { column: number; x: number; width: number; edge: boolean; moved: boolean } | undefined;

  constructor(private readonly grid_: PodiumGrid) {
    const { scroll } = grid_.view;
    scroll.addEventListener('keydown', (e) => this.key_(e));
    scroll.addEventListener('click', (e) => this.click_(e));
    scroll.addEventListener('dblclick', (e) => this.doubleClick_(e));
    scroll.addEventListener('contextmenu', (e) => this.menu_(e));
    scroll.addEventListener('pointerdown', (e) => this.down_(e));
    scroll.addEventListener('pointermove', (e) => this.move_(e));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) scroll.addEventListener(end, (e) => this.up_(e));
    scroll.addEventListener('pointerover', (e) => {
      const at = grid_.view.at(e.target);
      if (at && at.row >= 0 && at.column >= 0) grid_.view.describe(at.cell, at.row, at.column);
    });
  }

  private name_(column: number): string | undefined {
    return this.grid_.columns.shown[column]?.name;
  }

  private toggle_(row: number): void {
    const id = this.grid_.cache.id(row);
    if (!id) return;
    const { selection } = this.grid_;
    try {
      selection.set([id], !selection.has(id));
    } catch (error) {
      this.grid_.toast((error as Error).message);
    }
    this.anchor_ = row;
    this.grid_.selectionChanged();
  }

  private click_(event: MouseEvent): void {
    const at = this.grid_.view.at(event.target);
    if (!at || this.justDragged_) return;
    const { view } = this.grid_;
    if (at.row < 0) {
      if ((event.target as Element).classList.contains('e')) return;
      view.activate(-1, at.column);
      if (at.column < 0) {
        if (this.grid_.selection.empty) this.grid_.selectAll();
        else this.grid_.clearSelection();
      } else if ((event.target as Element).classList.contains('m')) {
        this.grid_.menus.column(this.name_(at.column)!, at.cell);
      } else {
        this.grid_.sort(this.name_(at.column)!, event.shiftKey);
      }
      return;
    }
    view.activate(at.row, at.column);
    if (event.shiftKey) void this.range_(at.row);
    else if (at.column < 0 || event.ctrlKey || event.metaKey) this.toggle_(at.row);
    else this.anchor_ = at.row;
  }

  private range_(row: number): Promise<void> {
    const from = this.anchor_;
    const first = this.grid_.cache.id(from);
    // A range follows its first row: dragged over selected rows from one that is not, it takes them off.
    const on = from === row || first === undefined || this.grid_.selection.has(first) || this.grid_.selection.empty;
    return this.grid_.selectRange(from, row, on);
  }

  private doubleClick_(event: MouseEvent): void {
    const at = this.grid_.view.at(event.target);
    if (!at || at.column < 0) return;
    if (at.row >= 0) this.grid_.openRow(at.row, event.shiftKey);
    else if ((event.target as Element).classList.contains('e')) this.fit_(at.column);
  }

  private fit_(column: number): void {
    const shown = this.grid_.columns.shown[column];
    if (!shown) return;
    this.grid_.columns.resize(shown.name, this.grid_.view.fit([shown])[0]);
    this.grid_.columnsChanged(false);
  }

  private menu_(event: MouseEvent): void {
    const at = this.grid_.view.at(event.target);
    if (!at) return;
    event.preventDefault();
    event.stopPropagation();
    this.openMenu_(at.row, at.column, event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : at.cell);
  }

  private openMenu_(row: number, column: number, where: { x: number; y: number } | Element): void {
    this.grid_.view.activate(row, column, false); // the menu has the focus
    if (row >= 0) void this.grid_.actions.menu(row, this.name_(column), where);
    else if (column < 0) this.grid_.menus.selection(where);
    else this.grid_.menus.column(this.name_(column)!, where);
  }

  // Dragging: an edge of a head resizes, a head moves its column.

  private justDragged_ = false;

  private down_(event: PointerEvent): void {
    this.justDragged_ = false;
    const at = this.grid_.view.at(event.target);
    if (!at || at.row >= 0 || at.column < 0 || event.button !== 0 || (event.target as Element).classList.contains('m')) return;
    const edge = (event.target as Element).classList.contains('e');
    this.drag_ = { column: at.column, x: event.clientX, width: this.grid_.columns.shown[at.column].width, edge, moved: false };
    if (edge) event.preventDefault();
  }

  private move_(event: PointerEvent): void {
    const drag = this.drag_;
    if (!drag) return;
    const by = event.clientX - drag.x;
    if (!drag.moved) {
      if (Math.abs(by) < 4) return;
      drag.moved = true;
      // The capture begins with the drag: a click would lose its target otherwise.
      this.grid_.view.scroll.setPointerCapture(event.pointerId);
    }
    if (drag.edge) {
      this.grid_.columns.resize(this.name_(drag.column)!, drag.width + by);
      this.grid_.view.layoutChanged();
      return;
    }
    const over = this.grid_.view.columnAt(event.clientX);
    for (const cell of this.grid_.view.head.children) {
      const column = Number(cell.getAttribute('aria-colindex')) - 2;
      cell.classList.toggle('drag', column === drag.column);
      cell.classList.toggle('drop', column === over && over !== drag.column);
    }
  }

  private up_(event: PointerEvent): void {
    const drag = this.drag_;
    if (!drag) return;
    this.drag_ = undefined;
    if (!drag.moved) return;
    this.justDragged_ = true;
    setTimeout(() => (this.justDragged_ = false));
    const over = this.grid_.view.columnAt(event.clientX);
    if (drag.edge) this.grid_.columnsChanged(false);
    else if (event.type === 'pointerup' && over >= 0) this.place_(drag.column, over);
    else this.grid_.view.layoutChanged();
  }

  private place_(from: number, to: number): void {
    const name = this.name_(from);
    if (!name) return;
    this.grid_.columns.move(name, to);
    this.grid_.view.active.column = this.grid_.columns.shown.findIndex((c) => c.name === name);
    this.grid_.columnsChanged(false);
    this.grid_.say(`${name} is column ${this.grid_.view.active.column + 1}`, true);
  }

  // Keys.

  private key_(event: KeyboardEvent): void {
    const { view, columns } = this.grid_;
    const { row, column } = view.active;
    const name = this.name_(column);
    const alt = event.altKey, shift = event.shiftKey, command = event.ctrlKey || event.metaKey;
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (alt && side && name) {
      if (shift) {
        columns.resize(name, columns.shown[column].width + 16 * side);
        this.grid_.columnsChanged(false);
        this.grid_.say(`${name} is ${columns.shown[column].width} pixels wide`, true);
      } else {
        this.place_(column, column + side);
        view.activate(row, view.active.column);
      }
    } else if (alt && event.key === 'ArrowDown' && row < 0) {
      this.openMenu_(row, column, view.activeCell()!);
    } else if (!this.go_(event, row, column, command) && !this.act_(event, row, column, name, command)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moves. */
  private go_(event: KeyboardEvent, row: number, column: number, command: boolean): boolean {
    const { view, cache, columns } = this.grid_;
    if (event.altKey) return false;
    const last = cache.total - 1;
    let to = row, at = column;
    switch (event.key) {
      case 'ArrowDown': to = row + 1; break;
      case 'ArrowUp': to = row - 1; break;
      case 'j': if (command) return false; to = row + 1; break;
      case 'k': if (command) return false; to = Math.max(0, row - 1); break;
      case 'ArrowLeft': at = column - 1; break;
      case 'ArrowRight': at = column + 1; break;
      case 'PageDown': to = Math.min(last, Math.max(0, row) + view.pageRows); break;
      case 'PageUp': to = Math.max(0, row - view.pageRows); break;
      case 'Home': if (command) to = 0; else at = -1; break;
      case 'End': if (command) to = last; else at = columns.shown.length - 1; break;
      default: return false;
    }
    to = Math.max(-1, Math.min(last, to));
    view.activate(to, at);
    if (event.shiftKey && to !== row && to >= 0 && row >= 0) {
      if (!this.ranging_) this.anchor_ = row;
      this.ranging_ = true;
      void this.grid_.selectRange(this.anchor_, to, true);
    } else if (!event.shiftKey) {
      this.ranging_ = false;
      if (to >= 0) this.anchor_ = to;
    }
    return true;
  }
  private ranging_ = false;

  private act_(event: KeyboardEvent, row: number, column: number, name: string | undefined, command: boolean): boolean {
    const { view, columns, menus, actions } = this.grid_;
    const cell = view.activeCell();
    if (command) {
      if (event.key.toLowerCase() !== 'a') return false;
      this.grid_.selectAll();
      return true;
    }
    const on = name === undefined ? undefined : columns.find(name);
    switch (event.key) {
      case ' ':
        if (row >= 0) this.toggle_(row);
        else if (column < 0) this.grid_.selection.empty ? this.grid_.selectAll() : this.grid_.clearSelection();
        else this.grid_.sort(name!, event.shiftKey);
        break;
      case 'Enter':
        if (row >= 0) this.grid_.openRow(row, event.shiftKey);
        else if (cell) this.openMenu_(row, column, cell);
        break;
      case 'Escape':
        if (this.grid_.selection.empty) return false;
        this.grid_.clearSelection();
        break;
      case 'ContextMenu': case 'F10':
        if (event.key === 'F10' && !event.shiftKey) return false;
        if (cell) this.openMenu_(row, column, cell);
        break;
      case '/': this.grid_.focusSearch(); break;
      case 'f': if (name) menus.filter(name, view.headCell(column) ?? view.head); break;
      case 's': if (name) this.grid_.sort(name, false); break;
      case 'S': if (name) this.grid_.sort(name, true); break;
      case 'a': if (name) this.fit_(column); break;
      case 'p': if (on) menus.pin(on); break;
      case 'e': if (on) menus.exact(on); break;
      case 'h': if (on) menus.hide(on); break;
      case 't': void actions.byWord('tag', row); break;
      case 'r': this.grid_.refresh(); break;
      case '?': menus.help(); break;
      default: return false;
    }
    if (row < 0 && cell) put(cell, 'tabindex', 0);
    return true;
  }
}
