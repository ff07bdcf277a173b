// podium's first page: the projects, and the table of one.
import { HttpSource } from '../source/http';
import type { GridState, PodiumGrid } from '../grid/grid';
import { count, since } from '../grid/format';
import { h } from '../grid/dom';
import { register } from '../register';
import { firstLines } from './first';

interface Tree {
  projects: { name: string; id: string | null; level: number; archived: boolean; tasks: { [state: string]: number | null } }[];
}

const main = document.getElementById('main')!;
const where = document.getElementById('where')!;

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(path);
  const json = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (!answer.ok) throw new Error(json.detail ?? `podium answered ${answer.status}`);
  return json as T;
}

/** Tells when some task was made; once. */
function onFirstTask(run: () => void): void {
  const stop = new HttpSource('', 'tasks').subscribe((news) => {
    if (!news.added?.length && !news.resync) return;
    stop();
    run();
  });
}

function empty(project?: string): HTMLElement {
  const box = h('div', {}, h('h1', {}, 'No tasks yet'), h('p', {}, 'Log the first one: this page updates by itself.'));
  for (const { title, text } of firstLines(location.origin, project)) {
    const copy = h('button', { onclick: () => void navigator.clipboard?.writeText(text).then(() => (copy.textContent = 'copied')) }, 'copy');
    box.append(h('div', {}, h('span', { class: 'mute' }, title + ' '), copy), h('pre', {}, h('code', {}, text)));
  }
  box.append(h('p', { class: 'mute', role: 'status' }, 'Waiting for a task…'));
  return box;
}

async function home(): Promise<void> {
  main.className = '';
  where.replaceChildren();
  const { projects } = await get<Tree>('/api/v1/projects/tree');
  const all = projects.reduce((n, p) => n + (p.tasks.total ?? 0) + (p.tasks.archived ?? 0), 0);
  if (!all) {
    main.replaceChildren(empty());
    onFirstTask(() => void home());
    return;
  }
  const number = (n: number | null) => h('td', { class: 'n' }, n ? count(n) : '');
  const rows = projects.filter((p) => !p.archived).map((p) => {
    const name = h('td', {}, p.id === null ? h('span', { class: 'name mute' }, p.name) : h('a', { href: `/p/${encodeURIComponent(p.id)}/tasks` }, h('span', { class: 'name' }, p.name)));
    name.style.paddingLeft = `${10 + 18 * p.level}px`;
    const active = p.tasks.active;
    return h('tr', {}, name, number(p.tasks.total), number(p.tasks.running), number(p.tasks.completed), number(p.tasks.failed),
      h('td', { class: 'n' }, active ? since(active, Date.now()) : ''));
  });
  main.replaceChildren(h('h1', {}, 'Projects'), h('table', {},
    h('thead', {}, h('tr', {}, h('th', {}, 'Project'), ...['Tasks', 'Running', 'Completed', 'Failed', 'Active'].map((t) => h('th', { class: 'n' }, t)))),
    h('tbody', {}, ...rows)));
}

async function table(project: string): Promise<void> {
  const { name } = await get<{ name: string }>('/api/v1/projects/' + encodeURIComponent(project));
  document.title = name + ' · podium';
  where.replaceChildren('▸ ', h('span', {}, name));
  const grid = document.createElement(register()) as PodiumGrid;
  // Comfort: how this browser showed the project last.
  const key = 'podium-table-' + project;
  try {
    const { columns, order } = JSON.parse(localStorage.getItem(key) ?? '{}') as GridState;
    grid.state = { columns, order };
  } catch {
    localStorage.removeItem(key);
  }
  grid.addEventListener('podium-state', () => {
    const { columns, order } = grid.state;
    localStorage.setItem(key, JSON.stringify({ columns, order }));
  });
  grid.base = { project };
  grid.source = new HttpSource('', `project/${project}/tasks`);
  main.className = 'full';
  main.replaceChildren(grid);
}

async function open(): Promise<void> {
  const found = /^\/p\/([^/]+)/.exec(location.pathname);
  try {
    await (found ? table(decodeURIComponent(found[1])) : home());
  } catch (error) {
    main.className = '';
    main.replaceChildren(h('p', { class: 'err' }, (error as Error).message));
  }
}

void open();
