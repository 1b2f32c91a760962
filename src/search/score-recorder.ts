/** Writes candidates with their scores, each with enough provenance to compute it again. */
import { modules } from '../catalog.js';
import type { Json } from '../contracts/json.js';
import type { ScoreRow } from '../contracts/ledger.js';
import type { ScoreResult } from '../contracts/metric.js';
import type { Cost } from '../contracts/network.js';
import type { ActiveRun } from './active-run.js';

/** A recorded candidate with its score or the reason why there is none. */
export interface ScoredCandidate {
  readonly candidate: number;
  readonly architecture: string;
  readonly value?: number;
  readonly failure?: string;
}

/** A candidate that is next to be recorded. */
export interface Proposed {
  readonly candidate: number;
  readonly architecture: string;
  /** The canonical form that stands for all that the metric cannot tell apart: what is scored. */
  readonly form: string;
}

export interface ScoreOutcome {
  readonly score: ScoreResult;
  readonly seconds: number;
}

export interface ScoreRecorder {
  /** Whether a candidate of this form is recorded: its score is shared. */
  knows(form: string): boolean;
  /** Records the candidate after the last one; `outcome` may be absent where its form is known. */
  record(proposed: Proposed, outcome: ScoreOutcome | undefined): void;
}

/** @param scored the candidates recorded so far; grows with each that is recorded */
export async function scoreRecorder(run: ActiveRun, scored: ScoredCandidate[]): Promise<ScoreRecorder> {
  const { space, metric, ledger, id } = run;
  const costOf = await costs(run);
  const firstOf = new Map<string, ScoredCandidate>();
  const remember = (form: string, candidate: ScoredCandidate) => {
    if (!firstOf.has(form)) firstOf.set(form, candidate);
  };
  for (const candidate of scored) {
    remember(space.format(space.canonical(space.parse(candidate.architecture), metric.sees)), candidate);
  }
  return {
    knows: (form) => firstOf.has(form),
    record({ candidate, architecture, form }, outcome) {
      const shared = firstOf.get(form);
      const score = shared ? scoreOf(shared) : scoreOf(outcome!.score);
      const row: ScoreRow = {
        candidate,
        provenance: provenanceOf(run, form),
        ...score,
        ...(shared && { sharedWith: shared.candidate }),
        seconds: shared ? 0 : outcome!.seconds,
      };
      ledger.recordScore(id, { candidate, architecture, ...costOf(architecture) }, row);
      const recorded = { candidate, architecture, ...score };
      scored.push(recorded);
      remember(form, recorded);
      run.changed();
    },
  };
}

function scoreOf(score: { readonly value?: number; readonly failure?: string }): Pick<ScoreRow, 'value' | 'failure'> {
  return score.failure === undefined ? { value: score.value } : { failure: score.failure };
}

function provenanceOf({ configuration, data, engineVersion }: ActiveRun, form: string): ScoreRow['provenance'] {
  const skeleton: Json = { ...configuration.scoreSkeleton };
  return {
    metric: configuration.metric,
    settings: { space: configuration.space, spaceOptions: configuration.spaceOptions, skeleton, architecture: form },
    seed: configuration.seed,
    batch: `train-${configuration.scoreBatch}@${data.fingerprint.slice(0, 12)}`,
    engine: configuration.engine,
    version: engineVersion,
  };
}

/** Parameters and multiply-adds of the candidate itself: dead branches, which its canonical form lacks, count in published tables. */
async function costs({ space, configuration }: ActiveRun): Promise<(architecture: string) => Cost> {
  const { networkCost } = await modules.network();
  const known = new Map<string, Cost>();
  return (architecture) => {
    const cost = known.get(architecture) ?? costOrNothing();
    known.set(architecture, cost);
    return cost;

    function costOrNothing(): Cost {
      try {
        return networkCost(space.network(space.parse(architecture), configuration.scoreSkeleton));
      } catch {
        // A network that cannot be built costs nothing; why it cannot is recorded as the score's failure.
        return { parameters: 0, multiplyAdds: 0 };
      }
    }
  };
}
