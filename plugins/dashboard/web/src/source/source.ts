// Where a table's rows come from. The bodies and the answers are those of podium's HTTP API, so that what stands between
// (a kernel, a Python package) only passes them on.

export type Value = string | number | boolean | null | { [key: string]: string } | unknown[];
export type Row = Value[] | null; // null: gone, or hidden from who asks

/** The condition of one column; see docs/table-address.md. */
export interface ColumnFilter {
  column: string;
  in?: (string | number | boolean | null)[];
  not_in?: (string | number | boolean | null)[];
  from?: string | number | null;
  to?: string | number | null;
  any?: (string | null)[];
  all?: (string | null)[];
  not?: (string | null)[];
}

/** Which tasks a table is about. */
export interface Question {
  project?: string;
  scope?: string;
  archived?: string;
  filter?: string;
  bind?: { [name: string]: string | number | boolean | null };
  filters?: ColumnFilter[];
  search?: string;
}

export interface WindowAsk extends Question {
  columns: string[];
  order: string[];
  offset: number;
  limit: number;
  listing?: string;
}

export interface Window {
  columns: string[];
  rows: Row[];
  listing: string;
  moved: boolean;
  total: number;
  offset: number;
}

export interface FacetAsk extends Question {
  column: string;
  q?: string;
  limit?: number;
}

export interface FacetValue {
  value: string | boolean | null;
  label?: string;
  count: number;
  chosen: boolean;
}

export interface Facet {
  kind: 'values' | 'range' | 'tags';
  values: FacetValue[];
  more: boolean;
  min: number | string | null;
  max: number | string | null;
}

export interface ColumnsAsk extends Question {
  q?: string;
  limit?: number;
  differ?: boolean;
}

export interface FieldColumn {
  name: string;
  label: string;
  width: number;
  shown: boolean;
  differs?: boolean;
}

export interface KeyColumn {
  name: string;
  key: string;
  scope?: string;
  count: number;
  differs?: boolean;
}

export interface Columns {
  fields: FieldColumn[];
  params: KeyColumn[];
  tags: KeyColumn[];
  properties: KeyColumn[];
  metrics: KeyColumn[];
  more: boolean;
}

/** A selection as JSON: ids, or a question with exceptions. */
export type SelectionBody = ({ ids: string[] } | (Question & { all?: boolean })) & { except?: string[] };

export interface Action {
  id: string;
  label: string;
  tooltip?: string;
  group?: string;
  order?: number;
  count: number;
  reasons?: string[];
  why_not?: string | null;
  confirm?: string | null;
  destructive?: boolean;
  most?: number;
  parameters?: Schema | null;
}

export interface Available {
  of: number;
  actions: Action[];
}

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  format?: string;
  properties?: { [name: string]: Schema };
  /** Their order, from a kernel whose JSON keeps none. */
  propertyOrder?: string[];
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

export interface RunAsk {
  action: string;
  selection: SelectionBody;
  parameters?: { [name: string]: unknown };
  dry_run?: boolean;
  why?: string;
}

export interface Run {
  run: string;
  job?: string | null;
  state: string;
  matched: number;
  succeeded_count: number;
  failed_count: number;
  skipped: number;
  failed?: { id: string; code: string; message: string }[];
  message?: string | null;
  open_url?: string | null;
  undoable?: boolean;
}

/** What changed: an event of docs/events.md; `live` tells whether events arrive at all. */
export interface News {
  added?: string[];
  changed?: string[];
  removed?: string[];
  resync?: string;
  live?: boolean;
}

export interface Source {
  window(ask: WindowAsk): Promise<Window>;
  facets(ask: FacetAsk): Promise<Facet>;
  columns(ask: ColumnsAsk): Promise<Columns>;
  actions(ask: { selection: SelectionBody; actions?: string[] }): Promise<Available>;
  run(ask: RunAsk): Promise<Run>;
  /** Tells what changes until the returned function is called. */
  subscribe(listener: (news: News) => void): () => void;
  /** How a run that had not ended goes on. */
  progress?(run: string): Promise<Run>;
  undo?(run: string): Promise<Run>;
}

/** What podium refused, in its own sentence. */
export class SourceError extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}
