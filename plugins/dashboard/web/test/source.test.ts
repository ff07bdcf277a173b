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
    on: (_event, callback) => (hear = callback as never), off: () => (hear = () => {}),
  };
  return { fake, sent, say: (message: unknown) => hear(message) };
}

test('messages of a notebook: answers find their questions, in any order', async () => {
  const { fake, sent, say } = model();
  const source = new ModelSource(fake);
  const first = source.window({ columns: ['id'], order: [], offset: 0, limit: 100 });
  const second = source.actions({ selection: { ids: ['a'] } });
  assert.deepEqual(sent.map((m) => [m.id, m.ask]), [[1, 'window'], [2, 'actions']]);
  assert.deepEqual(sent[1].body, { selection: { ids: ['a'] } });
  say({ id: 2, error: { code: 'invalid', detail: 'there is no such task' } });
  say({ id: 99, ok: {} });
  say({ id: 1, ok: { total: 3 } });
  assert.equal((await first).total, 3);
  await assert.rejects(second, { code: 'invalid', message: 'there is no such task' });
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
