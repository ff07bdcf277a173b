import assert from 'node:assert/strict';
import test from 'node:test';
import { mostIds, Selection } from '../src/grid/selection';

test('ids', () => {
  const s = new Selection();
  assert.ok(s.empty);
  s.set(['a', 'b', 'c'], true);
  s.set(['b'], false);
  assert.deepEqual(s.json(), { ids: ['a', 'c'] });
  assert.equal(s.count, 2);
  assert.ok(s.has('a') && !s.has('b'));
});

test('what a filter lets through, with exceptions', () => {
  const s = new Selection();
  s.set(['x'], true);
  const question = { project: '7', archived: 'no', filters: [{ column: 'state', in: ['failed'] }] };
  s.take(question, 212, false);
  assert.ok(s.has('anything'));
  s.set(['a', 'b'], false);
  s.set(['b'], true);
  assert.equal(s.count, 211);
  assert.deepEqual(s.json(), { ...question, except: ['a'] });
  question.filters.push({ column: 'name', in: ['later'] }); // what the table asks later is not what was selected
  assert.equal((s.json() as typeof question).filters.length, 1);
  s.counted(99);
  assert.equal(s.count, 99);
  s.clear();
  assert.ok(s.empty);
});

test('an empty question says "all"', () => {
  const s = new Selection();
  s.take({ archived: 'no' }, 5, true);
  assert.deepEqual(s.json(), { archived: 'no', all: true });
});

test('there is an end to ids', () => {
  const s = new Selection();
  assert.throws(() => s.set(Array.from({ length: mostIds + 5 }, (_, i) => String(i)), true), /at most 10000/);
  assert.equal(s.count, mostIds);
});
