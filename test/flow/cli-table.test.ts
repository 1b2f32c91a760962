/** `nascent table`, as a user runs it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nasBench201 } from '../../search-spaces/nas-bench-201/index.js';
import { CELL, jsonLines, nascent, SAME_CELL, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();
const MADE = resolve(import.meta.dirname, '../reference/tables');

beforeAll(() => {
  writeFileSync(join(folder, 'two.csv'), `arch,flops,c10_val_200,c10_test_200\n${CELL},1,91,93\n${SAME_CELL},1,92,\n`);
});

async function run(...words: string[]) {
  const ended = await nascent(['table', ...words], { folder });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

async function refusal(...words: string[]): Promise<string> {
  const ended = await nascent(['table', ...words], { folder });
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^nascent: [^\n]+\n$/);
  return ended.stderr;
}

describe('import', () => {
  test('a published file becomes a store in this folder, and the report says what was read', async () => {
    const text = await run('import', join(MADE, 'nats-tss.pickle.pbz2'));
    expect(text).toMatch(/^read +nats-tss\.pickle\.pbz2, NATS-Bench \.pickle\.pbz2$/m);
    expect(text).toMatch(/^architectures +2, 15,623 of the published whole missing$/m);
    expect(text).toMatch(/^left out +.*latency/m);
    expect(existsSync(join(folder, 'nats-tss.nascent-table'))).toBe(true);
  });

  test('what some architectures have no value of is said, by import and by show', async () => {
    const gap = '1 architecture without cifar10 test accuracy after 200 epochs (mean)';
    const [report] = jsonLines(await run('import', 'two.csv', '--out', 'gaps', '--json'));
    const column = { dataset: 'cifar10', split: 'test', epochs: 200, measure: 'accuracy', trial: 'mean' };
    expect(report.gaps).toEqual([{ ...column, architectures: 1 }]);
    expect(await run('import', 'two.csv', '--out', 'gaps')).toContain(`\nincomplete     ${gap}\n`);
    expect(await run('show', 'gaps')).toMatch(new RegExp(`\n\n${gap.replace('(mean)', '\\(mean\\)')}\n$`));
    expect(await run('show', 'gaps', '--split', 'validation')).not.toContain('without');
    // Trials that some rows have not are common in published tables; the mean is what all have.
    expect(await run('import', join(MADE, 'nats-tss.pickle.pbz2'))).not.toContain('without');
  });

  test('a table that lacks some of the published architectures is taken with --partial', async () => {
    const space = nasBench201();
    const rows = [...space.enumerate!()].slice(3).map((cell) => `${space.format(cell)},50`);
    writeFileSync(join(folder, 'most.csv'), ['arch,c10_val_200', ...rows].join('\n'));
    expect(await refusal('import', 'most.csv')).toContain('got 15,622, so that 3 architectures are missing.');
    expect(await refusal('show', 'most.csv')).toContain('got 15,622, so that 3 architectures are missing.');
    expect(existsSync(join(folder, 'most.nascent-table'))).toBe(false);
    expect(await run('import', 'most.csv', '--partial')).toMatch(
      /^architectures +15,622, 3 of the published whole missing$/m,
    );
    expect(await run('show', 'most.nascent-table')).toContain('15,622, 3 of the published whole missing');
  });

  test('with --json it is one object, and shows the same as the file itself', async () => {
    const [report, ...others] = jsonLines(await run('import', 'two.csv', '--out', 'made/two', '--json'));
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      space: 'nas-bench-201',
      format: 'neutral CSV',
      source: 'two.csv',
      count: 2,
      missing: 15_623,
      leftOut: ['flops'],
      file: join(folder, 'made/two'),
    });
    expect(await run('show', 'made/two', '--json')).toBe(await run('show', 'two.csv', '--json'));
  });

  test('what is refused leaves no file', async () => {
    const before = readdirSync(folder);
    writeFileSync(join(folder, 'bad.csv'), `arch,c10_val_200\n${CELL},101\n`);
    expect(await refusal('import', 'bad.csv')).toMatch(/accuracies from 0 to 100 .* got 101 in line 2\./);
    expect(await refusal('import', 'nowhere')).toMatch(/to exist, got nothing there\./);
    expect(await refusal('import', 'two.csv', '--space', 'nas-bench-102')).toMatch(/Did you mean "nas-bench-101"\?/);
    expect(await refusal('import', 'two.csv', '--space', 'nas-bench-101')).toMatch(/got one of nas-bench-201\./);
    expect(readdirSync(folder).sort()).toEqual([...before, 'bad.csv'].sort());
  });
});

describe('show', () => {
  test('columns with their range and best row', async () => {
    const [shown] = jsonLines<{ columns: object[] }>(await run('show', 'two.csv', '--json'));
    const best = { index: 1, arch: SAME_CELL };
    expect(shown.columns).toEqual([
      expect.objectContaining({ split: 'validation', values: 2, lowest: 0.91, mean: 0.915, highest: 0.92, best }),
      expect.objectContaining({ split: 'test', values: 1, highest: 0.93, best: { index: 0, arch: CELL } }),
    ]);
    const text = await run('show', 'two.csv', '--split', 'validation');
    expect(text).toMatch(/^cifar10 +validation +200 +accuracy +mean +2 +91\.00 % +91\.50 % +92\.00 % +1 {2}\|/m);
    expect(text).not.toMatch(/ test /);
  });

  test('one architecture', async () => {
    const [shown] = jsonLines(await run('show', 'two.csv', '--arch', SAME_CELL, '--json'));
    expect(shown.architecture).toEqual({
      index: 1,
      arch: SAME_CELL,
      values: [
        { dataset: 'cifar10', split: 'validation', epochs: 200, measure: 'accuracy', trial: 'mean', value: 0.92 },
        { dataset: 'cifar10', split: 'test', epochs: 200, measure: 'accuracy', trial: 'mean', value: null },
      ],
    });
    expect(await run('show', 'two.csv', '--arch', CELL)).toMatch(/^cifar10 +test +200 +accuracy +mean +93\.00 %$/m);
  });

  test('what the table does not have is refused with what it has', async () => {
    expect(await refusal('show', 'two.csv', '--dataset', 'cifar100')).toMatch(
      /the data set .* one of cifar10, got "cifar100"/,
    );
    expect(await refusal('show', 'two.csv', '--split', 'train')).toMatch(/one of validation, test, got "train"/);
    expect(await refusal('show', 'two.csv', '--epochs', '12')).toMatch(
      /the epochs in the table to be one of 200, got 12/,
    );
    expect(await refusal('show', 'two.csv', '--epochs', 'x')).toMatch(/Expected --epochs to be a number, got "x"\./);
    expect(await refusal('show', 'two.csv', '--epochs', '1.5')).toMatch(/--epochs to be a whole number .*, got 1\.5\./);
    expect(await refusal('show', 'two.csv', '--arch', CELL.replace('none', 'skip_connect'))).toMatch(
      /one of the table's, got/,
    );
    expect(await refusal('show', 'two.csv', '--arch', 'resnet18')).toMatch(/got "resnet18"/);
  });

  test('a store that was changed', async () => {
    await run('import', 'two.csv');
    const path = join(folder, 'two.nascent-table');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    expect(await refusal('show', 'two.nascent-table')).toMatch(
      /to be as it was written, got another checksum for cifar10 test/,
    );
    // Also where nobody asks for what was changed.
    const other = ['two.nascent-table', '--split', 'validation'];
    expect(await refusal('show', ...other)).toMatch(/another checksum for cifar10 test/);
    const words = ['study', '--space', 'nas-bench-201', '--table', 'two.nascent-table', '--dataset', 'cifar10'];
    const ended = await nascent([...words, '--strategy', 'random', '--seeds', '1', '--samples', '2'], { folder });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('another checksum for cifar10 test') });
    writeFileSync(path, bytes.subarray(0, -8));
    expect(await refusal('show', 'two.nascent-table')).toMatch(/bytes long, as it was written, got/);
  });
});
