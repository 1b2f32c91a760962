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
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as RunEvent;
    if (!when(event)) continue;
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

test('a search that is killed four times ends as one that is not', async () => {
  const calm = settings(folder());
  const undisturbed = search(calm);
  const disturbed = settings(folder());
  const { run } = await killed(disturbed, (event) => event.type === 'candidate-scored' && event.candidate === 5);
  const resume = { ledger: disturbed.ledger, resume: run, workers: 2 };
  const moments: readonly ((event: RunEvent) => boolean)[] = [
    (event) => event.type === 'training-started',
    (event) => event.type === 'epoch' && event.epoch === 2,
    (event) => event.type === 'exported',
  ];
  for (const moment of moments) await killed(resume, moment);

  const result = await search(resume).result;
  const expected = await undisturbed.result;
  expect(lasting(result)).toEqual(lasting(expected));
  expect(findings(disturbed.ledger, run)).toEqual(findings(calm.ledger, expected.run));
  const events = eventsOf(disturbed.ledger, run);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
  expect(events.filter(({ type }) => type === 'run-started')).toHaveLength(5);
  const scored = (all: readonly RunEvent[]) => all.filter(({ type }) => type === 'candidate-scored');
  // No candidate was scored twice, and none is missing.
  expect(lastingEvents(scored(events))).toEqual(lastingEvents(scored(eventsOf(calm.ledger, expected.run))));
}, 120_000);

test('a run that another process is at is left alone, also by a process that resumes it', async () => {
  const given = settings(folder());
  const holder = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify({ ...given, count: 5000 })], {
    stdio: ['ignore', 'pipe', 'inherit'],
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
