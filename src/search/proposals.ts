/**
 * Proposals in order, each made from exactly the observations that it needs, however many more are in: what a sampler knows when it
 * proposes does not depend on how many workers were quick, and replaying the ledger gives the same proposals.
 */
import type { FitReport, Observation, Sampler } from '../contracts/sampler.js';
import type { ActiveRun } from './active-run.js';
import { fitReports } from './fit-reports.js';
import { type History, historyOf } from './history.js';
import { knowledgeOf } from './knowledge.js';
import { ScoreQueue } from './score-queue.js';
import { scoreRecorder } from './score-recorder.js';

/** Gives the outcome of a recorded proposal: what was evaluated, and its value, higher is better. */
export type Observe = (proposal: number) => Pick<Observation, 'architecture' | 'value'>;

export interface Proposals {
  /** Whether proposal `index` may be made once the first `settled` have their outcomes. */
  ready(index: number, settled: number): boolean;
  propose(index: number): Promise<unknown>;
}

/** @param make the sampler, given where to report what it thinks: heard together with what it saw */
export function proposals(
  make: (report: (fit: FitReport) => void) => Sampler,
  observe: Observe,
  heard: (fit: FitReport, seen: readonly Observation[]) => void = () => {},
): Proposals {
  const all: Observation[] = [];
  let seen: readonly Observation[] = [];
  const sampler = make((fit) => heard(fit, seen));
  return {
    ready: (index, settled) => sampler.needs(index) <= settled,
    async propose(index) {
      const needed = sampler.needs(index);
      while (all.length < needed) all.push({ proposal: all.length, ...observe(all.length) });
      seen = all.slice(0, needed);
      return sampler.propose(index, seen);
    },
  };
}

/** What a stage that proposes works with, made from what the ledger holds of the run. */
export interface Proposing {
  readonly history: History;
  readonly queue: ScoreQueue;
  /** The run's own sampler, which may know costs and scores, and fit predictors. */
  proposer(observe: Observe): Promise<Proposals>;
}

export async function proposing(run: ActiveRun): Promise<Proposing> {
  const history = historyOf(run);
  const queue = new ScoreQueue(run, await scoreRecorder(run, history.asked));
  return {
    history,
    queue,
    async proposer(observe) {
      const knowledge = await knowledgeOf(run, queue, history);
      return proposals((report) => run.sampler({ knowledge, report }), observe, fitReports(run, history));
    },
  };
}
