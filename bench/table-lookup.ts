/**
 * How fast a table opens and answers.
 *
 *     npx tsx bench/table-lookup.ts [CSV OR PUBLISHED FILE …]
 *
 * Each file is imported, then opened 20 times in this process; the first value of a column and the first look-up include reading and
 * verifying their sections. Last comes an invented table of 423,624 rows and 13 columns, the size of NAS-Bench-101.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { random } from '../src/base/random.js';
import { namesOf, resolve } from '../src/catalog.js';
import type { SearchSpace } from '../src/contracts/search-space.js';
import { importTable } from '../src/tables/import.js';
import { openAnyTable } from '../src/tables/open.js';
import { writeStore } from '../src/tables/store-file.js';
import { encodeTable } from '../src/tables/store-format.js';

const ROWS = 423_624;
const REPEATS = 20;
const LOOK_UPS = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'nascent-bench-'));

async function spaceOf(name: string): Promise<SearchSpace | undefined> {
  return namesOf('spaces').includes(name) ? (await resolve('spaces', name))() : undefined;
}

/** Milliseconds of one call, and what it gave. */
async function timed<Result>(work: () => Result | Promise<Result>): Promise<[number, Result]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

async function measure(store: string): Promise<Record<string, number | string>> {
  const opened = await Promise.resolve().then(async () => {
    const times: number[] = [];
    for (let i = 0; i < REPEATS; i++) times.push((await timed(() => openAnyTable(store, spaceOf)))[0]);
    return times;
  });
  const table = await openAnyTable(store, spaceOf);
  const column = table.columns.find(({ measure }) => measure === 'accuracy')!;
  const [firstColumn] = await timed(() => table.values(column)[0]);
  const [firstText, texts] = await timed(() => [table.architecture(0)]);
  const [firstLookUp] = await timed(() => table.indexOf(texts[0]));
  const draw = random(1);
  const wanted = Array.from({ length: LOOK_UPS }, () => table.architecture(draw.integer(table.count)));
  const [lookUps] = await timed(() =>
    wanted.reduce((sum, text) => sum + table.values(column)[table.indexOf(text)!], 0),
  );
  return {
    rows: table.count,
    'open, first ms': opened[0].toFixed(1),
    'open, median ms': opened.toSorted((a, b) => a - b)[REPEATS / 2].toFixed(2),
    'first column ms': firstColumn.toFixed(1),
    'first text ms': firstText.toFixed(1),
    'first look-up ms': firstLookUp.toFixed(1),
    'look-up and value µs': ((lookUps / LOOK_UPS) * 1000).toFixed(2),
  };
}

async function invented(): Promise<string> {
  const draw = random(1);
  const architectures = Array.from(
    { length: ROWS },
    (_, i) =>
      `conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu,conv3x3-bn-relu:1.01.101.1001.${i.toString(2).padStart(19, '0')}`,
  );
  const columns = Array.from({ length: 13 }, (_, trial) => ({
    description: { dataset: 'cifar10', split: 'validation', epochs: 108, measure: 'accuracy', trial } as const,
    values: Float64Array.from({ length: ROWS }, () => draw.uniform()),
  }));
  const path = join(folder, 'invented');
  await writeStore(path, encodeTable({ space: 'nas-bench-101', source: 'invented', architectures, columns }));
  return path;
}

const results: Record<string, Record<string, number | string>> = {};
for (const file of process.argv.slice(2)) {
  const store = join(folder, basename(file));
  const [imported] = await timed(() => importTable(file, store, { spaceOf }));
  results[basename(file)] = { 'import s': (imported / 1000).toFixed(2), ...(await measure(store)) };
}
results.invented = await measure(await invented());
for (const [name, result] of Object.entries(results)) {
  console.log(
    `${name}: ${Object.entries(result)
      .map(([what, value]) => `${what} ${value}`)
      .join('; ')}`,
  );
}
rmSync(folder, { recursive: true });
