/** The story of a run, from what the ledger holds: plain data, for `--json` and for the text made of it. */
import { spearman } from '../../base/rank-statistics.js';
import type {
  ArtifactRow,
  CandidateRow,
  EvaluationRow,
  LedgerReader,
  RunRow,
  ScoreRow,
} from '../../contracts/ledger.js';
import type { Cost } from '../../contracts/network.js';
import type { RunEvent } from '../../contracts/run.js';

export interface ScoredCandidate extends CandidateRow {
  readonly value: number;
}

export interface TrainedCandidate extends CandidateRow {
  readonly evaluation: number;
  readonly stage: EvaluationRow['stage'];
  readonly score: number | undefined;
  readonly validation: number;
  readonly test: number | undefined;
  readonly epochs: number;
  readonly seconds: number;
}

/** Spearman's rank correlation with validation accuracy over the trained candidates; absent where there are fewer than three. */
export interface Correlations {
  readonly over: number;
  readonly score: number | undefined;
  /** The baselines: what counting alone would have told. */
  readonly parameters: number | undefined;
  readonly multiplyAdds: number | undefined;
}

/** What a learning sampler thought before a batch of proposals. */
export interface Fit {
  readonly iteration: number;
  readonly predictor: string;
  readonly labels: number;
  readonly ranked: number;
  /** Best prediction among the proposals that followed; absent where none did. */
  readonly best?: number;
  /** Of earlier predictions with what was then observed. */
  readonly rankCorrelation?: number;
}

/** A tracked quantity over the epochs of one training, the first of them 1; null where it was not finite. */
export interface TrackedQuantity {
  readonly candidate: number;
  readonly evaluation: number;
  readonly quantity: string;
  readonly values: readonly (number | null)[];
}

export interface RunStory {
  readonly run: RunRow;
  readonly scored: number;
  /** Those among them that were not proposed: the sampler asked for their scores. */
  readonly asked: number;
  /** Candidates whose score another one shares, as both are the same to the metric. */
  readonly shared: number;
  /** How often each reason was given for a score that could not be computed. */
  readonly scoreFailures: Readonly<Record<string, number>>;
  readonly scoringSeconds: number;
  /** Best first. */
  readonly top: readonly ScoredCandidate[];
  /** Best validation accuracy first. */
  readonly trained: readonly TrainedCandidate[];
  readonly trainingFailures: readonly { readonly candidate: number; readonly failure: string }[];
  /** Proposals that another one's training stands for, as both compute the same. */
  readonly sharedTrainings: number;
  readonly correlations: Correlations | undefined;
  readonly fits: readonly Fit[];
  readonly tracked: readonly TrackedQuantity[];
  readonly artifacts: readonly ArtifactRow[];
}

export const VALIDATION = 'validationAccuracy';
export const TEST = 'testAccuracy';

/** Fewer points make no rank correlation worth reading. */
const LEAST_FOR_CORRELATION = 3;

export interface StoryOptions {
  /** Length of the list of best scores. */
  readonly top: number;
  readonly higherIsBetter: boolean;
  /** Of the network that is trained, which may be smaller than the one that is scored. */
  readonly trainedCost: (architecture: string) => Cost;
}

export function runStory(
  ledger: LedgerReader,
  id: string,
  { top, higherIsBetter, trainedCost }: StoryOptions,
): RunStory {
  const run = ledger.run(id);
  const candidates = new Map(ledger.candidates(run.id).map((row) => [row.candidate, row]));
  const scores = ledger.scores(run.id);
  const evaluations = ledger.evaluations(run.id);
  const events = ledger.events(run.id);
  const trained = trainedCandidates(evaluations, candidates, scores).map((each) => ({
    ...each,
    ...trainedCost(each.architecture),
  }));
  return {
    run,
    scored: scores.length,
    asked: events.filter((event) => event.type === 'candidate-scored' && event.asked).length,
    shared: scores.filter(({ sharedWith }) => sharedWith !== undefined).length,
    scoreFailures: countFailures(scores),
    scoringSeconds: scores.reduce((sum, { seconds }) => sum + seconds, 0),
    top: bestScores(scores, candidates, higherIsBetter).slice(0, top),
    trained,
    trainingFailures: evaluations.flatMap(({ candidate, failure }) =>
      failure === undefined ? [] : [{ candidate, failure }],
    ),
    sharedTrainings: events.filter(({ type }) => type === 'evaluation-shared').length,
    correlations: correlationsOf(trained, higherIsBetter),
    fits: events.flatMap(fitOf),
    tracked: trackedQuantities(events, run.configuration.track ?? []),
    artifacts: ledger.artifacts(run.id),
  };
}

function fitOf(event: RunEvent): Fit[] {
  if (event.type !== 'predictor-fitted') return [];
  const { iteration, predictor, labels, ranked, proposals, rankCorrelation } = event;
  const best = proposals.length > 0 && { best: Math.max(...proposals.map(({ mean }) => mean)) };
  return [{ iteration, predictor, labels, ranked, ...best, ...(rankCorrelation !== undefined && { rankCorrelation }) }];
}

/** By evaluation, then in the order asked for. A training that went back to an epoch tells it again: the last word counts. */
function trackedQuantities(events: readonly RunEvent[], names: readonly string[]): TrackedQuantity[] {
  const epochs = events.filter((event) => event.type === 'epoch' && event.tracked !== undefined) as EpochEvent[];
  const evaluations = [...new Set(epochs.map(({ evaluation }) => evaluation))].sort((a, b) => a - b);
  return evaluations.flatMap((evaluation) => {
    const own = epochs.filter((event) => event.evaluation === evaluation);
    return names.map((quantity) => {
      const values: (number | null)[] = [];
      for (const { epoch, tracked } of own) values[epoch - 1] = tracked?.[quantity] ?? null;
      return { candidate: own[0].candidate, evaluation, quantity, values };
    });
  });
}

type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;

function bestScores(
  scores: readonly ScoreRow[],
  candidates: ReadonlyMap<number, CandidateRow>,
  higherIsBetter: boolean,
): ScoredCandidate[] {
  const sign = higherIsBetter ? 1 : -1;
  return scores
    .filter(({ value, sharedWith }) => value !== undefined && sharedWith === undefined)
    .map(({ candidate, value }) => ({ ...candidates.get(candidate)!, value: value! }))
    .sort((a, b) => sign * (b.value - a.value) || a.candidate - b.candidate);
}

function trainedCandidates(
  evaluations: readonly EvaluationRow[],
  candidates: ReadonlyMap<number, CandidateRow>,
  scores: readonly ScoreRow[],
): TrainedCandidate[] {
  const scoreOf = new Map(scores.map(({ candidate, value }) => [candidate, value]));
  return evaluations
    .filter(({ status, measures }) => status === 'finished' && measures?.[VALIDATION] !== undefined)
    .map(({ evaluation, candidate, stage, measures, recipe, seconds }) => ({
      ...candidates.get(candidate)!,
      evaluation,
      stage,
      score: scoreOf.get(candidate),
      validation: measures![VALIDATION].value,
      test: measures![TEST]?.value,
      epochs: recipe.epochs,
      seconds,
    }))
    .sort((a, b) => b.validation - a.validation || a.evaluation - b.evaluation);
}

function correlationsOf(trained: readonly TrainedCandidate[], higherIsBetter: boolean): Correlations | undefined {
  // A winner that was trained again at full length would not compare with the others.
  const comparable = trained.filter(({ stage, score }) => stage === 'train' && score !== undefined);
  if (comparable.length < LEAST_FOR_CORRELATION) return undefined;
  const validation = comparable.map((each) => each.validation);
  const against = (values: readonly number[]) => {
    const rho = spearman(values, validation);
    return Number.isNaN(rho) ? undefined : rho;
  };
  return {
    over: comparable.length,
    score: against(comparable.map(({ score }) => (higherIsBetter ? score! : -score!))),
    parameters: against(comparable.map(({ parameters }) => parameters)),
    multiplyAdds: against(comparable.map(({ multiplyAdds }) => multiplyAdds)),
  };
}

function countFailures(scores: readonly ScoreRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { failure } of scores) {
    if (failure !== undefined) counts[failure] = (counts[failure] ?? 0) + 1;
  }
  return counts;
}
