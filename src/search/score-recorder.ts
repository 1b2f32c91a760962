/** Writes candidates with their scores, each with enough provenance to compute it again. */

import { modules } from '../catalog.js';
import type { Json } from '../contracts/json.js';
import type { ScoreRow } from '../contracts/ledger.js';
import type { ScoreResult } from '../contracts/metric.js';
import type { Cost } from '../contracts/network.js';
import type { ActiveRun } from './active-run.js';
import { formSeenBy } from './forms.js';

/** A candidate that is next to be recorded. */
export interface NewCandidate {
  readonly architecture: string;
  /** The canonical form that stands for all that the metric cannot tell apart: what is scored. */
  readonly form: string;
  /** Not proposed: the sampler asked for its score. */
  readonly asked: boolean;
}

/** A recorded candidate with its score or the reason why there is none. */
export interface ScoredCandidate extends NewCandidate {
  readonly candidate: number;
  readonly value?: number;
  readonly failure?: string;
}

export interface ScoreOutcome {
  readonly score: ScoreResult;
  readonly seconds: number;
}

export interface ScoreRecorder {
  /** Candidates recorded so far, in order. */
  readonly recorded: readonly ScoredCandidate[];
  /** Those among them that were proposed: proposal i at place i. */
  readonly proposed: readonly ScoredCandidate[];
  formOf(architecture: unknown): string;
  /** Whether a candidate of this form is recorded: its score is shared. */
  knows(form: string): boolean;
  /** Records the candidate after the last one; `outcome` may be absent where its form is known. */
  record(candidate: NewCandidate, outcome: ScoreOutcome | undefined): ScoredCandidate;
}

/** @param asked recorded candidates that were not proposed */
export async function scoreRecorder(run: ActiveRun, asked: ReadonlySet<number>): Promise<ScoreRecorder> {
  const { space, metric, ledger, id } = run;
  const costOf = await costs(run);
  const formOf = (architecture: unknown) => formSeenBy(metric, space, architecture);
  const recorded: ScoredCandidate[] = [];
  const proposed: ScoredCandidate[] = [];
  const firstOf = new Map<string, ScoredCandidate>();
  const keep = (candidate: ScoredCandidate) => {
    recorded.push(candidate);
    if (!candidate.asked) proposed.push(candidate);
    if (!firstOf.has(candidate.form)) firstOf.set(candidate.form, candidate);
    return candidate;
  };

  const scores = new Map(ledger.scores(id).map((score) => [score.candidate, score]));
  for (const { candidate, architecture } of ledger.candidates(id)) {
    const form = formOf(space.parse(architecture));
    keep({ candidate, architecture, form, asked: asked.has(candidate), ...scoreOf(scores.get(candidate)!) });
  }
  return {
    recorded,
    proposed,
    formOf,
    knows: (form) => firstOf.has(form),
    record(added, outcome) {
      const shared = firstOf.get(added.form);
      const score = shared ? scoreOf(shared) : scoreOf(outcome!.score);
      const { architecture } = added;
      const candidate = recorded.length + 1;
      const row: ScoreRow = {
        candidate,
        provenance: provenanceOf(run, added.form),
        ...score,
        ...(shared && { sharedWith: shared.candidate }),
        seconds: shared ? 0 : outcome!.seconds,
      };
      ledger.recordScore(id, { candidate, architecture, ...costOf(architecture) }, row, added.asked);
      const kept = keep({ ...added, candidate, ...score });
      run.changed();
      return kept;
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
  const { architectureCost } = await modules.network();
  return (architecture) => {
    try {
      return architectureCost(space, space.parse(architecture), configuration.scoreSkeleton);
    } catch {
      // Where the cost cannot be told it is 0; why it cannot is recorded as the score's failure.
      return { parameters: 0, multiplyAdds: 0 };
    }
  };
}
