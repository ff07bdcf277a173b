import assert from 'node:assert/strict';
import test from 'node:test';
import { count, duration, exactly, kindOf, middle, moment, rounded, shown, since, tag } from '../src/grid/format';

test('floats are rounded to four significant digits, whole numbers stay whole', () => {
  const cases: [number, string][] = [
    [0, '0'], [1, '1'], [-3, '-3'], [1e-7, '1e-7'], [0.9990234375, '0.999'], [0.123456, '0.1235'], [123456.7, '123500'], [1234567, '1234567'],
    [1.5e-5, '1.5e-5'], [0.00012346, '0.0001235'], [1e21, '1e+21'], [-0.00001234567, '-1.235e-5'], [1 / 3, '0.3333'], [2.0000001, '2'],
    [Infinity, '∞'], [-Infinity, '-∞'], [NaN, 'NaN'],
  ];
  for (const [x, text] of cases) assert.equal(rounded(x), text, String(x));
  assert.equal(rounded(Math.PI, 6), '3.14159');
});

test('the exact value is told when the cell rounds, and only then', () => {
  assert.equal(exactly(0.123456789, 'number', '0.1235'), '0.123456789');
  assert.equal(exactly(0.5, 'number', '0.5'), '');
  assert.equal(exactly('0.00012345678', 'param', '0.0001235'), '0.00012345678');
  assert.equal(exactly(null, 'number', ''), '');
  assert.equal(exactly(90_500, 'duration', '1 min 30 s'), '90500 ms');
});

test('cells by the kind of their column', () => {
  const now = Date.UTC(2026, 10, 28, 12);
  assert.equal(shown(now - 240_000, kindOf('started'), now), '4 min');
  assert.equal(shown(0.123456789, kindOf('metrics.acc'), now), '0.1235');
  assert.equal(shown(0.123456789, kindOf('metrics.acc'), now, true), '0.123456789');
  assert.equal(shown('NaN', kindOf('metrics.acc'), now), 'NaN');
  assert.equal(shown('0.00012345678', kindOf('params.lr'), now), '0.0001235');
  assert.equal(shown('0.10', kindOf('params.lr'), now), '0.10'); // as it was written
  assert.equal(shown('12345678901', kindOf('params.seed'), now), '12345678901');
  assert.equal(shown({ team: 'cv', best: '' }, kindOf('tags'), now), 'team=cv, best');
  assert.equal(shown(62.5, kindOf('progress'), now), '62.5 %');
  assert.equal(shown(false, kindOf('archived'), now), 'no');
  assert.equal(shown(undefined, kindOf('name'), now), '');
  assert.equal(shown(0, kindOf('metrics.acc'), now), '0');
});

test('times and durations', () => {
  assert.equal(since(1000, 1500), 'now');
  assert.equal(since(0, 3 * 86_400_000 + 5), '3 d');
  assert.equal(since(60_000, 0), 'in 1 min');
  assert.equal(duration(0), '0 ms');
  assert.equal(duration(3210), '3.21 s');
  assert.equal(duration(3_600_000 + 120_000), '1 h 2 min');
  assert.equal(duration(86_400_000), '1 d');
  assert.match(moment(0), /^19(69|70)-\d\d-\d\d \d\d:\d\d:\d\d$/);
});

test('the middle goes, never half a character', () => {
  const name = 'resnet-50-with-a-long-name-seed-7';
  const short = middle(name, 20);
  assert.equal(short.length, 20);
  assert.ok(short.startsWith('resnet-50') && short.endsWith('seed-7'));
  for (let n = 5; n < 40; ++n) assert.ok(!/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(middle('😀'.repeat(30), n)), String(n));
  assert.equal(middle('short', 20), 'short');
});

test('words', () => {
  assert.equal(count(1234567), '1,234,567');
  assert.equal(count(100), '100');
  assert.equal(tag('best', ''), 'best');
  assert.equal(kindOf('metrics.val/loss.max_time'), 'time');
});
