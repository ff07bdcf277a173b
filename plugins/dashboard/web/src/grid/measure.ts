// How wide texts are in the font of a table, and what widths its columns need.
import type { Value } from '../source/source';
import type { Cache } from './cache';
import type { Column } from './columns';

const mostWidth = 900; // that a column is fitted to
const most = 600; // characters of a text that are measured
const padding = 18;
const inHead = 34, sorted = 52; // beside a column's label: its menu, and the sign of its order

let pen: CanvasRenderingContext2D | undefined; // for all tables of the page

export class Ruler {
  letter = 7; // width of an average one
  private font_ = '';

  constructor(private readonly of_: HTMLElement) {}

  /** Takes the font over. Asking for it may be a layout: where sizes are taken anyway. */
  read(): void {
    const style = getComputedStyle(this.of_);
    this.font_ = `${style.fontSize} ${style.fontFamily}`;
    const sample = 'the-quick_brown fox 0123456789 jumps';
    this.letter = this.pen().measureText(sample).width / sample.length + 0.2;
  }

  pen(weight = 400): CanvasRenderingContext2D {
    pen ??= document.createElement('canvas').getContext('2d')!;
    pen.font = `${weight} ${this.font_}`;
    return pen;
  }

  /** Whether a text does not fit; measured only where that is not plain. */
  overflows(text: string, room: number): boolean {
    const usual = text.length * this.letter;
    if (usual * 1.2 <= room) return false;
    return usual > room * 1.5 || this.pen().measureText(text).width > room;
  }
}

/** The widths of columns for the rows `from` to `to` as far as they are there. */
export function fitted(ruler: Ruler, columns: Column[], rows: { cache: Cache; from: number; to: number },
                       isSorted: (column: Column) => boolean, shown: (value: Value, column: Column) => string): number[] {
  ruler.read();
  const bold = ruler.pen(600);
  const heads = columns.map((c) => bold.measureText(c.label + (c.part ? ' ' + c.part : '')).width + (isSorted(c) ? sorted : inHead));
  const plain = ruler.pen();
  return columns.map((column, n) => {
    let widest = heads[n];
    const measured = new Set<string>();
    for (let i = rows.from; i < rows.to; ++i) {
      const value = rows.cache.value(i, column.name);
      if (value === undefined || value === null) continue;
      const extra = column.kind === 'map' ? 16 * Object.keys(value as object).length : column.kind === 'state' ? 60 : 0;
      // Digits are all as wide: what differs in them alone is measured once.
      const text = shown(value, column).slice(0, most).replace(/\d/g, '0');
      const key = `${extra} ${text}`;
      if (measured.has(key)) continue;
      measured.add(key);
      widest = Math.max(widest, plain.measureText(text).width + padding + extra);
    }
    return Math.ceil(Math.min(widest, mostWidth));
  });
}
