/**
 * The ledger: everything a run did, in one SQLite file. The ledger is the state; resuming is replaying it.
 *
 * - Every `record…` call is one transaction: after it returns, the facts and their event survive `kill -9`.
 * - One process writes a run (`claimRun`); any number read, also while it writes.
 * - All failures are NascentErrors of code 'ledger' (exit code 2: wrong file, newer version, claimed run; 1: disk full, disk error).
 */

import type { Measures } from './measures.js';
import type {
  ExportCheck,
  RunConfiguration,
  RunEvent,
  RunEventBody,
  RunStatus,
  ScoreProvenance,
  Stage,
} from './run.js';
import type { CheckPredictions, Checkpoint, EpochRecord, TrainingRecipe, Weights } from './training.js';

export interface RunRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly status: RunStatus;
  readonly configuration: RunConfiguration;
  readonly versions: Readonly<Record<string, string>>;
}

export interface CandidateRow {
  readonly candidate: number;
  readonly architecture: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

export interface ScoreRow {
  readonly candidate: number;
  readonly provenance: ScoreProvenance;
  readonly value?: number;
  readonly failure?: string;
  readonly sharedWith?: number;
  readonly seconds: number;
}

export type EvaluationStatus = 'running' | 'finished' | 'failed';

export interface EvaluationRow {
  readonly evaluation: number;
  readonly candidate: number;
  readonly stage: Stage;
  readonly recipe: TrainingRecipe;
  readonly status: EvaluationStatus;
  readonly measures?: Measures;
  readonly failure?: string;
  readonly seconds: number;
}

export interface ArtifactRow {
  readonly candidate: number;
  readonly evaluation: number;
  readonly format: string;
  readonly path: string;
  readonly sha256: string;
  readonly check?: ExportCheck;
  readonly created: number;
}

/** Reading, from any process. Rows come in the order in which they were recorded. */
export interface LedgerReader {
  readonly path: string;
  runs(): RunRow[];
  /** Throws a NascentError that names the runs there are, where `id` is unknown. A unique prefix is enough. */
  run(id: string): RunRow;
  candidates(run: string): CandidateRow[];
  scores(run: string): ScoreRow[];
  evaluations(run: string): EvaluationRow[];
  epochs(run: string, evaluation: number): EpochRecord[];
  artifacts(run: string): ArtifactRow[];
  /** Events with sequence > `after` (default 0), at most `limit`. */
  events(run: string, after?: number, limit?: number): RunEvent[];
  checkpoint(run: string, evaluation: number): Checkpoint | undefined;
  weights(run: string, evaluation: number): Weights | undefined;
  predictions(run: string, evaluation: number): CheckPredictions | undefined;
  close(): void;
}

export interface Ledger extends LedgerReader {
  /** Adds a run, claims it, and gives it an id. */
  createRun(configuration: RunConfiguration, versions: Readonly<Record<string, string>>): RunRow;
  /**
   * Takes a run for this process; throws where a living process holds it. A finished run is refused too, since nothing of it is left to do,
   * unless `finished` says that it may be: its networks can still be exported.
   */
  claimRun(run: string, options?: { readonly finished?: boolean }): void;
  setStatus(run: string, status: RunStatus): void;
  /** Records an event that has no further facts; returns it as readers will see it. */
  recordEvent(run: string, event: RunEventBody): RunEvent;
  /** A candidate with its score, and the `candidate-scored` event, which alone says whether it was proposed or only `asked` for. */
  recordScore(run: string, candidate: CandidateRow, score: ScoreRow, asked?: boolean): RunEvent;
  /** A new evaluation, or the resumption of one (same number), and its `training-started` event. */
  recordTrainingStarted(
    run: string,
    evaluation: Pick<EvaluationRow, 'evaluation' | 'candidate' | 'stage' | 'recipe'>,
    fromEpoch: number,
  ): RunEvent;
  /** An epoch with the checkpoint after it (which replaces the one before), and the `epoch` event. */
  recordEpoch(run: string, evaluation: number, epoch: EpochRecord, checkpoint: Checkpoint): RunEvent;
  /** The end of an evaluation; its checkpoint is dropped, its weights and predictions are kept. */
  recordEvaluation(
    run: string,
    evaluation: number,
    outcome:
      | {
          readonly measures: Measures;
          readonly weights: Weights;
          readonly predictions: CheckPredictions;
          readonly seconds: number;
        }
      | { readonly failure: string; readonly seconds: number },
  ): RunEvent;
  recordArtifact(run: string, artifact: Omit<ArtifactRow, 'created'>): RunEvent;
}
