// The columns of a table: which, in which order, how wide. Names are those of the query language.
import type { Columns, FieldColumn } from '../source/source';
import { kindOf, type Kind } from './format';

export interface ColumnState {
  name: string;
  width?: number;
  hidden?: boolean;
  pinned?: boolean;
  exact?: boolean;
}

export interface Column {
  name: string;
  label: string;
  part: string; // the statistic of a metric, or ""
  kind: Kind;
  width: number;
  hidden: boolean;
  pinned: boolean;
  exact: boolean;
}

export const statistics = ['last', 'min', 'max', 'first', 'min_step', 'max_step'];
export const leastWidth = 48, mostWidth = 2000;

/** The last word of a metric's name that is its statistic. */
export function partOf(name: string): [string, string] {
  if (!name.startsWith('metrics.')) return [name, ''];
  const found = /^(.*[^.`])\.(last|min|max|first|count|min_step|max_step|last_step|first_step|last_time|first_time|min_time|max_time)$/.exec(name);
  return found ? [found[1], found[2]] : [name, ''];
}

export function labelOf(name: string): string {
  const [whole] = partOf(name);
  const key = /^(?:params|metrics|tags|properties)\.(.+)$/.exec(whole);
  if (!key) return name;
  const quoted = /^`(.*)`$/.exec(key[1]);
  return quoted ? quoted[1].replaceAll('``', '`') : key[1];
}

export function columnOf(state: ColumnState, fields: Map<string, FieldColumn>): Column {
  const field = fields.get(state.name);
  const part = partOf(state.name)[1];
  return {
    name: state.name,
    label: field ? sentence(field.label) : labelOf(state.name),
    part,
    kind: kindOf(state.name),
    width: state.width ?? field?.width ?? 110,
    hidden: state.hidden ?? false,
    pinned: state.pinned ?? false,
    exact: state.exact ?? false,
  };
}

/** "RUN TIME" is "Run time"; a label that is no shout stays. */
const sentence = (label: string) => (label.length > 2 && label === label.toUpperCase() ? label[0] + label.slice(1).toLowerCase() : label);

const first = ['name', 'state', 'tags', 'started'];

/**
 * The columns that a table has when nobody chose: of the server's usual ones those that tell tasks apart, the metrics and
 * parameters that most tasks have, then the other usual ones.
 */
export function usual(menu: Columns): ColumnState[] {
  const shown = menu.fields.filter((f) => f.shown);
  const field = (f: FieldColumn): ColumnState => ({ name: f.name, ...(f.name === 'name' && { pinned: true }), ...(f.name === 'tags' && { width: 180 }) });
  const keys = [menu.metrics, menu.params].flatMap((list) => [...list].sort((a, b) => b.count - a.count).slice(0, 8));
  return [
    ...first.flatMap((name) => shown.filter((f) => f.name === name)).map(field), ...keys.map((key) => ({ name: key.name })),
    ...shown.filter((f) => !first.includes(f.name)).map(field),
  ];
}

export class ColumnSet {
  all: Column[] = [];

  /** As they stand on screen: pinned ones first. */
  get shown(): Column[] {
    const visible = this.all.filter((c) => !c.hidden);
    return [...visible.filter((c) => c.pinned), ...visible.filter((c) => !c.pinned)];
  }

  find(name: string): Column | undefined {
    return this.all.find((c) => c.name === name);
  }

  /** Puts a shown column where another one stands, as pinned as that one. */
  move(name: string, to: number): void {
    const shown = this.shown;
    const from = shown.findIndex((c) => c.name === name);
    if (from < 0) return;
    to = Math.max(0, Math.min(shown.length - 1, to));
    if (to === from) return;
    const [moved] = shown.splice(from, 1);
    const neighbour = shown[to > from ? to - 1 : to];
    if (neighbour) moved.pinned = neighbour.pinned;
    shown.splice(to, 0, moved);
    this.all = [...shown, ...this.all.filter((c) => c.hidden)];
  }

  resize(name: string, width: number): void {
    const column = this.find(name);
    if (column) column.width = Math.round(Math.max(leastWidth, Math.min(mostWidth, width)));
  }

  /** Only what somebody changed needs telling, but a whole state is what a view keeps. */
  state(): ColumnState[] {
    return [...this.shown, ...this.all.filter((c) => c.hidden)].map(({ name, width, hidden, pinned, exact }) => ({
      name, width, ...(hidden && { hidden }), ...(pinned && { pinned }), ...(exact && { exact }),
    }));
  }
}

/** "metrics.acc DESC" and what it says. */
export interface SortKey {
  name: string;
  descending: boolean;
}

export function readOrder(text: string): SortKey {
  const found = /^(.*?)\s+(asc|desc)$/i.exec(text);
  return found ? { name: found[1], descending: found[2].toLowerCase() === 'desc' } : { name: text, descending: false };
}

export const writeOrder = (key: SortKey) => (key.descending ? key.name + ' DESC' : key.name);

/** A click on a header: this column alone, or with `add` among the others; first up, then down, then (among others) off. */
export function clicked(order: SortKey[], name: string, add: boolean): SortKey[] {
  const at = order.findIndex((k) => k.name === name);
  const flipped = { name, descending: at >= 0 ? !order[at].descending : false };
  if (!add) return [at >= 0 ? flipped : { name, descending: name.startsWith('metrics.') || kindOf(name) === 'time' }];
  if (at < 0) return [...order, { name, descending: false }].slice(0, 8);
  if (order[at].descending) return order.filter((k) => k.name !== name);
  return order.map((k, i) => (i === at ? flipped : k));
}
