// How a value is shown, and what it is exactly. Everything here is text: nothing that a run logged ever becomes markup.
import type { Value } from '../source/source';

export type Kind = 'text' | 'number' | 'time' | 'duration' | 'state' | 'map' | 'progress' | 'flag' | 'list' | 'param';

const times = new Set(['started', 'updated', 'created', 'completed', 'published', 'active', 'archived_at']);

/** The kind of a column by its name in the query language. */
export function kindOf(name: string): Kind {
  if (times.has(name) || /^metrics\..*\.(last|first|min|max)_time$/.test(name)) return 'time';
  if (name === 'run_time') return 'duration';
  if (name === 'state') return 'state';
  if (name === 'progress') return 'progress';
  if (name === 'archived' || name === 'goals_met') return 'flag';
  if (name === 'tags' || name === 'params' || name === 'properties') return 'map';
  if (name === 'metrics') return 'list';
  if (name === 'iteration' || name === 'attempt' || name.startsWith('metrics.')) return 'number';
  if (name.startsWith('params.') || name.startsWith('properties.')) return 'param';
  return 'text';
}

/** Rounded to `digits` significant digits; whole numbers stay whole. */
export function rounded(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? '∞' : '-∞';
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return String(x);
  const size = Math.abs(x);
  const short = Number(x.toPrecision(digits));
  if (size >= 1e-4 && size < 1e15) return String(short);
  return short.toExponential();
}

const spelled = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A text that spells a number, as parameters do. */
export function isNumber(text: string): boolean {
  return text.length < 64 && spelled.test(text);
}

const units: [number, string][] = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's']];

/** "4 min", the greatest unit that fits. */
export function since(time: number, now: number): string {
  const gone = Math.abs(now - time);
  if (gone < 1000) return 'now';
  const [size, unit] = units.find(([size]) => gone >= size)!;
  const text = `${Math.floor(gone / size)} ${unit}`;
  return time > now ? 'in ' + text : text;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${rounded(ms / 1000, 3)} s`;
  const at = units.findIndex(([size]) => ms >= size);
  const [size, unit] = units[at];
  const [part, small] = units[at + 1];
  const rest = Math.floor((ms % size) / part);
  return `${Math.floor(ms / size)} ${unit}${rest ? ` ${rest} ${small}` : ''}`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** A moment in the reader's own time zone, to the second. */
export function moment(time: number): string {
  const d = new Date(time);
  if (Number.isNaN(d.getTime())) return String(time);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** The middle goes, because the ends of names tell them apart. */
export function middle(text: string, most: number): string {
  if (text.length <= most || most < 5) return text;
  const head = Math.ceil((most - 1) * 0.6);
  const cut = (at: number) => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at); // never through a pair
  return text.slice(0, cut(head)) + '…' + text.slice(cut(text.length - (most - 1 - head)));
}

/** A tag as one word: `team=cv`, `best`. */
export const tag = (key: string, value: string) => (value === '' ? key : `${key}=${value}`);

/** What a cell says; `exact` rounds nothing. */
export function shown(value: Value | undefined, kind: Kind, now: number, exact = false, digits = 4): string {
  if (value === null || value === undefined) return '';
  switch (kind) {
    case 'time':
      return typeof value === 'number' ? (exact ? moment(value) : since(value, now)) : String(value);
    case 'duration':
      return typeof value === 'number' && !exact ? duration(value) : String(value);
    case 'progress':
      return typeof value === 'number' ? `${exact ? value : rounded(value, 3)} %` : String(value);
    case 'param':
      if (typeof value === 'string' && !exact && value.length > digits + 2 && isNumber(value) && !/^[+-]?\d+$/.test(value))
        return rounded(Number(value), digits);
      break;
    case 'map':
      return Object.entries(value as { [key: string]: string }).map(([k, v]) => tag(k, v)).join(', ');
    case 'list':
      return (value as { key?: string; last?: number }[]).map((s) => `${s.key} ${typeof s.last === 'number' ? rounded(s.last) : s.last}`).join(', ');
    case 'flag':
      return value === true ? 'yes' : value === false ? 'no' : String(value);
  }
  if (typeof value === 'number') return exact ? String(value) : rounded(value, digits);
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** What the pointer and a screen reader are told besides: the exact value, or "" when the cell says it all. */
export function exactly(value: Value | undefined, kind: Kind, text: string): string {
  if (value === null || value === undefined) return '';
  if (kind === 'time' && typeof value === 'number') return moment(value);
  if (kind === 'duration' && typeof value === 'number') return `${value} ms`;
  if (kind === 'map') return shown(value, kind, 0).replaceAll(', ', '\n');
  const whole = shown(value, kind, 0, true);
  return whole === text ? '' : whole;
}

export const count = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
export const plural = (n: number, word: string) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;
