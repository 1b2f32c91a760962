/** A run in progress: what every stage works with. */
import { type ErrorCode, NascentError } from '../base/errors.js';
import type { DataReference, NetworkReference, WorkerPool } from '../contracts/job.js';
import type { Ledger } from '../contracts/ledger.js';
import type { RunConfiguration, RunEventBody } from '../contracts/run.js';
import type { SkeletonOptions } from '../contracts/search-space.js';
import { isAbort } from '../workers/abort.js';
import type { Prepared } from './prepare.js';
import type { RunSteering } from './steering.js';

export interface ActiveRun extends Prepared {
  readonly id: string;
  readonly ledger: Ledger;
  readonly pool: WorkerPool;
  /** Fires when the caller wants the run to stop: no new jobs. */
  readonly signal: AbortSignal;
  /** What a person may ask of the run, and what stages have to heed of it. */
  readonly steering: RunSteering;
  /** Tells those who iterate that the ledger holds more. To be called after each `ledger.record…`. */
  changed(): void;
}

/** Writes an event that has no further facts. */
export function recordEvent(run: Pick<ActiveRun, 'id' | 'ledger' | 'changed'>, event: RunEventBody): void {
  run.ledger.recordEvent(run.id, event);
  run.changed();
}

export function networkReference(
  { space, spaceOptions }: RunConfiguration,
  skeleton: SkeletonOptions,
  architecture: string,
): NetworkReference {
  return { space, spaceOptions, skeleton, architecture };
}

export function dataReference({ data, testData, seed }: RunConfiguration): DataReference {
  return testData === undefined ? { data, seed } : { data, testData, seed };
}

/** Threads of one job: candidates side by side use the cores better, and a result does not depend on the machine's number of cores. */
export const THREADS = 1;

/** These concern the whole run, not one candidate: going on would only repeat them. */
const FATAL: readonly ErrorCode[] = ['usage', 'data', 'ledger'];

export function isFatal(thrown: unknown): boolean {
  return thrown instanceof NascentError && FATAL.includes(thrown.code);
}

/** Whether work ended because the run was told to stop. */
export function isStop({ signal }: ActiveRun, thrown: unknown): boolean {
  return signal.aborted && isAbort(thrown);
}
