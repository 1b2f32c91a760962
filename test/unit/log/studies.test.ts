/** What studies keep in the ledger's file. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { StudyRunResult } from '../../../src/contracts/study.js';
import { openLedger } from '../../../src/log/open.js';
import { openStudies } from '../../../src/log/studies.js';
import { runInTraining } from './children/records.js';
import { afterTest, closing, directory, fromFixture, refusal } from './fixtures.js';

const path = () => join(directory(), 'ledger.db');
const RESULT: StudyRunResult = { order: [4, 0, 17], scored: 12, scoringSeconds: 0.1 + 0.2, seconds: 1e-7, fits: 3 };

describe('what was kept', () => {
  test('is there under its key alone, and after the file was closed', () => {
    const file = path();
    const store = openStudies(file);
    expect(store.run('a')).toBeUndefined();
    store.keepRun('a', RESULT);
    store.keepScore('k', '|cell~0|', { value: -3.25, seconds: 0.5 });
    store.keepScore('k', '|cell~1|', { failure: 'two images share every code', seconds: 0.25 });
    store.close();
    const again = closing(openStudies(file));
    expect(again.run('a')).toEqual(RESULT);
    expect(again.run('b')).toBeUndefined();
    expect(again.score('k', '|cell~0|')).toEqual({ value: -3.25, seconds: 0.5 });
    expect(again.score('k', '|cell~1|')).toEqual({ failure: 'two images share every code', seconds: 0.25 });
    expect(again.score('k', '|cell~2|')).toBeUndefined();
    expect(again.score('other', '|cell~0|')).toBeUndefined();
    expect(readdirSync(join(file, '..'))).toEqual(expect.arrayContaining(['ledger.db']));
  });

  test('is the last run of a key, and the first score: whoever computed it, it is the same', () => {
    const store = closing(openStudies(path()));
    store.keepRun('a', RESULT);
    store.keepRun('a', { ...RESULT, order: [1] });
    expect(store.run('a')?.order).toEqual([1]);
    store.keepScore('k', 'cell', { value: 1, seconds: 1 });
    store.keepScore('k', 'cell', { value: 1, seconds: 9 });
    expect(store.score('k', 'cell')).toEqual({ value: 1, seconds: 1 });
  });

  test('is seen by others who have the file open, and they may write too', () => {
    const file = path();
    const [one, other] = [closing(openStudies(file)), closing(openStudies(file))];
    one.keepRun('a', RESULT);
    other.keepScore('k', 'cell', { value: 2, seconds: 0 });
    expect(other.run('a')).toEqual(RESULT);
    expect(one.score('k', 'cell')?.value).toBe(2);
  });

  test('is kept beside the runs of searches', () => {
    const file = path();
    const ledger = closing(openLedger(file));
    const id = runInTraining(ledger);
    closing(openStudies(file)).keepRun('a', RESULT);
    expect(ledger.runs()).toMatchObject([{ id }]);
  });

  test('is a score or a reason, never neither', () => {
    const store = closing(openStudies(path()));
    expect(refusal(() => store.keepScore('k', 'cell', { seconds: 1 })).message).toMatch(/CHECK/);
    expect(store.score('k', 'cell')).toBeUndefined();
  });
});

describe('files', () => {
  test('of the first format are brought up to date', () => {
    const file = fromFixture('version-1.sql');
    const store = openStudies(file);
    store.keepRun('a', RESULT);
    store.close();
    expect(closing(openLedger(file)).runs()).toHaveLength(1);
    expect(closing(openStudies(file)).run('a')).toEqual(RESULT);
  });

  test('of the second format hold what it said', () => {
    const store = closing(openStudies(fromFixture('version-2.sql')));
    expect(store.run('run of a study')).toEqual({
      ...{ order: [3, 1, 2], scored: 2, scoringSeconds: 0.75, seconds: 0.5, fits: 1 },
    });
    expect(store.score('scores of a study', '|cell~1|')).toEqual({ value: 12.5, seconds: 0.25 });
    expect(store.score('scores of a study', '|cell~2|')).toEqual({ failure: 'not finite', seconds: 0.5 });
  });

  test('that are something else are refused', () => {
    const file = path();
    const foreign = new Database(file);
    foreign.exec('CREATE TABLE songs (title TEXT)');
    foreign.close();
    expect(refusal(() => openStudies(file)).message).toBe(`${file} is a SQLite file, but not a nascent ledger.`);
    expect(refusal(() => openStudies(join(file, 'below'))).exitCode).toBe(2);
    expect(existsSync(join(file, 'below'))).toBe(false);
  });

  test('that are locked make it wait, then give up', () => {
    const file = path();
    const store = closing(openStudies(file, { busyTimeout: 20 }));
    const other = new Database(file);
    afterTest(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(refusal(() => store.keepRun('a', RESULT)).message).toMatch(/is locked by another process/);
    other.exec('ROLLBACK');
    store.keepRun('a', RESULT);
    expect(store.run('a')).toEqual(RESULT);
  });
});
