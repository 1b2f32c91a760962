import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/base/hash.js';
import type { Ledger } from '../../../src/contracts/ledger.js';
import type { Checkpoint } from '../../../src/contracts/training.js';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import { epoch, runInTraining } from './children/records.js';
import { afterTest, directory, expectGapless, refusal } from './fixtures.js';

/** A directory on a file system of `size`; undefined where this user may not mount one. */
function smallDisk(size: string): string | undefined {
  const path = directory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'nascent-test', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  afterTest(() => execFileSync('umount', [path]));
  return path;
}

/** A checkpoint of one megabyte for each epoch so far: sooner or later one does not fit. */
function growingCheckpoint(number: number): Checkpoint {
  const data = new Float32Array(number * 256 * 1024).fill(number);
  return { epoch: number, tensors: { weights: { dtype: 'float32', shape: [data.length], data } } };
}

/** Comparing millions of elements one by one takes seconds. */
function digest(data: Float32Array | Int32Array): string {
  return sha256(new Uint8Array(data.buffer));
}

/** What the ledger holds of the run that `runInTraining` made, the checkpoint in short. */
function contents(ledger: Pick<Ledger, 'events' | 'epochs' | 'checkpoint' | 'scores'>, id: string) {
  const state = ledger.checkpoint(id, 1)!;
  const digests = Object.values(state.tensors).map(({ data }) => digest(data));
  return [ledger.events(id), ledger.epochs(id, 1), ledger.scores(id), state.epoch, digests];
}

test('a full disk loses only the record that did not fit, and writing goes on when there is space', (context) => {
  const disk = smallDisk('12m');
  if (!disk) return context.skip('skipped: only root can mount the small disk that this test fills');
  const path = join(disk, 'ledger.db');
  const ledger = openLedger(path);
  const id = runInTraining(ledger);
  let before = contents(ledger, id);
  let number = 1;
  const error = refusal(() => {
    while (number < 20) {
      number++;
      ledger.recordEpoch(id, 1, epoch(number), growingCheckpoint(number));
      before = contents(ledger, id);
    }
  });
  expect(error.message).toBe(
    `The disk is full, so ledger ${path} could not be written; free some space and resume, everything recorded before is kept.`,
  );
  expect(error.exitCode).toBe(1);
  expect(number).toBeGreaterThan(2);
  expect(contents(ledger, id)).toEqual(before);

  const reader = openLedgerReader(path);
  expect(contents(reader, id)).toEqual(before);
  reader.close();
  ledger.close();
  const again = openLedger(path);
  expect(contents(again, id)).toEqual(before);
  execFileSync('mount', ['-o', 'remount,size=64m', disk]);
  again.claimRun(id);
  again.recordEpoch(id, 1, epoch(number), growingCheckpoint(number));
  const [kept, given] = [again.checkpoint(id, 1)!, growingCheckpoint(number)];
  expect(digest(kept.tensors.weights.data)).toBe(digest(given.tensors.weights.data));
  expectGapless(again.events(id));
  again.close();
});

test('no space for a new ledger', (context) => {
  const disk = smallDisk('16k');
  if (!disk) return context.skip('skipped: only root can mount the small disk that this test fills');
  const error = refusal(() => openLedger(join(disk, 'ledger.db')));
  expect(error.message).toMatch(/^The disk (is full, so|failed or is full at) ledger/);
  expect(error.exitCode).toBe(1);
});
