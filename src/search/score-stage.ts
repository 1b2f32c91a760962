/** The score stage: candidates are proposed, scored in the pool, and recorded in the order of their proposals. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NascentError } from '../base/errors.js';
import { type ActiveRun, isStop, recordEvent } from './active-run.js';
import { higherIsBetter } from './knowledge.js';
import { type Proposing, proposing } from './proposals.js';
import type { ScoredCandidate } from './score-recorder.js';

/** @returns all proposed candidates in order; fewer than `count` where the run was told to stop */
export async function scoreStage(run: ActiveRun): Promise<readonly ScoredCandidate[]> {
  const begun = await proposing(run);
  const { proposed } = begun.queue;
  const { count } = run.configuration;
  recordEvent(run, { type: 'stage-started', stage: 'score', total: count, done: proposed.length });
  if (proposed.length < count) await scoreRest(run, begun);
  if (proposed.length === count) requireSomeScore(proposed);
  return proposed;
}

function requireSomeScore(scored: readonly ScoredCandidate[]): void {
  if (scored.some(({ value }) => value !== undefined)) return;
  const words = `Expected at least one of ${scored.length} candidates to get a score, got none; the first: ${scored[0].failure}`;
  throw new NascentError('machine', words);
}

async function scoreRest(run: ActiveRun, { queue, proposer }: Proposing): Promise<void> {
  const { space, configuration, steering } = run;
  const { proposed } = queue;
  const { ready, propose } = await proposer((proposal) => ({
    architecture: space.parse(proposed[proposal].architecture),
    value: higherIsBetter(run, proposed[proposal]),
  }));
  let next = proposed.length;
  try {
    while (next < configuration.count || queue.running > 0) {
      const { change } = steering;
      const mayPropose = steering.isOpen && queue.hasRoom && next < configuration.count;
      if (mayPropose && ready(next, proposed.length)) {
        queue.add(await propose(next++));
        await nextTurn();
      } else if (queue.running > 0) await Promise.race([queue.jobEnd(), change]);
      else if (steering.isPaused) await change;
      else break;
    }
  } catch (thrown) {
    if (!isStop(run, thrown)) throw thrown;
  } finally {
    await queue.idle();
  }
}
