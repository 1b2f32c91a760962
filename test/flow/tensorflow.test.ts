/**
 * The command line on the real TensorFlow: search, training, resume, export, and the build on a Python wheel.
 * NASCENT_TENSORFLOW names a folder whose node_modules hold @tensorflow/tfjs-node, built; NASCENT_TENSORFLOW_PYTHON a Python that has TensorFlow.
 */
import { cpSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ExportedFile } from '../../src/cli/exporting.js';
import type { RunEvent } from '../../src/contracts/run.js';
import { openLedgerReader } from '../../src/log/open.js';
import { CELL, jsonLines, nascent, OTHER_CELL, startNascent, TINY, temporaryFolder } from '../unit/cli/command.js';
import { realFolder, WITHOUT_REAL } from '../unit/kernels/tensorflow-library.js';

const folder = temporaryFolder();
const environment = { NASCENT_TENSORFLOW: realFolder ?? '' };
const start = (...words: string[]) => startNascent(words, { folder, environment });
const run = (...words: string[]) => start(...words).ended;

describe.skipIf(realFolder === undefined)(`on TensorFlow (${WITHOUT_REAL})`, () => {
  const words = [...TINY, '--count', '8', '--train', '2', '--epochs', '3', '--workers', '2', '--engine', 'tensorflow'];

  test('a search that is killed in its training resumes on the same engine to the same end, and exports', async () => {
    const killed = start('search', ...words, '--ledger', 'killed.sqlite', '--json');
    await killed.waitFor('"type":"epoch"');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const [resumed, whole] = await Promise.all([
      run('resume', '--ledger', 'killed.sqlite', '--json'),
      run('search', ...words, '--ledger', 'whole.sqlite', '--json'),
    ]);
    expect(resumed).toMatchObject({ code: 0 });
    expect(whole).toMatchObject({ code: 0 });
    expect(outcome('killed.sqlite')).toEqual(outcome('whole.sqlite'));
    const exported = await run(
      'export',
      '--ledger',
      'killed.sqlite',
      '--format',
      'onnx',
      '--output',
      'models',
      '--json',
    );
    const [file] = jsonLines<ExportedFile>(exported.stdout);
    // The file runs on onnxruntime: what it predicts is what TensorFlow predicted.
    expect(file.check).toMatchObject({ agreeing: 40, of: 40 });
  }, 300_000);

  test('train and score take it', async () => {
    const trained = await run('train', '--arch', CELL, ...TINY, '--engine', 'tensorflow', '--format', 'none', '--json');
    expect(jsonLines<RunEvent>(trained.stdout).at(-1)).toMatchObject({ type: 'run-finished', best: expect.anything() });
    const score = (engine: string) =>
      run('score', '--arch', OTHER_CELL, ...TINY.slice(0, 8), '--engine', engine, '--json').then(
        ({ stdout }) => jsonLines<{ value: number }>(stdout)[0].value,
      );
    const [ours, theirs] = await Promise.all([score('tensorflow'), score('onnxruntime')]);
    expect(Math.abs(ours / theirs - 1)).toBeLessThan(1e-3);
  }, 300_000);

  test('auto says which engine it chose and why, and the run keeps it', async () => {
    const ended = await run('search', ...TINY, '--count', '2', '--train', '1', '--format', 'none', '--json');
    const [first] = jsonLines<Extract<RunEvent, { type: 'run-started' }>>(ended.stdout);
    const { engine } = first.configuration;
    expect(['onnxruntime', 'tensorflow']).toContain(engine);
    expect(first.engineChoice).toMatch(
      new RegExp(`^Engine auto chose ${engine}; a short probe took onnxruntime \\d+ ms, tensorflow \\d+ ms\\.$`),
    );
    expect(ended.stderr).toContain(first.engineChoice);
  });

  test('doctor finds it', async () => {
    const [report] = jsonLines<{ engines: { name: string }[] }>((await run('doctor', '--json')).stdout);
    expect(report.engines.find(({ name }) => name === 'tensorflow')).toMatchObject({
      ok: true,
      version: expect.stringMatching(/^4\.\d+\.\d+ TensorFlow \d+\.\d+\.\d+ (CPU|GPU)$/),
    });
  });
});

describe('where TensorFlow does not work', () => {
  const tensorflowOf = async (at: string) => {
    const ended = await nascent(['doctor', '--json'], { folder: at, environment: { NASCENT_TENSORFLOW: at } });
    const [report] = jsonLines<{ engines: { name: string }[] }>(ended.stdout);
    return report.engines.find(({ name }) => name === 'tensorflow');
  };

  test('because it is not installed: one sentence, and the command that installs it', async () => {
    const at = temporaryPlace();
    expect(await tensorflowOf(at)).toMatchObject({
      ok: false,
      missing: '@tensorflow/tfjs-node-gpu, or @tensorflow/tfjs-node without an NVIDIA GPU',
      command: 'npm install @tensorflow/tfjs-node-gpu',
    });
    const words = ['score', '--arch', CELL, '--engine', 'tensorflow'];
    const refused = await nascent(words, { folder: at, environment: { NASCENT_TENSORFLOW: at } });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^nascent: Expected @tensorflow\/tfjs-node-gpu or .* Run "npm install .*"\.\n$/);
  });

  test('because its addon was not built, or ends the process: the same', async () => {
    for (const [code, reason] of [
      [
        'throw new Error("The addon can not be found.\\nTry this and that.");',
        'does not load: The addon can not be found.',
      ],
      ['process.abort();', 'its probe ended with SIGABRT'],
    ]) {
      const at = temporaryPlace();
      const home = join(at, 'node_modules/@tensorflow/tfjs-node');
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '4.22.0', main: 'index.js' }));
      writeFileSync(join(home, 'index.js'), code);
      expect(await tensorflowOf(at)).toMatchObject({
        ok: false,
        provider: '@tensorflow/tfjs-node',
        missing: expect.stringContaining(reason),
        command: expect.stringMatching(/^np[mx] /),
      });
    }
  });
});

/** What a ledger's only run says of its candidates, its engine and its winner. */
function outcome(ledger: string) {
  const reader = openLedgerReader(join(folder, ledger));
  try {
    const { id, configuration } = reader.runs()[0];
    const events = reader.events(id);
    const last = events.at(-1);
    return {
      engine: configuration.engine,
      scored: events.flatMap((event) =>
        event.type === 'candidate-scored' ? [`${event.candidate} ${event.architecture} ${event.value}`] : [],
      ),
      best: last?.type === 'run-finished' ? last.best : undefined,
    };
  } finally {
    reader.close();
  }
}

const PYTHON = process.env.NASCENT_TENSORFLOW_PYTHON;
const WITHOUT_WHEEL = `${WITHOUT_REAL}, or NASCENT_TENSORFLOW_PYTHON no Python with TensorFlow`;

describe.skipIf(realFolder === undefined || PYTHON === undefined)(`--install-tensorflow (${WITHOUT_WHEEL})`, () => {
  const install = (at: string, python: string, ...more: string[]) =>
    nascent(['doctor', '--install-tensorflow', '--python', python, ...more], {
      folder: at,
      environment: { NASCENT_TENSORFLOW: at },
    });

  test('says what it will do and asks; where nobody can answer nothing happens', async () => {
    const { at, contents } = unbuiltPackage();
    const before = contents();
    const ended = await install(at, PYTHON ?? '');
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected --yes') });
    expect(ended.stdout).toMatch(/1\. link TensorFlow .* under .*tfjs-node\/deps/);
    expect(contents()).toEqual(before);
  });

  test('builds a package that then computes', async () => {
    const { at } = unbuiltPackage();
    expect(await install(at, PYTHON ?? '', '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/TensorFlow \S+ computes\./),
    });
  }, 300_000);

  test.each([
    ['the build fails', 'no library', 'Expected the addon to build, got:'],
    ['what was built does not work', '', 'The addon was built, but does not work:'],
  ])('puts everything back where %s', { timeout: 300_000 }, async (_, library, sentence) => {
    const { at, contents } = unbuiltPackage();
    const before = contents();
    const ended = await install(at, pythonWithLibraries(at, library), '--yes');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(contents()).toEqual(before);
  });
});

/** A folder with tfjs-node as npm leaves it without its install script, with an older `deps` of its own; all else is linked. */
function unbuiltPackage() {
  const at = temporaryPlace();
  const modules = join(realFolder ?? '', 'node_modules');
  const scope = join(at, 'node_modules', '@tensorflow');
  mkdirSync(scope, { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== '@tensorflow') symlinkSync(join(modules, name), join(at, 'node_modules', name));
  }
  for (const name of readdirSync(join(modules, '@tensorflow'))) {
    if (name !== 'tfjs-node') symlinkSync(join(modules, '@tensorflow', name), join(scope, name));
  }
  const made = ['deps', 'lib', 'build', 'build-tmp-napi-v8'].map((name) =>
    join(modules, '@tensorflow/tfjs-node', name),
  );
  const home = join(scope, 'tfjs-node');
  cpSync(join(modules, '@tensorflow/tfjs-node'), home, { recursive: true, filter: (path) => !made.includes(path) });
  mkdirSync(join(home, 'deps'));
  writeFileSync(join(home, 'deps', 'older'), 'kept');
  return { at, contents: () => (readdirSync(home, { recursive: true }) as string[]).sort() };
}

let places = 0;

function temporaryPlace(): string {
  const place = join(folder, `place${++places}`);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  return place;
}

/** A program that answers as Python would whose TensorFlow has its headers, and libraries with this content. */
function pythonWithLibraries(at: string, content: string): string {
  const wheel = join(at, 'wheel');
  const deps = join(realFolder ?? '', 'node_modules/@tensorflow/tfjs-node/deps');
  mkdirSync(wheel);
  symlinkSync(readlinkSync(join(deps, 'include')), join(wheel, 'include'));
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    writeFileSync(join(wheel, name), content);
  const program = join(at, 'python');
  writeFileSync(program, `#!/bin/sh\necho ${wheel}\necho 0.0.0\n`, { mode: 0o755 });
  return program;
}
