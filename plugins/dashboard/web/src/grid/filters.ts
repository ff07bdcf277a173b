// The panel of a column's filter: values, a range, or tags.
import type { ColumnFilter, Facet, FacetValue } from '../source/source';
import { h, later } from './dom';
import { count, kindOf, moment, rounded } from './format';

type Plain = string | number | boolean | null;

const nothing = '(no value)';
const word = (v: Plain) => (v === null ? nothing : v === true ? 'yes' : v === false ? 'no' : String(v));

function list(values: Plain[], all = false): string {
  const shown = values.slice(0, 3).map(word).join(all ? ' and ' : ', ');
  return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}

const bound = (column: string, v: Plain) => (typeof v === 'number' && kindOf(column) === 'time' ? moment(v) : word(v));

/** A filter as its chip says it. */
export function words(f: ColumnFilter, label: string): string {
  if (f.in) return `${label}: ${list(f.in)}`;
  if (f.not_in) return `${label}: not ${list(f.not_in)}`;
  if (f.any || f.all || f.not) {
    const parts = [];
    if (f.any?.length) parts.push((f.any.length > 1 ? 'any of ' : '') + list(f.any));
    if (f.all?.length) parts.push((f.all.length > 1 ? 'all of ' : '') + list(f.all, true));
    if (f.not?.length) parts.push('not ' + list(f.not));
    return `${label}: ${parts.join(', ')}`;
  }
  const from = f.from ?? null, to = f.to ?? null;
  if (to === null) return `${label} ≥ ${bound(f.column, from)}`;
  if (from === null) return `${label} ≤ ${bound(f.column, to)}`;
  return `${label}: ${bound(f.column, from)} to ${bound(f.column, to)}`;
}

/** What stands in a field of a moment: local, to the second. */
export const localField = (time: number) => moment(time).replace(' ', 'T');

export class FilterPanel {
  readonly element = h('div');
  private filter_: () => ColumnFilter | undefined = () => undefined;
  private first_: HTMLElement | undefined;

  constructor(
    private readonly column_: string,
    facet: Facet,
    private readonly now_: ColumnFilter | undefined,
    private readonly ask_: (q: string) => Promise<Facet>,
    private readonly set_: (filter: ColumnFilter | undefined) => void,
    private readonly close_: () => void,
  ) {
    if (facet.kind === 'range') this.range_(facet);
    else if (facet.kind === 'tags') this.tags_(facet);
    else this.values_(facet);
    this.element.append(h('div', { class: 'line' },
      h('button', { onclick: () => { set_(undefined); close_(); } }, 'Clear'), h('span', { class: 'grow' }),
      h('button', { class: 'do', onclick: () => close_() }, 'Close')));
  }

  focus(): void {
    this.first_?.focus();
  }

  /** At once: what would be told later could come after the panel was closed and its filter removed. */
  private tell_(): void {
    this.set_(this.filter_());
  }

  private search_(facet: Facet, draw: (facet: Facet) => void): void {
    const find = h('input', { type: 'search', placeholder: 'Find', 'aria-label': 'Find a value' });
    find.addEventListener('input', later(async () => {
      const q = find.value;
      const found = await this.ask_(q).catch(() => undefined);
      if (found && find.value === q) draw(found);
    }, 200));
    this.first_ = find;
    this.element.append(h('div', { class: 'line' }, find));
    draw(facet);
  }

  private values_(facet: Facet): void {
    const chosen = new Set<Plain>(this.now_?.in ?? this.now_?.not_in ?? []);
    let exclude = this.now_?.not_in !== undefined;
    const lines = h('div', { class: 'list', role: 'group' });
    const mode = h('select', { 'aria-label': 'Of the values' }, h('option', { value: '' }, 'one of'), h('option', { value: '1' }, 'none of'));
    mode.value = exclude ? '1' : '';
    mode.addEventListener('change', () => {
      exclude = mode.value !== '';
      if (chosen.size) this.tell_();
    });
    this.filter_ = () => (chosen.size ? { column: this.column_, [exclude ? 'not_in' : 'in']: [...chosen] } : undefined);
    const draw = (found: Facet) => {
      const seen = new Set(found.values.map((v) => v.value));
      const kept = found === facet ? [...chosen].filter((v) => !seen.has(v as string)).map((value) => ({ value, count: 0 }) as FacetValue) : [];
      lines.replaceChildren(...[...found.values, ...kept].map((v) => {
        const box = h('input', { type: 'checkbox' });
        box.checked = chosen.has(v.value);
        box.addEventListener('change', () => {
          if (box.checked) chosen.add(v.value);
          else chosen.delete(v.value);
          this.tell_();
        });
        return h('label', { class: 'v' }, box, h('span', { title: word(v.value) }, v.label ?? word(v.value)), h('span', { class: 'mute' }, count(v.count)));
      }));
      if (found.more) lines.append(h('div', { class: 'line mute' }, 'There are more: find them by name.'));
      if (!lines.childNodes.length) lines.append(h('div', { class: 'line mute' }, 'None.'));
    };
    this.search_(facet, draw);
    this.element.append(h('div', { class: 'line' }, mode), lines);
  }

  private tags_(facet: Facet): void {
    const include = new Set<string | null>(this.now_?.any ?? this.now_?.all ?? []);
    const exclude = new Set<string | null>(this.now_?.not ?? []);
    let all = this.now_?.all !== undefined;
    const lines = h('div', { class: 'list', role: 'group' });
    const mode = h('select', { 'aria-label': 'Of the tags' }, h('option', { value: '' }, 'any of them'), h('option', { value: '1' }, 'all of them'));
    mode.value = all ? '1' : '';
    mode.addEventListener('change', () => {
      all = mode.value !== '';
      if (include.size > 1) this.tell_();
    });
    this.filter_ = () => {
      if (!include.size && !exclude.size) return undefined;
      return {
        column: this.column_, ...(include.size && { [all ? 'all' : 'any']: [...include] }), ...(exclude.size && { not: [...exclude] }),
      };
    };
    const draw = (found: Facet) => {
      lines.replaceChildren(...found.values.map((v) => {
        const value = v.value as string | null;
        const sign = h('span', { class: 'b', 'aria-hidden': 'true' });
        const button = h('button', { class: 'tri', role: 'checkbox' }, sign, h('span', {}, v.label ?? (value === null ? '(no tag)' : value)), h('span', { class: 'mute' }, count(v.count)));
        const show = () => {
          const state = include.has(value) ? 1 : exclude.has(value) ? 2 : 0;
          sign.textContent = ['', '✓', '✕'][state];
          button.setAttribute('aria-checked', ['false', 'true', 'mixed'][state]);
          button.title = ['Not asked for', 'Must be there', 'Must not be there'][state];
        };
        // Off, wanted, unwanted, off.
        button.addEventListener('click', () => {
          if (include.delete(value)) exclude.add(value);
          else if (!exclude.delete(value)) include.add(value);
          show();
          this.tell_();
        });
        show();
        return button;
      }));
      if (found.more) lines.append(h('div', { class: 'line mute' }, 'There are more: find them by name.'));
      if (!lines.childNodes.length) lines.append(h('div', { class: 'line mute' }, 'No tags.'));
    };
    this.search_(facet, draw);
    this.element.append(h('div', { class: 'line' }, mode), lines);
  }

  private range_(facet: Facet): void {
    const kind = kindOf(this.column_);
    const time = kind === 'time';
    const field = (label: string, value: Plain | undefined, hint: Plain) => {
      const input = h('input', time ? { type: 'datetime-local', step: 1, 'aria-label': label } : { type: 'text', inputmode: 'decimal', 'aria-label': label });
      if (typeof value === 'number' && time) input.value = localField(value);
      else if (value !== undefined && value !== null) input.value = String(value);
      if (hint !== null && !time) input.placeholder = typeof hint === 'number' ? rounded(hint) : String(hint);
      input.addEventListener('change', () => this.tell_());
      input.addEventListener('keydown', (e) => {
        if (e.key !== 'Enter') return;
        this.set_(this.filter_());
        this.close_();
      });
      this.element.append(h('div', { class: 'line' }, h('span', { class: 'mute' }, label), input));
      return input;
    };
    const from = field('from', this.now_?.from, facet.min), to = field('to', this.now_?.to, facet.max);
    this.first_ = from;
    if (time) {
      const ages = [['1 hour', '-1h'], ['1 day', '-1d'], ['7 days', '-7d'], ['30 days', '-30d']];
      this.element.append(h('div', { class: 'line' }, h('span', { class: 'mute' }, 'last'), ...ages.map(([label, age]) =>
        h('button', { class: 'do', onclick: () => { this.set_({ column: this.column_, from: age }); this.close_(); } }, label))));
    }
    if (facet.min !== null && facet.max !== null)
      this.element.append(h('div', { class: 'line mute' }, `${bound(this.column_, facet.min)} to ${bound(this.column_, facet.max)}`));
    const read = (text: string): Plain => {
      if (text.trim() === '') return null;
      if (time) {
        const moment = new Date(text).getTime();
        return Number.isNaN(moment) ? text : moment;
      }
      const number = Number(text.replace(',', '.'));
      return Number.isNaN(number) || kind === 'duration' && /[a-z]/i.test(text) ? text : number;
    };
    this.filter_ = () => {
      const a = read(from.value), b = read(to.value);
      if (a === null && b === null) return undefined;
      return { column: this.column_, ...(a !== null && { from: a as string | number }), ...(b !== null && { to: b as string | number }) };
    };
  }
}
