import assert from 'node:assert/strict';
import test from 'node:test';
import { clicked, columnOf, ColumnSet, labelOf, partOf, readOrder, usual, writeOrder } from '../src/grid/columns';
import type { Columns } from '../src/source/source';

const set = (...names: string[]) => {
  const columns = new ColumnSet();
  columns.all = names.map((n) => columnOf({ name: n.replace('*', ''), pinned: n.endsWith('*') }, new Map()));
  return columns;
};
const names = (columns: ColumnSet) => columns.shown.map((c) => c.name);

test('labels and statistics', () => {
  assert.deepEqual(partOf('metrics.val/loss.min'), ['metrics.val/loss', 'min']);
  assert.deepEqual(partOf('metrics.`a.min`'), ['metrics.`a.min`', '']);
  assert.deepEqual(partOf('params.x.min'), ['params.x.min', '']);
  assert.equal(labelOf('metrics.val/loss.min'), 'val/loss');
  assert.equal(labelOf('params.`my ``odd`` key`'), 'my `odd` key');
  assert.equal(columnOf({ name: 'run_time' }, new Map([['run_time', { name: 'run_time', label: 'RUN TIME', width: 115, shown: false }]])).label, 'Run time');
});

test('columns move, and take the pin of their new neighbours', () => {
  const columns = set('name*', 'a', 'b', 'c');
  columns.move('c', 1);
  assert.deepEqual(names(columns), ['name', 'c', 'a', 'b']);
  columns.move('a', 99);
  assert.deepEqual(names(columns), ['name', 'c', 'b', 'a']);
  columns.move('a', -5);
  assert.deepEqual(names(columns), ['a', 'name', 'c', 'b']);
  assert.ok(columns.find('a')!.pinned);
  columns.move('name', 2);
  assert.deepEqual(names(columns), ['a', 'c', 'name', 'b']);
  assert.ok(!columns.find('name')!.pinned);
});

test('widths have limits, hidden columns are kept', () => {
  const columns = set('a', 'b');
  columns.resize('a', 1);
  assert.equal(columns.find('a')!.width, 48);
  columns.find('b')!.hidden = true;
  assert.deepEqual(columns.state(), [{ name: 'a', width: 48 }, { name: 'b', width: 110, hidden: true }]);
});

test('orders are written as the API reads them', () => {
  for (const text of ['name', 'metrics.acc.max DESC', 'params.`x desc`']) assert.equal(writeOrder(readOrder(text)), text);
});

test('clicks on heads', () => {
  assert.deepEqual(clicked([], 'name', false), [{ name: 'name', descending: false }]);
  assert.deepEqual(clicked([], 'metrics.acc', false), [{ name: 'metrics.acc', descending: true }]);
  let order = clicked([{ name: 'a', descending: false }], 'b', true);
  assert.deepEqual(order.map(writeOrder), ['a', 'b']);
  order = clicked(order, 'b', true);
  assert.deepEqual(order.map(writeOrder), ['a', 'b DESC']);
  order = clicked(order, 'b', true);
  assert.deepEqual(order.map(writeOrder), ['a']);
  assert.deepEqual(clicked(order, 'a', false).map(writeOrder), ['a DESC']);
});

test('the usual columns: names first, then what was measured', () => {
  const field = (name: string, shown = true) => ({ name, label: name.toUpperCase(), width: 100, shown });
  const key = (name: string, count: number) => ({ name, key: name, count });
  const menu: Columns = {
    fields: [field('type'), field('name'), field('state'), field('user', false)], tags: [], properties: [], more: false,
    params: [key('params.lr', 3)], metrics: Array.from({ length: 20 }, (_, i) => key(`metrics.m${i}`, i)),
  };
  const got = usual(menu).map((c) => c.name);
  assert.deepEqual(got.slice(0, 3), ['name', 'state', 'metrics.m19']);
  assert.equal(got.filter((n) => n.startsWith('metrics.')).length, 8);
  assert.deepEqual(got.slice(-2), ['params.lr', 'type']);
});
