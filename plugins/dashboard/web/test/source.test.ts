import assert from 'node:assert/strict';
import test from 'node:test';
import { words } from '../src/grid/filters';
import { firstLines } from '../src/page/first';
import { ModelSource, type Model } from '../src/source/model';
import type { News } from '../src/source/source';

function model() {
  const sent: { id: number; ask: string; body: unknown }[] = [];
  let hear: (message: unknown) => void = () => {};
  const fake: Model = {
    get: () => undefined, set: () => {}, save_changes: () => {}, send: (m) => sent.push(m as never),
    on: (event, callback) => event === 'msg:custom' && (hear = callback as never), off: (event) => event === 'msg:custom' && (hear = () => {}),
  };
  return { fake, sent, say: (message: unknown) => hear(message) };
}

test('messages of a notebook: answers find their questions, in any order', async () => {
  const { fake, sent, say } = model();
  const source = new ModelSource(fake);
  const first = source.window({ columns: ['id'], order: [], offset: 0, limit: 100 });
  const second = source.actions({ selection: { ids: ['a'] } });
  const [one, two] = sent.map((m) => m.id);
  assert.deepEqual(sent.map((m) => m.ask), ['window', 'actions']);
  assert.notEqual(one, two);
  assert.deepEqual(sent[1].body, { selection: { ids: ['a'] } });
  say({ id: two, error: { code: 'invalid', detail: 'there is no such task' } });
  say({ id: two + 99, ok: {} });
  say({ id: one, ok: { total: 3 } });
  assert.equal((await first).total, 3);
  await assert.rejects(second, { code: 'invalid', message: 'there is no such task' });
});

test('what a kernel answered beforehand is good for the same question, once', async () => {
  const { fake, sent } = model();
  const body = { project: '1', columns: ['id'], order: [], offset: 0, limit: 100, bind: { a: 1, b: 'x' }, filters: [{ column: 'tags', any: ['y', null], from: 1 }] };
  const other = { filters: [{ from: 1, any: ['y', null], column: 'tags' }], bind: { b: 'x', a: 1 }, limit: 100, offset: 0, order: [], columns: ['id'], project: '1' };
  const first = () => [{ ask: 'window', body: other, ok: { total: 7 } }, { ask: 'columns', body: { limit: 200 }, ok: {} }];
  let source = new ModelSource(fake, first());
  assert.equal((await source.window({ ...body, listing: undefined })).total, 7);
  assert.equal(sent.length, 0);
  void source.window(body).catch(() => {});
  assert.deepEqual(sent.map((m) => m.body), [body]);
  source = new ModelSource(fake, first());
  for (const changed of [{ ...body, order: ['name'] }, { ...body, listing: 'l' }, { ...body, filters: [{ column: 'tags', any: [null, 'y'], from: 1 }] }]) void source.window(changed).catch(() => {});
  void source.columns({ limit: 100 }).catch(() => {});
  assert.deepEqual(sent.map((m) => m.ask), ['window', 'window', 'window', 'window', 'columns']);
});

test('news that comes before the table is drawn is not lost', () => {
  const { fake, say } = model();
  const source = new ModelSource(fake);
  say({ news: { changed: ['a'] } });
  say({ news: { revision: 5, events: [{ topic: 'tasks', added: ['b'] }] } });
  const heard: News[] = [];
  const stop = source.subscribe((news) => heard.push(news));
  say({ news: { removed: ['c'] } });
  stop();
  say({ news: { removed: ['d'] } });
  assert.deepEqual(heard.map(({ changed, added, removed }) => changed ?? added ?? removed), [['a'], ['b'], ['c']]);
});

test('whether it is live is a trait', () => {
  let change = () => {};
  const traits: { live?: unknown } = { live: null };
  const source = new ModelSource({ ...model().fake, get: () => traits.live, on: (event, callback) => event === 'change:live' && (change = callback as never) });
  const heard: News[] = [];
  source.subscribe((news) => heard.push(news));
  traits.live = true;
  change();
  traits.live = false;
  change();
  assert.deepEqual(heard, [{ live: true }, { live: false }]);
});

test('runs are taken back and followed where the kernel says that it can', async () => {
  assert.equal(new ModelSource(model().fake).undo, undefined);
  const { fake, sent, say } = model();
  const source = new ModelSource({ ...fake, get: (name) => name === 'asks' ? ['undo', 'progress', 'sing'] : undefined });
  const undone = source.undo!('r1'), now = source.progress!('r1');
  assert.deepEqual(sent.map(({ ask, body }) => [ask, body]), [['undo', { run: 'r1' }], ['progress', { run: 'r1' }]]);
  say({ id: sent[0].id, ok: { run: 'r2' } });
  say({ id: sent[1].id, error: { code: 'denied', detail: 'this is no run of this table' } });
  assert.equal((await undone).run, 'r2');
  await assert.rejects(now, { code: 'denied' });
});

test('a closed table waits for nothing', async () => {
  const { fake } = model();
  const source = new ModelSource(fake);
  const asked = source.columns({});
  source.close();
  await assert.rejects(asked, { code: 'cancelled' });
});

test('filters in words', () => {
  const say = (f: object) => words({ column: 'c', ...f }, 'C');
  assert.equal(say({ in: ['a', null] }), 'C: a, (no value)');
  assert.equal(say({ not_in: ['a', 'b', 'c', 'd'] }), 'C: not a, b, c and 1 more');
  assert.equal(say({ from: 0.5, to: null }), 'C ≥ 0.5');
  assert.equal(say({ to: 3 }), 'C ≤ 3');
  assert.equal(say({ from: 1, to: 2 }), 'C: 1 to 2');
  assert.equal(say({ all: ['x', 'y'], not: ['z'] }), 'C: all of x and y, not z');
  assert.equal(say({ from: '-7d' }), 'C ≥ -7d');
});

test('the first lines quote what they are given', () => {
  const [, script] = firstLines('http://127.0.0.1:5000', 'my "odd" project');
  assert.match(script.text, /set_tracking_uri\("http:\/\/127\.0\.0\.1:5000"\)/);
  assert.match(script.text, /set_experiment\("my \\"odd\\" project"\)/);
});
