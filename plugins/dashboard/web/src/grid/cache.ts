// Rows in blocks, fetched when they are looked at: what is on screen first, then the next block in the direction of scrolling.
// A new question begins a new generation; what an older one still answers is thrown away.
import type { Row, Value, Window } from '../source/source';

export const blockRows = 100;
const mostBlocks = 60;
const atOnce = 2;

export interface Block {
  rows: Row[];
  columns: Map<string, number>; // where each column stands in a row
  stale: boolean; // shown until a newer one is there
}

export interface Fetch {
  (offset: number, limit: number, listing: string | undefined): Promise<Window>;
}

export interface Heard {
  /** Rows came; `before` is what stood there, for showing what changed. */
  arrived(block: number, before: Block | undefined): void;
  /** The listing is another than the one asked for: rows may have moved. */
  moved(): void;
  failed(error: Error): void;
}

export class Cache {
  total = 0;
  known = false; // whether `total` is
  listing: string | undefined;
  private blocks_ = new Map<number, Block>(); // in the order of their last use
  private wanted_: number[] = [];
  private pending_ = new Set<number>();
  private generation_ = 0;

  constructor(
    private readonly fetch_: Fetch,
    private readonly heard_: Heard,
  ) {}

  /** A new question: the old rows stay on screen until the new ones are there. */
  reset(keep = true): void {
    ++this.generation_;
    this.listing = undefined;
    this.pending_.clear();
    this.wanted_ = [];
    if (keep) for (const block of this.blocks_.values()) block.stale = true;
    else this.blocks_.clear();
  }

  /** Other columns, the same rows. */
  columnsChanged(): void {
    ++this.generation_;
    this.pending_.clear();
    for (const block of this.blocks_.values()) block.stale = true;
  }

  block(index: number): Block | undefined {
    return this.blocks_.get(Math.floor(index / blockRows));
  }

  /** The row; undefined when it is not there yet, null when it is gone. */
  row(index: number): Row | undefined {
    return this.block(index)?.rows[index % blockRows];
  }

  value(index: number, column: string): Value | undefined {
    const block = this.block(index);
    const at = block?.columns.get(column);
    return at === undefined ? undefined : block!.rows[index % blockRows]?.[at];
  }

  id(index: number): string | undefined {
    return this.value(index, 'id') as string | undefined;
  }

  /** Where a task stands among the rows that are here; -1 when it is not. */
  find(id: string): number {
    for (const [b, block] of this.blocks_) {
      const at = block.columns.get('id');
      const r = at === undefined ? -1 : block.rows.findIndex((row) => row?.[at] === id);
      if (r >= 0) return b * blockRows + r;
    }
    return -1;
  }

  /** Rows `from` to `to` are on screen; `ahead` is the direction that they move in (1, -1, 0). */
  look(from: number, to: number, ahead: number): void {
    const first = Math.floor(Math.max(0, from) / blockRows);
    const last = this.known ? Math.floor(Math.max(0, Math.min(to, this.total - 1)) / blockRows) : first;
    const wanted: number[] = [];
    for (let b = first; b <= last; ++b) wanted.push(b);
    if (this.listing !== undefined && ahead > 0 && (last + 1) * blockRows < this.total) wanted.push(last + 1);
    if (this.listing !== undefined && ahead < 0 && first > 0) wanted.push(first - 1);
    for (const b of wanted) {
      const block = this.blocks_.get(b);
      if (!block) continue;
      this.blocks_.delete(b);
      this.blocks_.set(b, block);
    }
    this.wanted_ = wanted.filter((b) => !this.blocks_.get(b) || this.blocks_.get(b)!.stale);
    this.next_();
  }

  /** What of these ids is here is asked again when it is looked at. True when some of it is. */
  touch(ids: Iterable<string>): boolean {
    const changed = new Set(ids);
    let any = false;
    for (const block of this.blocks_.values()) {
      const at = block.columns.get('id');
      if (at === undefined || !block.rows.some((row) => row && changed.has(row[at] as string))) continue;
      block.stale = any = true;
    }
    return any;
  }

  touchAll(): void {
    for (const block of this.blocks_.values()) block.stale = true;
  }

  private next_(): void {
    for (const b of this.wanted_) {
      // The first answer names the listing that the others are a part of.
      if (this.pending_.size >= (this.listing === undefined ? 1 : atOnce)) return;
      if (!this.pending_.has(b)) this.ask_(b);
    }
  }

  private ask_(b: number): void {
    const generation = this.generation_;
    this.pending_.add(b);
    this.fetch_(b * blockRows, blockRows, this.listing).then(
      (window) => {
        if (generation !== this.generation_) return;
        this.pending_.delete(b);
        const before = this.blocks_.get(b);
        const moved = this.listing !== undefined && window.moved;
        if (this.listing === undefined || moved) {
          // Blocks of another listing do not fit to this one.
          if (moved) for (const block of this.blocks_.values()) block.stale = true;
          else for (const [other, block] of this.blocks_) if (block.stale && other !== b) this.blocks_.delete(other);
        }
        this.listing = window.listing;
        this.total = window.total;
        this.known = true;
        this.blocks_.set(b, { rows: window.rows, columns: new Map(window.columns.map((name, i) => [name, i])), stale: false });
        for (const old of this.blocks_.keys()) {
          if (this.blocks_.size <= mostBlocks) break;
          this.blocks_.delete(old);
        }
        this.wanted_ = this.wanted_.filter((w) => w !== b);
        if (moved) this.heard_.moved();
        this.heard_.arrived(b, before);
        this.next_();
      },
      (error: Error) => {
        if (generation !== this.generation_) return;
        this.pending_.delete(b);
        this.wanted_ = [];
        this.heard_.failed(error);
      },
    );
  }
}
