/** Wrong input: one sentence on stderr that says what was expected and what came, nothing on stdout, the right exit code. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/log/open.js';
import { CELL, nascent, startNascent, TINY, temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();

async function refusal(words: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const ended = await nascent(words, { folder, environment });
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/^nascent: [^\n]+\n$/);
  return `${ended.code} ${ended.stderr.slice('nascent: '.length).trimEnd()}`;
}

beforeAll(() => {
  // Two whole images of CIFAR-10's layout and a part of a third.
  writeFileSync(join(folder, 'truncated.bin'), Buffer.alloc(3073 * 2 + 100));
  writeFileSync(join(folder, 'text.bin'), 'these are no images');
  writeFileSync(join(folder, 'text.sqlite'), 'this is no database, whatever its name says. '.repeat(50));
  openLedger(join(folder, 'good.sqlite')).close();
  copyFileSync(join(folder, 'good.sqlite'), join(folder, 'newer.sqlite'));
  const newer = new Database(join(folder, 'newer.sqlite'));
  newer.pragma('user_version = 99');
  newer.close();
  const foreign = new Database(join(folder, 'foreign.sqlite'));
  foreign.exec('CREATE TABLE recipes (name TEXT)');
  foreign.close();
  writeFileSync(join(folder, 'misspelt.json'), '{"epohcs": 3}');
  writeFileSync(join(folder, 'nested.json'), '{"recipe": {"epohcs": 3}}');
  writeFileSync(join(folder, 'broken.config.ts'), 'export default {');
});

describe('names', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['command', ['serach'], /^2 Expected the command to be one of .*, got "serach"\. Did you mean "search"\?$/],
    [
      'command of show',
      ['show', 'rnu'],
      /^2 Expected the command to be one of run, arch, got "rnu"\. Did you mean "run"/,
    ],
    [
      'option',
      ['search', '--sed', '3'],
      /^2 Expected an option of "nascent search", got "--sed"\. Did you mean "--seed"\?$/,
    ],
    [
      'space',
      ['sample', '--space', 'nasbench-201'],
      /^2 .*search space.*got "nasbench-201"\. Did you mean "nas-bench-201"/,
    ],
    ['metric', ['score', '--arch', CELL, '--metric', 'nawsot'], /^2 .*metric.*got "nawsot"\. Did you mean "naswot"/],
    ['engine', ['search', '--engine', 'onnxruntme'], /^2 .*engine.*got "onnxruntme"\. Did you mean "onnxruntime"/],
    ['sampler', ['search', '--sampler', 'evolutoin'], /^2 .*sampler.*got "evolutoin"\. Did you mean "evolution"/],
    ['recipe', ['search', '--recipe', 'shrot'], /^2 .*recipe.*got "shrot"\. Did you mean "short"/],
    ['format', ['search', '--format', 'onx'], /^2 .*export format.*got "onx"\. Did you mean "onnx"/],
    ['optimizer', ['search', '--optimizer', 'adm'], /^2 .*optimizer.*got "adm"\. Did you mean "adam"/],
    ['kind of data', ['search', '--data', 'cifar1:x'], /^2 .*kind of data.*got "cifar1"\. Did you mean "cifar10"/],
    [
      'sampler option',
      ['search', '--sampler', 'evolution', '--sampler-option', 'populaton=3'],
      /^2 .*Did you mean "population"/,
    ],
    [
      'predictor',
      ['search', '--strategy', 'weaknas', '--sampler-option', 'predictor=rdge'],
      /^2 .*the predictor.*got "rdge"\. Did you mean "ridge"/,
    ],
    [
      'option of a predictor',
      ['search', '--strategy', 'weaknas', '--sampler-option', 'predictor=ridge,predictorOptions.penlty=3'],
      /^2 .*an option of ridge.*got "penlty"\. Did you mean "penalty"/,
    ],
    ['setting in a file', ['sample', '--config', 'misspelt.json'], /^2 .*misspelt\.json.*got "epohcs"/],
    ['nested setting', ['sample', '--config', 'nested.json'], /^2 .*\(recipe\).*got "epohcs"\. Did you mean "epochs"/],
  ];
  test.each(cases)('an unknown %s is refused, the nearest offered', async (_, words, sentence) => {
    expect(await refusal(words)).toMatch(sentence);
  });
});

describe('values', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no number', ['search', '--epochs', 'ten'], /^2 Expected --epochs to be a number, got "ten"\.$/],
    ['no value', ['search', '--seed'], /^2 Expected a value after "--seed <number>", got nothing\.$/],
    ['zero samples', ['sample', '--count', '0'], /^2 Expected `count` to be a whole number from 1 .*got 0\.$/],
    ['zero candidates', ['search', '--count', '0'], /^2 Expected `count` to be a whole number from 1 .*got 0\.$/],
    ['zero workers', ['score', '--arch', CELL, '--workers', '0'], /^2 Expected `workers` .*got 0\.$/],
    ['no pair', ['search', '--sampler-option', 'population'], /^2 Expected --sampler-option to be name=value, got/],
    ['too many arguments', ['runs', 'all'], /^2 Expected "nascent runs" to get no arguments, got "all"\.$/],
    ['a missing argument', ['show', 'run'], /^2 Expected "nascent show run" to get the argument ID, got nothing\.$/],
    ['a broken file', ['sample', '--config', 'broken.config.ts'], /^2 Expected .*broken\.config\.ts to load, got: /],
    ['a missing file', ['sample', '--config', 'nowhere.json'], /^2 Expected nowhere\.json to be readable, got: /],
  ];
  test.each(cases)('%s', async (_, words, sentence) => {
    expect(await refusal(words)).toMatch(sentence);
  });

  test('a wrong environment variable is named', async () => {
    expect(await refusal(['search'], { NASCENT_EPOCHS: 'ten' })).toBe(
      '2 Expected NASCENT_EPOCHS to be a number, got "ten".',
    );
  });
});

describe('architectures', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'a wrong operation',
      CELL.replace('nor_conv_1x1', 'nor_conv_1x2'),
      /got "nor_conv_1x2"\. Did you mean "nor_conv_1x1"/,
    ],
    ['a wrong edge', CELL.replace('skip_connect~1', 'skip_connect~2'), /edge 2 of node 2.*got "skip_connect~2"/],
    ['a wrong count', CELL.replace('|none~0', ''), /node 2 .*2 edges, got 1/],
    ['no cell at all', 'resnet18', /got "resnet18"/],
  ];
  test.each(cases)('%s', async (_, cell, sentence) => {
    expect(await refusal(['score', '--arch', cell])).toMatch(/^2 Expected /);
    expect(await refusal(['show', 'arch', cell])).toMatch(sentence);
  });

  test('none, or a file without any', async () => {
    expect(await refusal(['score'])).toMatch(/^2 Expected at least one architecture, .* got neither\.$/);
    expect(await refusal(['train', '--arch-file', 'nowhere.txt'])).toMatch(
      /^2 Expected nowhere\.txt to be a readable file/,
    );
    writeFileSync(join(folder, 'bad.txt'), `${CELL}\nresnet18\n`);
    expect(await refusal(['score', '--arch-file', 'bad.txt'])).toMatch(/^2 bad\.txt line 2: Expected /);
  });
});

describe('data', () => {
  const score = (data: string, ...words: string[]) => refusal(['score', '--arch', CELL, '--data', data, ...words]);

  test('a file that is missing, truncated, or of another format', async () => {
    expect(await score('cifar10:nowhere.bin')).toMatch(/^2 .*nowhere\.bin/);
    expect(await score('cifar10:truncated.bin')).toMatch(/^2 .*truncated\.bin/);
    expect(await score('cifar10:text.bin')).toMatch(/^2 .*text\.bin/);
    expect(await score('mnist:.')).toMatch(/^2 /);
  });

  test('a batch larger than the data', async () => {
    expect(await score('synthetic:train=100,test=20', '--score-batch', '81')).toMatch(
      /^2 Expected `scoreBatch` .* got 81\.$/,
    );
    const words = ['search', ...TINY, '--batch-size', '161', '--ledger', 'untouched.sqlite'];
    expect(await refusal(words)).toMatch(/^2 Expected `recipe\.batchSize` .*160 training images.*got 161\.$/);
  });

  test('a model too large for memory', async () => {
    expect(
      await score('synthetic:train=100,test=20', '--score-batch', '8', '--channels', '100000', '--cells', '1'),
    ).toMatch(/^1 Expected .* to fit in .* of memory, got .*\.$/);
  });
});

describe('ledgers', () => {
  const search = (ledger: string) => refusal(['search', ...TINY, '--count', '1', '--train', '1', '--ledger', ledger]);

  test('not SQLite, not a ledger, from a newer version, not writable, a folder', async () => {
    expect(await search('text.sqlite')).toMatch(/^2 .*text\.sqlite is not a SQLite file/);
    expect(await search('foreign.sqlite')).toMatch(/^2 .*foreign\.sqlite is a SQLite file, but not a nascent ledger/);
    expect(await search('newer.sqlite')).toMatch(/^2 .*newer\.sqlite is of format version 99/);
    expect(await search('/dev/null/x.sqlite')).toMatch(/^2 .*\/dev\/null\/x\.sqlite/);
    expect(await search('.')).toMatch(/^2 .* is a directory\.$/);
  });

  test('that are not there are not made by reading', async () => {
    for (const words of [['runs'], ['show', 'run', '1'], ['resume'], ['export']]) {
      expect(await refusal([...words, '--ledger', 'absent.sqlite'])).toMatch(
        /^2 There is no ledger at .*absent\.sqlite\.$/,
      );
    }
  });

  test('without the run that is asked for', async () => {
    expect(await refusal(['show', 'run', 'abc', '--ledger', 'good.sqlite'])).toMatch(
      /^2 There is no run "abc" in ledger/,
    );
    expect(await refusal(['resume', '--ledger', 'good.sqlite'])).toMatch(
      /^2 Expected an unfinished run in .*, got none\.$/,
    );
    expect(await refusal(['export', '--ledger', 'good.sqlite'])).toMatch(/^2 Expected a run with a trained candidate/);
  });

  test('that are locked by another program', async () => {
    const other = new Database(join(folder, 'good.sqlite'));
    other.exec('BEGIN EXCLUSIVE');
    expect(await search('good.sqlite')).toMatch(/^1 Ledger .*good\.sqlite is locked by another process/);
    other.close();
  });

  test('whose run another process is writing', async () => {
    const words = ['search', ...TINY, '--count', '5000', '--train', '1', '--ledger', 'held.sqlite', '--json'];
    const first = startNascent(words, { folder });
    await first.waitFor('candidate-scored');
    expect(await refusal(['resume', '--ledger', 'held.sqlite'])).toMatch(/^2 Run \w+ is being written by process \d+/);
    first.child.kill('SIGKILL');
    await first.ended;
  });
});
