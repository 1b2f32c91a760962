/** `search`: a program's door. Starts or resumes a run, joins the stages, and tells its story as it is written down. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf, NascentError } from '../base/errors.js';
import type { Ledger, LedgerReader } from '../contracts/ledger.js';
import type { RunEvent } from '../contracts/run.js';
import type { Steering } from '../contracts/steering.js';
import { openLedger, openLedgerReader } from '../log/open.js';
import { abortError } from '../workers/abort.js';
import { localPool } from '../workers/local-pool.js';
import { type ActiveRun, recordEvent } from './active-run.js';
import { completeConfiguration } from './configuration.js';
import { type EventSource, eventSource } from './event-stream.js';
import { exportStage } from './export-stage.js';
import { learnStage } from './learn-stage.js';
import { checkedOptions, type SearchOptions, type StartOptions } from './options.js';
import { compareVersions, type Prepared, prepare } from './prepare.js';
import { rankedCandidates } from './ranking.js';
import { recordResources } from './resources.js';
import { bestCandidate, type SearchResult, trainedCandidates } from './result.js';
import { scoreStage } from './score-stage.js';
import { RunSteering, steeringOf, type Wheel } from './steering.js';
import { retrainStage, trainStage } from './train-stage.js';

/**
 * A search on its way. Iterating tells its events from the first on, each of them in the ledger before it is told; leaving the
 * loop leaves the search going, `signal` stops it. What fails is thrown by the iteration and by `result`; looking at one of
 * them is enough.
 */
export interface SearchRun extends AsyncIterable<RunEvent> {
  /** What may be asked of the run while it runs: pauses, trainings and exports of single candidates, another number of trainings. */
  readonly steering: Steering;
  /** Resolves also where `signal` stopped the run: `interrupted` then says so. */
  readonly result: Promise<SearchResult>;
}

/**
 * Proposes and scores candidates, trains the best, exports the winner; everything into the ledger. Starts at once. With `learnsFrom:
 * 'evaluations'` every proposal is trained, and the sampler goes on from what came of it.
 *
 * When `signal` fires no new job begins: scores in flight are finished and recorded, trainings stop after their last recorded
 * epoch, and the run can be resumed. Where it fires before the run has begun there is nothing to resume, and `result`
 * rejects with an AbortError. Resuming a finished run gives its result again and tells no events.
 *
 * @throws nothing; see `SearchRun` for where failures go
 */
export function search(options: SearchOptions = {}): SearchRun {
  const source = eventSource(() => {
    // Listeners are told of a failure, so it has a witness.
    result.catch(() => {});
  });
  const wheel: Wheel = {};
  const result = follow(options, source, wheel);
  return { result, steering: steeringOf(wheel), [Symbol.asyncIterator]: () => source.events[Symbol.asyncIterator]() };
}

async function follow(options: SearchOptions, source: EventSource, wheel: Wheel): Promise<SearchResult> {
  let failure: { readonly error: unknown } | undefined;
  try {
    // Whoever called has the run in hand before anything happens.
    await nextTurn();
    const checked = checkedOptions(options);
    const call: SearchCall = { options: checked, source, wheel };
    return checked.resume === undefined ? await begin(call) : await resume(call, checked.resume);
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    source.end(failure);
  }
}

/** One call of `search`. */
interface SearchCall {
  readonly options: StartOptions;
  readonly source: EventSource;
  readonly wheel: Wheel;
}

async function begin(call: SearchCall): Promise<SearchResult> {
  const { options } = call;
  const prepared = await prepare(await completeConfiguration(options.settings));
  if (options.signal.aborted) throw abortError(options.signal);
  return withLedger(call, (ledger) => ({
    prepared,
    id: ledger.createRun(prepared.configuration, prepared.versions).id,
    resumed: false,
  }));
}

async function resume(call: SearchCall, named: string): Promise<SearchResult> {
  const { options } = call;
  // Read first: opening to write would make a ledger where there is none.
  const row = withReader(options.ledger, (reader) => reader.run(named));
  const { id, configuration } = row;
  if (row.status === 'finished') {
    const { resolve } = await import('../catalog.js');
    const space = (await resolve('spaces', configuration.space))(configuration.spaceOptions);
    const reader = openLedgerReader(options.ledger);
    try {
      return await resultOf(reader, { id, configuration, space }, options.started, false);
    } finally {
      reader.close();
    }
  }
  return withLedger(call, async (ledger) => {
    ledger.claimRun(id);
    const prepared = await prepare(configuration);
    const warning = compareVersions(id, row.versions, prepared.versions);
    return { prepared, id, resumed: true, warning };
  });
}

interface Opened {
  readonly prepared: Prepared;
  readonly id: string;
  readonly resumed: boolean;
  readonly warning?: string;
}

/** Opens the ledger, takes the run in it by `open`, and performs the run. */
async function withLedger(call: SearchCall, open: (ledger: Ledger) => Opened | Promise<Opened>): Promise<SearchResult> {
  const { options, source } = call;
  const ledger = openLedger(options.ledger);
  let closed = false;
  try {
    const opened = await open(ledger);
    source.begin(opened.id, lastSequence(ledger, opened.id), (look) =>
      closed ? withReader(ledger.path, look) : look(ledger),
    );
    return await perform(call, ledger, opened);
  } finally {
    closed = true;
    ledger.close();
  }
}

/** Of the run's events so far, read in pieces: a long run has many. */
function lastSequence(ledger: LedgerReader, run: string): number {
  let last = 0;
  while (true) {
    const events = ledger.events(run, last, 1000);
    if (events.length === 0) return last;
    last = events[events.length - 1].sequence;
  }
}

async function perform(
  { options, source, wheel }: SearchCall,
  ledger: Ledger,
  { prepared, id, resumed, warning }: Opened,
): Promise<SearchResult> {
  const pool = options.pool ?? localPool({ size: options.workers });
  const begun = { ...prepared, id, ledger, pool, signal: options.signal, changed: source.changed };
  const steering = new RunSteering(begun);
  const run: ActiveRun = { ...begun, steering };
  let stopRecording = () => {};
  try {
    const earlier = resumed ? ledger.events(id) : [];
    if (resumed) ledger.setStatus(id, 'running');
    const { configuration, versions, engineChoice } = prepared;
    recordEvent(run, { type: 'run-started', configuration, versions, resumed, ...(engineChoice && { engineChoice }) });
    if (warning !== undefined) recordEvent(run, { type: 'warning', message: warning });
    stopRecording = recordResources(run);
    steering.takeUp(earlier);
    wheel.steering = steering;
    const complete = (await passStages(run)) && !options.signal.aborted;
    await steering.end();
    if (complete) await finish(run, options.started);
    else
      interrupt(
        run,
        'interrupted',
        options.signal.aborted ? 'stopped by its caller' : 'asked to stop after what was in flight',
      );
    return await resultOf(ledger, run, options.started, !complete);
  } catch (error) {
    await steering.abandon();
    fail(run, error);
    throw error;
  } finally {
    stopRecording();
    if (!options.pool) await pool.close();
  }
}

/** @returns false where the caller's signal came before the end */
async function passStages(run: ActiveRun): Promise<boolean> {
  const { ledger, id, space, configuration } = run;
  const evaluated = configuration.learnsFrom === 'evaluations' ? learnStage(run) : scoreAndTrain(run);
  if (!(await evaluated)) return false;
  run.steering.endTrainings();
  if (!(await retrainStage(run))) return false;
  const best = await bestCandidate(ledger, id, space, configuration);
  return best === undefined || exportStage(run, best);
}

async function scoreAndTrain(run: ActiveRun): Promise<boolean> {
  const scored = await scoreStage(run);
  return scored.length === run.configuration.count && trainStage(run, rankedCandidates(run, scored));
}

async function finish(run: ActiveRun, started: number): Promise<void> {
  const { ledger, id, space, configuration } = run;
  const best = await bestCandidate(ledger, id, space, configuration);
  // A kill between the two leaves a run that resumes, finds nothing to do, and finishes again.
  recordEvent(run, { type: 'run-finished', best, seconds: secondsSince(started) });
  ledger.setStatus(id, 'finished');
}

function interrupt(run: ActiveRun, status: 'interrupted' | 'failed', reason: string): void {
  recordEvent(run, { type: 'run-interrupted', reason });
  run.ledger.setStatus(run.id, status);
}

/** What failed may be the ledger itself; then the failure alone is told. */
function fail(run: ActiveRun, error: unknown): void {
  try {
    interrupt(run, 'failed', messageOf(error));
  } catch (thrown) {
    if (!(thrown instanceof NascentError)) throw thrown;
  }
}

async function resultOf(
  ledger: LedgerReader,
  { id, configuration, space }: Pick<ActiveRun, 'id' | 'configuration' | 'space'>,
  started: number,
  interrupted: boolean,
): Promise<SearchResult> {
  const best = await bestCandidate(ledger, id, space, configuration);
  return {
    run: id,
    ledger: ledger.path,
    interrupted,
    ...(best && { best }),
    trained: trainedCandidates(ledger, id),
    artifacts: ledger.artifacts(id),
    seconds: secondsSince(started),
  };
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

function withReader<T>(path: string, look: (reader: LedgerReader) => T): T {
  const reader = openLedgerReader(path);
  try {
    return look(reader);
  } finally {
    reader.close();
  }
}
