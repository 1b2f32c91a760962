/** The command line on its good days: real subprocesses, tiny settings. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/hash.js';
import type { ExportedFile } from '../../src/cli/exporting.js';
import type { RunEvent } from '../../src/contracts/run.js';
import { openLedger } from '../../src/log/open.js';
import {
  CELL,
  type Ended,
  jsonLines,
  nascent,
  OTHER_CELL,
  SAME_CELL,
  TINY,
  temporaryFolder,
} from '../unit/cli/command.js';

const folder = temporaryFolder();
/** Root may write protected files, so that the command of root's tests runs as this user (`nobody`) where that matters. */
const USER = process.getuid?.() === 0 ? 65534 : undefined;
const run = (...words: string[]) => nascent(words, { folder });

describe('search', () => {
  let ended: Ended;
  beforeAll(async () => {
    ended = await run('search', ...TINY, '--count', '6', '--train', '3', '--ledger', 'search.sqlite');
  });

  test('ends well, results on stdout and progress on stderr', () => {
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/6 candidates scored, 3 trained/);
    expect(ended.stdout).toMatch(/Best by validation: .* %, test .* %/);
    expect(ended.stdout).toMatch(/checked: 40 of 40 predictions as recorded/);
    expect(ended.stdout).not.toContain('scoring 6/6');
    expect(ended.stderr).toContain('scoring 6/6');
    expect(ended.stderr).toContain('training 3/3');
  });

  test('runs lists it, show run tells its story', async () => {
    const [row] = jsonLines((await run('runs', '--ledger', 'search.sqlite', '--json')).stdout);
    expect(row).toMatchObject({ status: 'finished', scored: 6, trained: 3 });
    expect((await run('runs', '--ledger', 'search.sqlite')).stdout).toContain(String(row.id));

    const story = await run('show', 'run', String(row.id).slice(0, 4), '--ledger', 'search.sqlite');
    expect(story.code).toBe(0);
    for (const part of [
      'naswot',
      'multiply-adds',
      'validation',
      'Rank correlation (Spearman)',
      'baselines',
      'Exported:',
    ]) {
      expect(story.stdout).toContain(part);
    }
    const json = await run('show', 'run', String(row.id), '--ledger', 'search.sqlite', '--json', '--top', '2');
    const [told] = jsonLines<{ top: unknown[]; trained: { validation: number }[] }>(json.stdout);
    expect(told.top).toHaveLength(2);
    const validation = told.trained.map((each) => each.validation);
    expect(validation).toEqual([...validation].sort((a, b) => b - a));
  });

  test('export writes the best two, each checked', async () => {
    const words = ['export', '--ledger', 'search.sqlite', '--top', '2', '--output', 'models', '--json'];
    const files = jsonLines<ExportedFile>((await run(...words)).stdout);
    expect(files.map(({ format }) => format)).toEqual(['onnx', 'json', 'onnx', 'json']);
    expect(new Set(files.map(({ candidate }) => candidate)).size).toBe(2);
    expect(files[0].validation).toBeGreaterThanOrEqual(files[2].validation);
    for (const { path, format, check } of files) {
      expect(existsSync(path)).toBe(true);
      if (format === 'onnx') expect(check).toMatchObject({ agreeing: 40, of: 40 });
    }
  });

  test('export of a finished run is recorded: show run tells it, and a file written again is told once', async () => {
    const words = ['export', '--ledger', 'search.sqlite', '--output', 'recorded', '--json'];
    const [{ id }] = jsonLines<{ id: string }>((await run('runs', '--ledger', 'search.sqlite', '--json')).stdout);
    const show = async (...more: string[]) =>
      (await run('show', 'run', id, '--ledger', 'search.sqlite', ...more)).stdout;
    const story = async () => {
      const [told] = jsonLines<{ run: { status: string }; artifacts: ExportedFile[] }>(await show('--json'));
      return { ...told, files: told.artifacts.filter(({ path }) => path.startsWith(join(folder, 'recorded'))) };
    };
    expect((await story()).files).toEqual([]);
    const exported = await run(...words);
    expect(exported.stderr).toBe('');
    const written = jsonLines<ExportedFile>(exported.stdout);
    const { run: row, files } = await story();
    expect(row.status).toBe('finished');
    expect(files.map(({ path }) => path)).toEqual(written.map(({ path }) => path));
    for (const [i, { path, sha256: hash, check, candidate }] of files.entries()) {
      expect({ check, candidate }).toEqual({ check: written[i].check, candidate: written[i].candidate });
      expect(sha256(readFileSync(path))).toBe(hash);
    }
    expect(await show()).toContain(files[0].path);
    await run(...words);
    expect((await story()).files.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  });

  test('export of a run that is being written writes its files, and says that the ledger will not have them', async () => {
    const path = join(folder, 'search.sqlite');
    const holder = openLedger(path);
    try {
      const [{ id }] = holder.runs();
      holder.claimRun(id, { finished: true });
      const before = holder.artifacts(id);
      const ended = await run('export', '--ledger', 'search.sqlite', '--output', 'beside', '--json');
      expect(ended.code).toBe(0);
      expect(ended.stderr).toMatch(
        /^nascent: Run \w+ is being written by process \d+ .* So the ledger will not tell of these files\.\n$/,
      );
      for (const file of jsonLines<ExportedFile>(ended.stdout)) expect(existsSync(file.path)).toBe(true);
      expect(holder.artifacts(id)).toEqual(before);
    } finally {
      holder.close();
    }
  });

  test('export from a protected ledger writes its files, and says that the ledger will not have them', async () => {
    const home = join(folder, 'protected');
    mkdirSync(home);
    const path = join(home, 'search.sqlite');
    copyFileSync(join(folder, 'search.sqlite'), path);
    const before = sha256(readFileSync(path));
    chmodSync(path, 0o444);
    chmodSync(home, 0o777);
    chmodSync(folder, 0o755);
    const words = ['export', '--ledger', 'search.sqlite', '--output', 'beside', '--json'];
    const ended = await nascent(words, { folder: home, user: USER });
    expect(ended).toMatchObject({
      code: 0,
      stderr: `nascent: Ledger ${path} cannot be written: its file or directory is read-only for this user. So the ledger will not tell of these files.\n`,
    });
    const files = jsonLines<ExportedFile>(ended.stdout);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(sha256(readFileSync(file.path))).toBe(file.sha256);
    expect(sha256(readFileSync(path))).toBe(before);
  });

  test('--json tells every event in order, and nothing else', async () => {
    const words = ['search', ...TINY, '--count', '3', '--train', '1', '--format', 'json', '--json', '--seed', '2'];
    const events = jsonLines<RunEvent>((await run(...words)).stdout);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events[0].type).toBe('run-started');
    expect(events.at(-1)?.type).toBe('run-finished');
    expect(events.filter(({ type }) => type === 'candidate-scored')).toHaveLength(3);
  });
});

describe('score', () => {
  const settings = ['--channels', '4', '--cells', '1', '--data', 'synthetic:train=200,test=100', '--score-batch', '16'];

  test('prints one object a line, in the order given', async () => {
    writeFileSync(join(folder, 'cells.txt'), `# cells\n${SAME_CELL}\n\n${OTHER_CELL} # again\n`);
    const words = [
      'score',
      '--space',
      'nas-bench-201',
      '--arch',
      CELL,
      '--arch',
      OTHER_CELL,
      '--arch-file',
      'cells.txt',
    ];
    const ended = await run(...words, ...settings, '--metric', 'naswot', '--json');
    expect(ended.code).toBe(0);
    const scores = jsonLines<{ arch: string; metric: string; value: number; seconds: number }>(ended.stdout);
    expect(scores.map(({ arch }) => arch)).toEqual([CELL, OTHER_CELL, SAME_CELL, OTHER_CELL]);
    for (const score of scores) {
      expect(score).toMatchObject({ metric: 'naswot', value: expect.any(Number), seconds: expect.any(Number) });
    }
    expect(scores[2]).toMatchObject({ value: scores[0].value, sharedWith: CELL, seconds: 0 });
    expect(scores[3].value).toBe(scores[1].value);
  });

  test('by several metrics prints one object for each, with the values that each has alone', async () => {
    const words = ['score', '--arch', CELL, '--arch', SAME_CELL, ...settings, '--json', '--metric'];
    const scores = jsonLines<{ arch: string; metric: string; value: number }>(
      (await run(...words, 'synflow, naswot,parameters')).stdout,
    );
    expect(scores.map(({ arch, metric }) => [arch, metric])).toEqual(
      [CELL, SAME_CELL].flatMap((arch) => ['synflow', 'naswot', 'parameters'].map((metric) => [arch, metric])),
    );
    expect(scores[3]).toMatchObject({ value: scores[0].value, sharedWith: CELL });
    const [alone] = jsonLines<{ value: number }>((await run(...words, 'naswot')).stdout);
    expect(scores[1].value).toBeCloseTo(alone.value, 3);
    expect((await run(...words, 'naswot,synflwo')).stderr).toMatch(/Did you mean "synflow"\?/);
  });

  test('gives the same value whatever else is given, and reads standard input', async () => {
    const alone = await nascent(['score', '--arch-file', '-', ...settings, '--json'], {
      folder,
      input: `${SAME_CELL}\n`,
    });
    const other = await run('score', '--arch', OTHER_CELL, '--arch', CELL, '--workers', '1', ...settings, '--json');
    expect(jsonLines(alone.stdout)[0].value).toBe(jsonLines(other.stdout)[1].value);
  });
});

describe('train', () => {
  test('trains what is given as a run of the ledger', async () => {
    const words = ['train', '--arch', CELL, '--arch', OTHER_CELL, '--arch', CELL, ...TINY, '--format', 'none'];
    const ended = await run(...words, '--ledger', 'train.sqlite', '--json');
    expect(ended.code).toBe(0);
    const events = jsonLines<RunEvent>(ended.stdout);
    const started = events.flatMap((event) => (event.type === 'training-started' ? [event.architecture] : []));
    expect(started.sort()).toEqual([CELL, OTHER_CELL].sort());
    const exported = await run('export', '--ledger', 'train.sqlite', '--output', 'trained', '--json');
    expect(jsonLines(exported.stdout)).toHaveLength(2);
  });
});

describe('what needs no run', () => {
  test('sample draws the candidates of a random search, equal for equal seeds', async () => {
    const words = ['sample', '--space', 'nas-bench-201', '--count', '5', '--seed', '2', '--json'];
    const [first, again, other] = await Promise.all([run(...words), run(...words), run(...words, '--seed', '3')]);
    expect(jsonLines<{ arch: string }>(first.stdout).map(({ arch }) => typeof arch)).toEqual(Array(5).fill('string'));
    expect(again.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('show arch counts as the benchmark does', async () => {
    const [shown] = jsonLines((await run('show', 'arch', CELL, '--json')).stdout);
    expect(shown).toMatchObject({ parameters: 344346, multiplyAdds: 47104640, encodingLength: expect.any(Number) });
    const text = await run('show', 'arch', CELL);
    expect(text.stdout).toContain('344,346');
    expect(text.stdout).toContain(SAME_CELL);
  });

  test('doctor names the engines and what is missing', async () => {
    const ended = await run('doctor', '--json');
    expect(ended.code).toBe(0);
    const [report] = jsonLines<{ engines: { name: string; ok: boolean; missing?: string }[] }>(ended.stdout);
    const works = new Map(report.engines.map(({ name, ok }) => [name, ok]));
    expect(works.get('onnxruntime')).toBe(true);
    expect(works.get('reference')).toBe(true);
    for (const { ok, missing } of report.engines) expect(ok || missing).toBeTruthy();
    expect((await run('doctor')).stdout).toContain('SQLite works');
  });

  test('every command has help with an example', async () => {
    const commands = [
      'search',
      'sample',
      'score',
      'train',
      'export',
      'runs',
      'show run',
      'show arch',
      'resume',
      'doctor',
    ];
    const helps = await Promise.all(commands.map((command) => run(...command.split(' '), '--help')));
    for (const [i, { code, stdout, stderr }] of helps.entries()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`Examples?:\\s+nascent ${commands[i]}`));
    }
  });

  test('--version and --help answer on stdout', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await run('--help')).stdout).toContain('Exit codes');
  });
});

describe('settings', () => {
  const lines = async (words: string[], environment?: Record<string, string>) => {
    const ended = await nascent(['sample', ...words], { folder: configured, environment });
    return ended.stdout.split('\n').length - 1;
  };
  const configured = temporaryFolder();
  writeFileSync(
    join(configured, 'nascent.config.ts'),
    "const count: number = 4;\nexport default { count, recipe: { epochs: 3 }, data: 'synthetic' };\n",
  );

  test('come from flags, then the environment, then the file', async () => {
    expect(await lines([])).toBe(4);
    expect(await lines([], { NASCENT_COUNT: '3' })).toBe(3);
    expect(await lines(['--count', '2'], { NASCENT_COUNT: '3' })).toBe(2);
  });

  test('come from a file that is named', async () => {
    writeFileSync(join(configured, 'other.json'), '{"count": 6}');
    expect(await lines(['--config', 'other.json'])).toBe(6);
    expect(await lines([], { NASCENT_CONFIG: 'other.json' })).toBe(6);
  });

  test('of a misspelt variable are remarked on', async () => {
    const ended = await nascent(['sample'], { folder: configured, environment: { NASCENT_CUONT: '3' } });
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Did you mean NASCENT_COUNT?') });
  });
});
