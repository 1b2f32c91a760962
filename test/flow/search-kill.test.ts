/** `kill -9` at several moments of a search: it resumes, and ends as a search that nobody disturbed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/contracts/run.js';
import { openLedgerReader } from '../../src/log/open.js';
import type { SearchOptions } from '../../src/search/options.js';
import { search } from '../../src/search/search.js';
import { eventsOf, folder, lasting, lastingEvents, smallRun } from '../unit/search/fixtures.js';

const CHILD = fileURLToPath(new URL('./search-child.ts', import.meta.url));

/** Runs a search and kills it at the first event for which `when` holds, without letting it do anything more. */
async function killed(options: SearchOptions, when: (event: RunEvent) => boolean): Promise<RunEvent> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as RunEvent;
    if (!when(event)) {
      child.stdin!.write('.');
      continue;
    }
    child.kill('SIGKILL');
    const [, signal] = await ended;
    expect(signal).toBe('SIGKILL');
    return event;
  }
  return expect.unreachable('the search ended by itself');
}

/** What a run has found, whoever did what of it. */
function findings(ledger: string, run: string): unknown {
  const reader = openLedgerReader(ledger);
  const evaluations = reader.evaluations(run);
  const found = {
    candidates: reader.candidates(run),
    scores: reader.scores(run),
    evaluations,
    epochs: evaluations.map(({ evaluation }) => reader.epochs(run, evaluation)),
    weights: evaluations.map(({ evaluation }) => reader.weights(run, evaluation)),
    artifacts: reader.artifacts(run).map(({ format, check }) => ({ format, check })),
    status: reader.run(run).status,
  };
  reader.close();
  return lasting(found);
}

function settings(path: string): SearchOptions & { readonly ledger: string } {
  return { ...smallRun(path), count: 12, recipe: { epochs: 4, batchSize: 32, warmupEpochs: 0 }, workers: 2 };
}

/** A search that is killed at each of these moments and resumed, beside one of the same settings that nobody disturbs. */
async function killedAndCalm(given: Partial<SearchOptions>, moments: readonly ((event: RunEvent) => boolean)[]) {
  const calm = { ...settings(folder()), ...given };
  const undisturbed = search(calm);
  const disturbed = { ...settings(folder()), ...given };
  const [first, ...others] = moments;
  const { run } = await killed(disturbed, first);
  const resume = { ledger: disturbed.ledger, resume: run, workers: 2 };
  for (const moment of others) await killed(resume, moment);

  const result = await search(resume).result;
  const expected = await undisturbed.result;
  expect(lasting(result)).toEqual(lasting(expected));
  expect(findings(disturbed.ledger, run)).toEqual(findings(calm.ledger, expected.run));
  const events = eventsOf(disturbed.ledger, run);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
  expect(events.filter(({ type }) => type === 'run-started')).toHaveLength(moments.length + 1);
  const once = (all: readonly RunEvent[]) => lastingEvents(all.filter(({ type }) => ONCE.includes(type)));
  // No candidate was scored twice, no fit told twice, and none is missing.
  expect(once(events)).toEqual(once(eventsOf(calm.ledger, expected.run)));
}

const ONCE: readonly RunEvent['type'][] = ['candidate-scored', 'predictor-fitted', 'evaluation-shared'];

test('a search that is killed four times ends as one that is not', async () => {
  await killedAndCalm({}, [
    (event) => event.type === 'candidate-scored' && event.candidate === 5,
    (event) => event.type === 'training-started',
    (event) => event.type === 'epoch' && event.epoch === 2,
    (event) => event.type === 'exported',
  ]);
}, 120_000);

const LEARNING = { learnsFrom: 'evaluations', recipe: { epochs: 2, batchSize: 32, warmupEpochs: 0 } } as const;

test('so does one that learns from evaluations', async () => {
  const samplerOptions = { predictor: 'ridge', initial: 4, batch: 2 };
  await killedAndCalm({ ...LEARNING, sampler: 'weaknas', samplerOptions, train: 8 }, [
    (event) => event.type === 'candidate-scored' && event.candidate === 3,
    (event) => event.type === 'predictor-fitted' && event.iteration === 1,
    (event) => event.type === 'epoch' && event.evaluation >= 6,
  ]);
}, 120_000);

test('so does one that asks for scores', async () => {
  const samplerOptions = { population: 4, draws: 12 };
  await killedAndCalm({ ...LEARNING, sampler: 'area', samplerOptions, train: 6, count: 10 }, [
    (event) => event.type === 'candidate-scored' && event.candidate === 4,
    (event) => event.type === 'candidate-scored' && event.candidate === 12,
  ]);
}, 120_000);

test('a run that another process is at is left alone, also by a process that resumes it', async () => {
  const given = settings(folder());
  const holder = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify({ ...given, count: 5000 })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  const [line] = (await once(createInterface({ input: holder.stdout! }), 'line')) as [string];
  const { run } = JSON.parse(line) as RunEvent;
  try {
    await expect(search({ ledger: given.ledger, resume: run }).result).rejects.toMatchObject({
      code: 'ledger',
      exitCode: 2,
      message: expect.stringContaining(`Run ${run} is being written by process ${holder.pid}`),
    });
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
}, 60_000);
