/** Files of the published structures, as a script in Python makes them, hold what that script says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nasBench101 } from '../../../search-spaces/nas-bench-101/index.js';
import { nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { importTable } from '../../../src/tables/import.js';
import { openAnyTable, openTable } from '../../../src/tables/open.js';
import { crc32c } from '../../../src/tables/tfrecord.js';
import { changed, EXPECTED, expectTable, made, Pair, pickleOf, refusalOf, spaceOf, temporaryFolder } from './files.js';

const folder = temporaryFolder();
let count = 0;

async function imported(path: string) {
  const out = join(folder, `${count++}.nascent-table`);
  const report = await importTable(path, out, { spaceOf });
  return { report, out, table: await openAnyTable(out, spaceOf) };
}

async function refusedImport(path: string): Promise<string> {
  const out = join(folder, `${count++}.nascent-table`);
  const sentence = await refusalOf(() => importTable(path, out, { spaceOf }));
  expect(existsSync(out)).toBe(false);
  return sentence;
}

const NAMES = Object.keys(EXPECTED);

describe('every published form', () => {
  test.each(NAMES)('%s is read in full', async (name) => {
    const { table, report } = await imported(made(name));
    expectTable(table, EXPECTED[name]);
    expect(report).toMatchObject({ source: name, count: table.count, checksum: table.checksum, space: table.space });
    expect(report.missing).toBeGreaterThan(0);
  });

  test('the folder, the whole file and all forms of torch.save give one content', async () => {
    const checksums = async (...names: string[]) =>
      new Set(await Promise.all(names.map(async (name) => (await imported(made(name))).table.checksum)));
    expect((await checksums('nats-tss', 'nats-tss.pickle.pbz2')).size).toBe(1);
    expect((await checksums('nas-bench-201-legacy.pth', 'nas-bench-201-zip.pth', 'nas-bench-201-zip64.pth')).size).toBe(
      1,
    );
    expect((await checksums('nats-tss', 'nats-sss.pickle.pbz2')).size).toBe(2);
  });

  test('rows stand in the published order, and what was never evaluated is missing', async () => {
    const { table, report } = await imported(made('nats-tss.pickle.pbz2'));
    expect(table.architecture(0)).toBe(EXPECTED['nats-tss'].architectures[0]);
    expect(table.architecture(1)).toBe(EXPECTED['nats-tss'].architectures[1]);
    expect(report.missing).toBe(15_623);
  });

  test('trainings of a row that has no such seed are none, and the mean is over those there are', async () => {
    const { table } = await imported(made('nats-tss.pickle.pbz2'));
    const of = (trial: number | 'mean') =>
      table.values({ dataset: 'cifar10', split: 'validation', epochs: 200, trial });
    expect(of(777)[1]).toBeNaN();
    expect(of('mean')[1]).toBe(of(888)[1]);
    expect(of('mean')[0]).toBeCloseTo((of(777)[0] + of(888)[0] + of(999)[0]) / 3, 15);
  });

  test('modules of NAS-Bench-101 are found under every isomorphic text', async () => {
    const { out } = await imported(made('nasbench.tfrecord'));
    const table = await openTable(out, nasBench101());
    const row = table.indexOf('conv3x3-bn-relu,maxpool3x3:1.01.101');
    expect(row).toBe(1);
    // A vertex that leads nowhere changes nothing; other operations on the same edges do.
    expect(table.indexOf('conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu:1.01.100.1010')).toBe(row);
    expect(table.indexOf('maxpool3x3,conv3x3-bn-relu:1.01.101')).toBeUndefined();
  });
});

/** A TFRecord of a row as NAS-Bench-101 has it. */
function recordOf(row: readonly unknown[]): Buffer {
  const data = Buffer.from(JSON.stringify(row));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  const masked = (bytes: Buffer) => {
    const crc = crc32c(bytes);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    return checksum;
  };
  return Buffer.concat([length, masked(length), data, masked(data)]);
}

/** ModelMetrics in base64 with one evaluation: epoch, seconds, train, validation and test accuracy, each a double. */
function metricsOf(numbers: readonly number[]): string {
  const fields = numbers.map((number, i) => {
    const field = Buffer.alloc(9, ((i + 1) << 3) | 1);
    field.writeDoubleLE(number, 1);
    return field;
  });
  return Buffer.concat([Buffer.from([(1 << 3) | 2, 9 * numbers.length]), ...fields]).toString('base64');
}

describe('damage', () => {
  test.each(NAMES.filter((name) => name !== 'nats-tss'))('%s, cut anywhere, is refused', async (name) => {
    const { length } = readFileSync(made(name));
    for (const part of [0.2, 0.7, 0.95]) {
      const path = changed(made(name), folder, (bytes) => bytes.subarray(0, Math.floor(length * part)));
      const refusal = await refusedImport(path);
      expect(refusal).toMatch(/^Expected ".*" to (be|hold) .*, got /);
      expect(refusal).not.toMatch(/undefined|Cannot read/);
    }
  });

  test.each(['nasbench.tfrecord', 'nas-bench-201-zip.pth', 'nats-sss.pickle.pbz2'])(
    '%s, with one bit changed, is refused',
    async (name) => {
      for (const part of [0.3, 0.5, 0.8]) {
        const path = changed(made(name), folder, (bytes) => {
          bytes[Math.floor(bytes.length * part)] ^= 1;
          return bytes;
        });
        expect(await refusedImport(path)).toMatch(/checksum|damaged/);
      }
    },
  );

  test('the checksum of TFRecord is CRC-32C', () => {
    // The check value of the catalogue of parametrised CRC algorithms.
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

describe('a pickle that contradicts itself', () => {
  const [FIRST, SECOND] = EXPECTED['nats-tss'].architectures;

  interface Damage {
    readonly metas?: readonly string[];
    readonly named?: unknown;
    readonly accuracies?: unknown;
    readonly accuracy?: unknown;
    readonly trainAccuracy?: unknown;
  }

  /** Two architectures, each trained once for an epoch; what is damaged is of the second. */
  function benchmark({ metas = [FIRST, SECOND], named = SECOND, ...damage }: Damage = {}): string {
    const resultsOf = (text: unknown, { accuracy = 80.5, accuracies = { 'x-valid@0': accuracy }, ...rest }: Damage) => {
      const training = { epochs: 1, train_acc1es: new Map([[0, rest.trainAccuracy ?? 90.5]]), eval_acc1es: accuracies };
      return { '12': { arch_str: text, all_results: new Map([[new Pair(['cifar10-valid', 777]), training]]) } };
    };
    const infos = new Map([
      [0, resultsOf(FIRST, {})],
      [1, resultsOf(named, damage)],
    ]);
    return changed(made('expected.json'), folder, () => pickleOf({ meta_archs: metas, arch2infos: infos }));
  }

  test('or not', async () => {
    const { table } = await imported(benchmark());
    expect([...table.values({ dataset: 'cifar10', split: 'validation', epochs: 1 })]).toEqual([0.805, 0.805]);
    // A text that nobody wrote down contradicts nothing.
    expect((await imported(benchmark({ named: null }))).table.count).toBe(2);
  });

  const OTHER = SECOND.replace('skip_connect', 'avg_pool_3x3');
  const cases: readonly (readonly [string, Damage, string])[] = [
    ['results of one architecture as those of another', { named: FIRST }, `results of ${SECOND} .*, got those of "`],
    ['another text among the architectures', { metas: [FIRST, OTHER] }, `results of ${OTHER} .*, got those of "`],
    ['results whose text is none', { named: 7 }, `results of ${SECOND} where meta_archs has it, got those of 7.`],
    ['architectures twice', { metas: [FIRST, SECOND, FIRST] }, `architecture once, got ${FIRST} twice in meta_archs.`],
    [
      'a text as accuracy',
      { accuracy: 'abc' },
      'numbers as accuracies, got "abc" as accuracy of cifar10-valid x-valid',
    ],
    ['None as accuracy', { accuracy: null }, `None as accuracy of .*, seed 777, after 1 epochs of ${SECOND}.`],
    ['a list as accuracy', { accuracy: [80.5] }, 'got a container as accuracy of cifar10-valid x-valid'],
    ['a text as accuracy of training images', { trainAccuracy: 'abc' }, '"abc" as accuracy of cifar10-valid train'],
    ['None as accuracies', { accuracies: null }, 'got a container as accuracy of cifar10-valid x-valid'],
  ];
  test.each(cases)('with %s is refused', async (_, damage, sentence) => {
    const [before, after = ''] = sentence.split('.*');
    const refusal = await refusedImport(benchmark(damage));
    expect(refusal).toContain(before);
    expect(refusal).toContain(after);
  });
});

describe('refusals', () => {
  test('a doubled module, by one training more or by an isomorphic one', async () => {
    const records = readFileSync(made('nasbench.tfrecord'));
    const first = records.subarray(0, 16 + Number(records.readBigUInt64LE(0)));
    const path = changed(made('nasbench.tfrecord'), folder, () => Buffer.concat([records, first]));
    const [, epochs, , , metrics] = JSON.parse(first.toString('utf8', 12, first.length - 4));
    const unlikeIt = [
      'f'.repeat(32),
      epochs,
      '01000' + '00100' + '00001' + '00000' + '00000',
      'input,conv3x3-bn-relu,maxpool3x3,conv1x1-bn-relu,output',
      metrics,
    ];
    const same = changed(made('nasbench.tfrecord'), folder, () => Buffer.concat([records, recordOf(unlikeIt)]));
    expect(await refusedImport(same)).toMatch(/to hold every architecture once, got .* again in record 18\.$/);
    expect(await refusedImport(path)).toMatch(
      /to hold 3 trainings a module and length, got one more of 0{32} for 4 epochs/,
    );
  });

  test.each([Number.NaN, 1.01, -0.01])('an accuracy of %d', async (accuracy) => {
    const path = changed(made('nasbench.tfrecord'), folder, () =>
      recordOf(['f'.repeat(32), 108, '0100', 'input,output', metricsOf([108, 5, 0.9, accuracy, 0.9])]),
    );
    expect(await refusedImport(path)).toMatch(
      /accuracies from 0 to 1 \(100 %\), got (NaN|1\.01|-0\.01) as cifar10 validation accuracy after 108 epochs \(trial 0\)/,
    );
  });

  test('weights of networks', async () => {
    expect(await refusedImport(made('nas-bench-201-weights.pth'))).toMatch(
      /plain containers and numbers only, got a reference to something outside, as weights/,
    );
  });

  test('a pickle that would run something, which it does not', async () => {
    expect(await refusedImport(made('evil.pickle.pbz2'))).toMatch(/numbers only, got the class (posix|nt)\.system\.$/);
    expect(existsSync('/tmp/nascent-was-here')).toBe(false);
  });

  test('a table of another space', async () => {
    const { out } = await imported(made('nats-tss'));
    expect(await refusalOf(() => openTable(out, nasBench101()))).toMatch(
      /to be a table of nas-bench-101, got one of nas-bench-201\.$/,
    );
    const asked = importTable(made('nats-tss'), join(folder, 'x'), { space: 'nas-bench-101', spaceOf });
    expect(await refusalOf(() => asked)).toMatch(/to be a table of nas-bench-101, got one of nas-bench-201\.$/);
  });

  test('a published file where a store is wanted; a store where a published file is', async () => {
    expect(await refusalOf(() => openTable(made('nats-sss.pickle.pbz2'), nasBench201()))).toMatch(/table import/);
    const { out } = await imported(made('nats-tss'));
    expect(await refusedImport(out)).toMatch(/to be a published table, got a nascent table/);
  });

  test('no table at all', async () => {
    expect(await refusedImport(join(folder, 'nowhere'))).toMatch(/to exist, got nothing there/);
    expect(await refusedImport(folder)).toMatch(/got a folder without meta\.pickle\.pbz2/);
    expect(await refusedImport(changed(made('nasbench.tfrecord'), folder, () => Buffer.alloc(0)))).toMatch(
      /empty file/,
    );
    expect(await refusedImport(changed(made('nasbench.tfrecord'), folder, () => Buffer.alloc(99)))).toMatch(
      /something else/,
    );
  });
});
