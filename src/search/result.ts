/** What a search gives back, read from the ledger: the same for a run that was resumed, and for one that had finished before. */
import { modules } from '../catalog.js';
import type { ArtifactRow, EvaluationRow, LedgerReader } from '../contracts/ledger.js';
import type { BestCandidate, RunConfiguration } from '../contracts/run.js';
import type { SearchSpace } from '../contracts/search-space.js';
import { bestEvaluation } from './ranking.js';

/** An evaluation with the candidate's architecture and score. */
export interface TrainedCandidate extends EvaluationRow {
  readonly architecture: string;
  readonly score: number;
}

export interface SearchResult {
  /** Id of the run in the ledger. */
  readonly run: string;
  readonly ledger: string;
  /** Whether the caller's signal stopped the run before its end; `search({resume: run})` goes on. */
  readonly interrupted: boolean;
  /** Best by validation accuracy after its last epoch; absent where no training has finished yet. */
  readonly best?: BestCandidate;
  /** All trainings, in the order of their scores, or of their proposals where the sampler learns from them; a retraining last. */
  readonly trained: readonly TrainedCandidate[];
  readonly artifacts: readonly ArtifactRow[];
  /** From the call of `search` to its end. */
  readonly seconds: number;
}

/** Parameters and multiply-adds are those of the network as it was trained. */
export async function bestCandidate(
  ledger: LedgerReader,
  run: string,
  space: SearchSpace,
  { trainSkeleton }: RunConfiguration,
): Promise<BestCandidate | undefined> {
  const best = bestEvaluation(ledger.evaluations(run));
  if (!best) return undefined;
  const { candidate, evaluation, measures = {} } = best;
  const { architecture } = ledger.candidates(run).find((row) => row.candidate === candidate)!;
  const { architectureCost } = await modules.network();
  const cost = architectureCost(space, space.parse(architecture), trainSkeleton);
  return { candidate, evaluation, architecture, measures, ...cost };
}

export function trainedCandidates(ledger: LedgerReader, run: string): TrainedCandidate[] {
  const evaluations = ledger.evaluations(run);
  const trained = new Set(evaluations.map(({ candidate }) => candidate));
  const architectures = new Map(ledger.candidates(run).map((row) => [row.candidate, row.architecture]));
  const scores = new Map(
    ledger.scores(run).flatMap(({ candidate, value }) => (trained.has(candidate) ? [[candidate, value]] : [])),
  );
  return [...evaluations]
    .sort((a, b) => a.evaluation - b.evaluation)
    .map((row) => ({
      ...row,
      architecture: architectures.get(row.candidate)!,
      score: scores.get(row.candidate)!,
    }));
}
