/** The real command as a subprocess, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'dist/src/cli/main.js');

export interface Ended {
  /** As a shell reports it: 128 and the signal's number where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Id of the user that the command runs as; default: that of the test. */
  readonly user?: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout holds `text`. */
  waitFor(text: string): Promise<void>;
}

/** A temporary folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nascent-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What starts the command, for a shell. */
export function commandWords(): string[] {
  return [process.execPath, ...entry()];
}

export function nascent(words: readonly string[], options: CommandOptions): Promise<Ended> {
  return startNascent(words, options).ended;
}

export function startNascent(words: readonly string[], { folder, environment, input, user }: CommandOptions): Running {
  const child = spawn(process.execPath, [...entry(), ...words], {
    cwd: folder,
    uid: user,
    // Nothing of the surrounding environment may change a result.
    env: { PATH: process.env.PATH, HOME: folder, ...environment },
  });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(input ?? '');
  const ended = new Promise<Ended>((settle) => {
    child.on('close', (code, signal) => settle({ code: code ?? SIGNAL_CODES[signal ?? ''] ?? -1, stdout, stderr }));
  });
  return {
    child,
    ended,
    waitFor: (text) =>
      new Promise((settle, fail) => {
        const watch = () => {
          if (stdout.includes(text)) settle();
        };
        watchers.push(watch);
        watch();
        ended.then((end) => fail(new Error(`ended before ${text}: ${JSON.stringify(end)}`)));
      }),
  };
}

const SIGNAL_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143, SIGABRT: 134 };

/** The built command where it is as new as the sources, as under `npm test`; else the sources. */
function entry(): string[] {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > newestSource()) return [BUILT];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', tsx, join(ROOT, 'src/cli/main.ts')];
}

function newestSource(): number {
  const folders = ['src', 'search-spaces', 'predictors'].map((folder) => join(ROOT, folder)).filter(existsSync);
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => statSync(join(file.parentPath, file.name)).mtimeMs),
  );
  return Math.max(...files);
}

/** Every line of `text` as JSON. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A search of seconds. */
export const TINY = [
  ...['--channels', '4', '--cells', '1', '--data', 'synthetic:train=200,test=100', '--score-batch', '16'],
  ...['--batch-size', '32', '--epochs', '1'],
];

export const CELL = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';
/** The same function as `CELL`: nodes 1 and 2 exchanged. */
export const SAME_CELL = '|none~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|';
export const OTHER_CELL =
  '|nor_conv_1x1~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|nor_conv_1x1~0|nor_conv_3x3~1|avg_pool_3x3~2|';
