import assert from 'node:assert/strict';
import test from 'node:test';
import { Cache } from '../src/grid/cache';
import type { Window } from '../src/source/source';

/** A source of 1,000 rows that answers when it is told to. */
function fake() {
  const asked: { offset: number; listing: string | undefined; answer(more?: Partial<Window>): Promise<void>; refuse(e: Error): Promise<void> }[] = [];
  const heard: string[] = [];
  const settle = () => new Promise<void>((done) => setImmediate(done));
  const cache = new Cache(
    (offset, limit, listing) => new Promise((resolve, reject) => {
      asked.push({
        offset, listing,
        answer: (more = {}) => {
          resolve({
            columns: ['id', 'v'], rows: Array.from({ length: limit }, (_, i) => [`t${offset + i}`, offset + i]), listing: 'L1', moved: false, total: 1000, offset, ...more,
          });
          return settle();
        },
        refuse: (e) => {
          reject(e);
          return settle();
        },
      });
    }),
    { arrived: (b, before) => heard.push(`arrived ${b}${before ? ' again' : ''}`), moved: () => heard.push('moved'), failed: (e) => heard.push(e.message) },
  );
  return { cache, asked, heard };
}

test('the first answer names the listing of the others', async () => {
  const { cache, asked, heard } = fake();
  cache.look(0, 30, 0);
  cache.look(0, 30, 1);
  assert.equal(asked.length, 1);
  await asked[0].answer();
  assert.deepEqual(heard, ['arrived 0']);
  assert.equal(cache.total, 1000);
  assert.equal(cache.id(7), 't7');
  assert.equal(cache.value(7, 'v'), 7);
  assert.equal(cache.find('t7'), 7);
  cache.look(0, 30, 0);
  assert.equal(asked.length, 1);
  cache.look(500, 530, 0);
  assert.deepEqual([asked[1].offset, asked[1].listing], [500, 'L1']);
});

test('the next block in the direction of scrolling is fetched ahead', async () => {
  const { cache, asked } = fake();
  cache.look(0, 30, 0);
  await asked[0].answer();
  cache.look(10, 40, 1);
  assert.deepEqual(asked.map((a) => a.offset), [0, 100]);
  await asked[1].answer();
  cache.look(510, 540, -1);
  assert.deepEqual(asked.map((a) => a.offset), [0, 100, 500, 400]);
  cache.look(970, 999, 1);
  assert.equal(asked.length, 4); // two at once
});

test('an answer to an older question is thrown away; old rows stay until the new ones are here', async () => {
  const { cache, asked, heard } = fake();
  cache.look(0, 30, 0);
  await asked[0].answer();
  cache.look(100, 130, 0);
  cache.reset();
  assert.equal(cache.id(0), 't0');
  await asked[1].answer();
  assert.equal(cache.id(100), undefined);
  cache.look(0, 30, 0);
  assert.equal(asked[2].listing, undefined);
  await asked[2].answer({ rows: [['z', 1]], total: 1, listing: 'L2' });
  assert.equal(cache.id(0), 'z');
  assert.equal(cache.total, 1);
  assert.deepEqual(heard, ['arrived 0', 'arrived 0 again']);
});

test('a listing that is gone: the other blocks are asked again', async () => {
  const { cache, asked, heard } = fake();
  cache.look(0, 30, 0);
  await asked[0].answer();
  cache.look(500, 530, 0);
  await asked[1].answer({ moved: true, listing: 'L2' });
  assert.ok(heard.includes('moved'));
  assert.equal(cache.listing, 'L2');
  cache.look(0, 30, 0);
  assert.deepEqual([asked[2].offset, asked[2].listing], [0, 'L2']);
});

test('changed tasks: only their blocks are asked again, when they are looked at', async () => {
  const { cache, asked } = fake();
  cache.look(0, 30, 0);
  await asked[0].answer();
  cache.look(500, 530, 0);
  await asked[1].answer();
  assert.equal(cache.touch(['t501', 'unknown']), true);
  assert.equal(cache.touch(['unknown']), false);
  cache.look(0, 30, 0);
  assert.equal(asked.length, 2);
  cache.look(500, 530, 0);
  assert.equal(asked.length, 3);
  assert.equal(cache.id(501), 't501'); // still there
});

test('rows that are gone are null; failures are told and can be tried again', async () => {
  const { cache, asked, heard } = fake();
  cache.look(0, 30, 0);
  await asked[0].refuse(new Error('no'));
  assert.deepEqual(heard, ['no']);
  cache.look(0, 30, 0);
  await asked[1].answer({ rows: [null, ['b', 2]], total: 2 });
  assert.equal(cache.row(0), null);
  assert.equal(cache.id(0), undefined);
  assert.equal(cache.value(1, 'v'), 2);
  assert.equal(cache.value(1, 'w'), undefined);
});

test('it does not grow without end', async () => {
  const { cache, asked } = fake();
  cache.look(0, 30, 0);
  await asked[0].answer({ total: 100_000 });
  for (let i = 1; i < 100; ++i) {
    cache.look(i * 100, i * 100 + 30, 0);
    await asked[i].answer({ total: 100_000 });
  }
  assert.equal(cache.id(0), undefined);
  assert.equal(cache.id(9900), 't9900');
  assert.equal(cache.id(5000), 't5000');
});
