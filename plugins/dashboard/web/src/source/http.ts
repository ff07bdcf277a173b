// Rows over podium's HTTP API, news over its WebSocket: for pages.
import {
  type Available, type Columns, type ColumnsAsk, type Facet, type FacetAsk, type News, type Run, type RunAsk, type SelectionBody,
  type Source, SourceError, type Window, type WindowAsk,
} from './source';

/** Seconds until the next try to hear events again. */
const waits = [0.5, 1, 2, 4, 8, 16, 30];

export class HttpSource implements Source {
  /** `topic` is what changes are heard of ("tasks", "project/7/tasks"); "" hears nothing. */
  constructor(
    private readonly base_ = '',
    private readonly topic_ = '',
    private readonly subprojects_ = false,
  ) {}

  window(ask: WindowAsk): Promise<Window> {
    return this.ask_('query', ask);
  }
  facets(ask: FacetAsk): Promise<Facet> {
    return this.ask_('facets', ask);
  }
  columns(ask: ColumnsAsk): Promise<Columns> {
    return this.ask_('columns', ask);
  }
  actions(ask: { selection: SelectionBody; actions?: string[] }): Promise<Available> {
    return this.ask_('actions/available', ask);
  }
  run(ask: RunAsk): Promise<Run> {
    return this.ask_('actions/run', ask);
  }
  progress(run: string): Promise<Run> {
    return this.ask_('actions/runs/' + encodeURIComponent(run));
  }
  undo(run: string): Promise<Run> {
    return this.ask_('actions/runs/' + encodeURIComponent(run) + '/undo', {});
  }

  subscribe(listener: (news: News) => void): () => void {
    if (!this.topic_) return () => {};
    let revision: number | undefined;
    let tries = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let socket: WebSocket;
    const connect = () => {
      const url = new URL(this.base_ + '/api/v1/events', location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      url.searchParams.set('topic', this.topic_);
      if (this.subprojects_) url.searchParams.set('subprojects', 'true');
      url.searchParams.set('every', '250');
      if (revision !== undefined) url.searchParams.set('since', String(revision));
      socket = new WebSocket(url);
      socket.onmessage = (message) => {
        const told = JSON.parse(message.data as string) as { revision?: number; events?: News[]; error?: { code: string } };
        if (told.error) {
          revision = undefined;
          socket.close();
          return;
        }
        if (tries || revision === undefined) listener({ live: true });
        // What happened while nobody listened and cannot be told any more: ask again.
        if (revision === undefined && tries) listener({ resync: 'too_old' });
        tries = 0;
        if (told.revision !== undefined) revision = told.revision;
        for (const event of told.events ?? []) listener(event);
      };
      socket.onclose = () => {
        if (timer === undefined && !ended) {
          if (tries === 2) listener({ live: false });
          timer = setTimeout(() => {
            timer = undefined;
            connect();
          }, 1000 * waits[Math.min(tries++, waits.length - 1)]);
        }
      };
    };
    let ended = false;
    connect();
    return () => {
      ended = true;
      clearTimeout(timer);
      socket.close();
    };
  }

  private async ask_<T>(what: string, body?: unknown): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(this.base_ + '/api/v1/tasks/' + what, body === undefined ? {} : {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
      });
    } catch {
      throw new SourceError('unavailable', 'podium does not answer at this address');
    }
    const text = await answer.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    if (answer.ok && json !== undefined) return json as T;
    const problem = (json ?? {}) as { code?: string; detail?: string };
    throw new SourceError(problem.code ?? String(answer.status), problem.detail ?? `podium answered ${answer.status}`);
  }
}
