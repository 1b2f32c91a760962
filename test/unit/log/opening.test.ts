/** What openLedger refuses, each in one sentence, and that nothing is lost by it. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import { candidate, configuration, runInTraining, score, versions } from './children/records.js';
import { afterTest, closing, directory, expectGapless, refusal, startChild } from './fixtures.js';

/** Root may write read-only files, so that children of root's tests run as this user (`nobody`). */
const USER = process.getuid?.() === 0 ? 65534 : undefined;

/** A closed ledger of one run in training with four events. */
function finishedLedger(): { path: string; id: string } {
  const path = join(directory(), 'ledger.db');
  const ledger = openLedger(path);
  const id = runInTraining(ledger);
  ledger.close();
  return { path, id };
}

function expectWhole(path: string, id: string, events = 4): void {
  const ledger = openLedgerReader(path);
  expect(ledger.events(id)).toHaveLength(events);
  expectGapless(ledger.events(id));
  ledger.close();
}

describe('wrong files', () => {
  test.each(['hello\n', 'x'.repeat(5000)])('a file that is not SQLite', (content) => {
    const path = join(directory(), 'notes.txt');
    writeFileSync(path, content);
    for (const open of [openLedger, openLedgerReader]) {
      const error = refusal(() => open(path));
      expect(error.message).toBe(`${path} is not a SQLite file, so it cannot be a ledger.`);
      expect(error.exitCode).toBe(2);
    }
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test("another program's SQLite file, which stays as it was", () => {
    const path = join(directory(), 'songs.db');
    const foreign = new Database(path);
    foreign.exec('CREATE TABLE songs (title TEXT)');
    foreign.close();
    const before = readFileSync(path);
    for (const open of [openLedger, openLedgerReader]) {
      const error = refusal(() => open(path));
      expect(error.message).toBe(`${path} is a SQLite file, but not a nascent ledger.`);
      expect(error.exitCode).toBe(2);
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a ledger of a newer version', () => {
    const { path, id } = finishedLedger();
    const setVersion = (version: number) => {
      const raw = new Database(path);
      raw.pragma(`user_version = ${version}`);
      raw.close();
    };
    setVersion(99);
    for (const open of [openLedger, openLedgerReader]) {
      const error = refusal(() => open(path));
      expect(error.message).toBe(
        `Ledger ${path} is of format version 99, and this nascent knows versions up to 2; install a newer nascent to open it.`,
      );
      expect(error.exitCode).toBe(2);
    }
    setVersion(2);
    expectWhole(path, id);
  });

  test('a directory, a device, an unnamed database', () => {
    const path = directory();
    expect(refusal(() => openLedger(path)).message).toBe(
      `Expected the ledger's path to name a file, but ${path} is a directory.`,
    );
    expect(refusal(() => openLedgerReader('/dev/null')).message).toMatch(/\/dev\/null is not a regular file/);
    expect(refusal(() => openLedger(' ')).message).toBe(`Expected the ledger's path to name a file, got " ".`);
    expect(refusal(() => openLedger(':memory:')).exitCode).toBe(2);
  });

  test('a directory that cannot be made', () => {
    const { path } = finishedLedger();
    const error = refusal(() => openLedger(join(path, 'below', 'ledger.db')));
    expect(error.message).toMatch(/^The directory of ledger .* cannot be made \(ENOTDIR/);
    expect(error.exitCode).toBe(2);
  });

  test('nothing there to read', () => {
    const path = join(directory(), 'absent', 'ledger.db');
    expect(refusal(() => openLedgerReader(path)).message).toBe(`There is no ledger at ${path}.`);
    expect(existsSync(join(path, '..'))).toBe(false);
    const empty = join(directory(), 'empty.db');
    writeFileSync(empty, '');
    expect(refusal(() => openLedgerReader(empty)).message).toMatch(/is a SQLite file, but not a nascent ledger/);
    expect(closing(openLedger(empty)).runs()).toEqual([]);
  });

  test('a damaged ledger', () => {
    const { path } = finishedLedger();
    const content = readFileSync(path);
    content.fill(0xff, 4096);
    writeFileSync(path, content);
    const error = refusal(() => openLedgerReader(path).runs());
    expect(error.message).toMatch(/^Ledger .* is damaged \(.*\); restore it from a copy\.$/);
    expect(error.exitCode).toBe(1);
  });
});

describe('a lock held by another process', () => {
  test('past the busy timeout, opening and writing give up; then everything is still there', async () => {
    const { path, id } = finishedLedger();
    const locker = startChild('lock-file', [path]);
    expect(await locker.line()).toBe('locked');
    for (const open of [openLedger, openLedgerReader]) {
      const error = refusal(() => open(path, { busyTimeout: 50 }));
      expect(error.message).toBe(
        `Ledger ${path} is locked by another process, and stayed so for 0.05 s; close that program and try again, everything recorded before is kept.`,
      );
      expect(error.exitCode).toBe(1);
    }
    await locker.kill();
    expectWhole(path, id);
  });

  test('a record that cannot be written is not kept in part', () => {
    const { path, id } = finishedLedger();
    const ledger = closing(openLedger(path, { busyTimeout: 50 }));
    ledger.claimRun(id);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(refusal(() => ledger.recordScore(id, candidate(3), score(3))).message).toMatch(
      /is locked by another process/,
    );
    expect(ledger.candidates(id)).toHaveLength(2);
    other.exec('ROLLBACK');
    other.close();
    expect(ledger.recordScore(id, candidate(3), score(3)).sequence).toBe(5);
  });
});

describe('read-only files', () => {
  const sentence = (path: string) => ({
    expected: true,
    code: 'ledger',
    message: `Ledger ${path} cannot be written: its file or directory is read-only for this user.`,
    exitCode: 2,
  });
  const attempt = async (path: string, mode: 'write' | 'read') =>
    JSON.parse((await startChild('try-open', [path, mode], USER).line())!);

  test('a read-only file is refused for writing and read all the same', async () => {
    const { path, id } = finishedLedger();
    chmodSync(join(path, '..'), 0o777);
    chmodSync(path, 0o444);
    expect(await attempt(path, 'write')).toEqual(sentence(path));
    expect(await attempt(path, 'read')).toEqual({ runs: 1 });
    expectWhole(path, id);
  });

  test('a read-only directory too, also when a killed writer left the file marked as having a log', async () => {
    const { path, id } = finishedLedger();
    chmodSync(path, 0o666);
    chmodSync(join(path, '..'), 0o555);
    afterTest(() => chmodSync(join(path, '..'), 0o755));
    expect(await attempt(path, 'write')).toEqual(sentence(path));
    expect(await attempt(path, 'read')).toEqual({ runs: 1 });
    chmodSync(join(path, '..'), 0o755);
    const raw = new Database(path);
    raw.pragma('journal_mode = WAL');
    raw.close();
    chmodSync(join(path, '..'), 0o555);
    expect(await attempt(path, 'write')).toEqual(sentence(path));
    expect(await attempt(path, 'read')).toEqual({ runs: 1 });
    expectWhole(path, id);
  });

  test('a new ledger in a read-only directory, and a file that may not even be read', async () => {
    const parent = directory();
    chmodSync(parent, 0o555);
    expect(await attempt(join(parent, 'new.db'), 'write')).toEqual(sentence(join(parent, 'new.db')));
    expect(await attempt(join(parent, 'below', 'new.db'), 'write')).toMatchObject({ code: 'ledger', exitCode: 2 });
    const { path } = finishedLedger();
    chmodSync(join(path, '..'), 0o755);
    chmodSync(path, 0o000);
    expect((await attempt(path, 'read')).message).toMatch(/cannot be read: this user may not open the file/);
  });
});

describe('a ledger at rest', () => {
  test('is one file, which reading leaves untouched with nothing beside it', () => {
    const { path, id } = finishedLedger();
    const parent = join(path, '..');
    const before = { content: readFileSync(path), changed: statSync(path).mtimeMs };
    expect(readdirSync(parent)).toEqual(['ledger.db']);
    for (const open of [() => openLedgerReader(path), () => openLedger(path, { readonly: true })]) {
      const ledger = open();
      expect(ledger.events(id)).toHaveLength(4);
      expect(ledger.checkpoint(id, 1)?.epoch).toBe(1);
      expect(readdirSync(parent)).toEqual(['ledger.db']);
      ledger.close();
    }
    expect(readdirSync(parent)).toEqual(['ledger.db']);
    expect(readFileSync(path).equals(before.content)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(before.changed);
  });

  test('reads the same from a copy whose log was left behind empty', () => {
    const { path, id } = finishedLedger();
    const raw = new Database(path);
    raw.pragma('journal_mode = WAL');
    raw.close();
    const copy = join(directory(), 'copy.db');
    copyFileSync(path, copy);
    expectWhole(copy, id);
  });

  test('a reader opened before a writer sees what it writes, and a reader never stops the writer', () => {
    const { path, id } = finishedLedger();
    const reader = closing(openLedgerReader(path));
    expect(reader.events(id)).toHaveLength(4);
    const writer = openLedger(path, { busyTimeout: 0 });
    writer.claimRun(id);
    writer.recordEvent(id, { type: 'warning', message: 'seen' });
    expect(reader.events(id, 4)).toMatchObject([{ type: 'warning', message: 'seen' }]);
    writer.close();
    expect(reader.events(id)).toHaveLength(5);
  });

  test('odd names and blanks around a path', () => {
    const path = join(directory(), 'a b?#%20.db');
    mkdirSync(join(path, '..'), { recursive: true });
    const ledger = closing(openLedger(` ${path} `));
    expect(ledger.path).toBe(path);
    ledger.createRun(configuration, versions);
    expect(existsSync(path)).toBe(true);
  });
});
