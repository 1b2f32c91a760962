/** Directories to write ledgers in, refusals, and child processes that write. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, expect } from 'vitest';
import { NascentError } from '../../../src/base/errors.js';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

/** Runs after the test, whether it passed or not. */
export function afterTest(cleanUp: () => void): void {
  cleanUps.push(cleanUp);
}

/** A directory of the test's own. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'nascent-log-'));
  afterTest(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Where ledgers of earlier versions are kept as SQL text. */
export const FIXTURES = fileURLToPath(new URL('../../reference/ledgers', import.meta.url));

export const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

/** A new file with the ledger of a fixture. */
export function fromFixture(name: string): string {
  const path = join(directory(), 'ledger.db');
  const database = new Database(path);
  database.exec(fixture(name));
  database.close();
  return path;
}

/** A ledger that is closed after the test. */
export function closing<L extends { close(): void }>(ledger: L): L {
  afterTest(() => ledger.close());
  return ledger;
}

/** What `work` throws, which has to be a NascentError of the ledger. */
export function refusal(work: () => unknown): NascentError {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(NascentError);
  const error = thrown as NascentError;
  expect(error.code).toBe('ledger');
  return error;
}

/** Whether events are numbered 1, 2, 3, … */
export function expectGapless(events: readonly { readonly sequence: number }[]): void {
  expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => index + 1));
}

export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** The next line that it prints; undefined at its end. */
  line(): Promise<string | undefined>;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts `children/NAME.ts` in a process of its own, killed after the test at the latest. */
export function startChild(name: string, args: readonly string[], user?: number): Child {
  const script = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url));
  const process = spawn(globalThis.process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    ...(user !== undefined && { uid: user, gid: user }),
  });
  const exited = once(process, 'exit');
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  afterTest(() => process.kill('SIGKILL'));
  return {
    process,
    line: async () => {
      const next = await lines.next();
      return next.done ? undefined : next.value;
    },
    kill: async () => {
      process.kill('SIGKILL');
      await exited;
    },
  };
}
