// Rows over the custom messages of an anywidget model: for notebooks. A request is {id, ask, body}; an answer {id, ok} or
// {id, error: {code, detail}}; news {news}.
import {
  type Available, type Columns, type ColumnsAsk, type Facet, type FacetAsk, type News, type Run, type RunAsk, type SelectionBody,
  type Source, SourceError, type Window, type WindowAsk,
} from './source';

export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback?: (...args: never[]) => void): void;
}

interface Message {
  id?: number;
  ok?: unknown;
  error?: { code?: string; detail?: string };
  news?: News & { events?: News[] };
}

export interface FirstAnswer {
  ask: string;
  body: unknown;
  ok: unknown;
}

/** Whether two bodies ask the same; the order of their members does not count. */
function same(a: unknown, b: unknown): boolean {
  const sorted = (_: string, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))) : value;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

/** A kernel that is busy with a cell answers behind it; that may take long, so waiting has no limit but the widget's life. */
export class ModelSource implements Source {
  private next_ = Math.floor(Math.random() * 2 ** 40);  // a model may be shown twice, and hears the answers of both
  private readonly waiting_ = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  private readonly listeners_ = new Set<(news: News) => void>();
  private readonly early_: News[] = [];
  private readonly hear_ = (message: Message) => this.take_(message);

  /** Only where whoever answers says that it does (the trait `asks`). */
  undo?: (run: string) => Promise<Run>;
  progress?: (run: string) => Promise<Run>;

  /** `first` is what a kernel answered before anybody asked; it is good for one question each. */
  constructor(
    private readonly model_: Model,
    private first_: FirstAnswer[] = [],
  ) {
    model_.on('msg:custom', this.hear_);
    const asks = model_.get('asks');
    if (!Array.isArray(asks)) return;
    if (asks.includes('undo')) this.undo = (run) => this.ask_('undo', { run });
    if (asks.includes('progress')) this.progress = (run) => this.ask_('progress', { run });
  }

  window(ask: WindowAsk): Promise<Window> {
    return this.ask_('window', ask);
  }
  facets(ask: FacetAsk): Promise<Facet> {
    return this.ask_('facets', ask);
  }
  columns(ask: ColumnsAsk): Promise<Columns> {
    return this.ask_('columns', ask);
  }
  actions(ask: { selection: SelectionBody; actions?: string[] }): Promise<Available> {
    return this.ask_('actions', ask);
  }
  run(ask: RunAsk): Promise<Run> {
    return this.ask_('run', ask);
  }

  subscribe(listener: (news: News) => void): () => void {
    this.listeners_.add(listener);
    for (const news of this.early_.splice(0)) listener(news);
    const alive = () => {
      const live = this.model_.get('live');
      if (typeof live === 'boolean') listener({ live });
    };
    alive();
    this.model_.on('change:live', alive);
    return () => {
      this.listeners_.delete(listener);
      this.model_.off('change:live', alive);
    };
  }

  close(): void {
    this.model_.off('msg:custom', this.hear_);
    for (const { reject } of this.waiting_.values()) reject(new SourceError('cancelled', 'the table was closed'));
    this.waiting_.clear();
  }

  private ask_<T>(ask: string, body: unknown): Promise<T> {
    const told = this.first_.find((first) => first.ask === ask);
    if (told) {
      this.first_ = this.first_.filter((first) => first !== told);
      if (same(told.body, body)) return Promise.resolve(told.ok as T);
    }
    const id = ++this.next_;
    return new Promise<T>((resolve, reject) => {
      this.waiting_.set(id, { resolve, reject });
      this.model_.send({ id, ask, body });
    });
  }

  private take_(message: Message): void {
    if (message.news) {
      for (const news of message.news.events ?? [message.news]) {
        if (this.listeners_.size) for (const listener of this.listeners_) listener(news);
        else if (this.early_.length < 100) this.early_.push(news);
        else this.early_.splice(0, 100, { resync: 'too_many' });
      }
      return;
    }
    const asked = message.id === undefined ? undefined : this.waiting_.get(message.id);
    if (!asked) return;
    this.waiting_.delete(message.id!);
    if (message.error) asked.reject(new SourceError(message.error.code ?? 'internal', message.error.detail ?? 'podium refused'));
    else asked.resolve(message.ok as never);
  }
}
