/** Evaluations from start to end, and the measures that they give. */
import { isDeepStrictEqual } from 'node:util';
import type { EvaluationRow, EvaluationStatus, Ledger } from '../contracts/ledger.js';
import type { Measure, Measures } from '../contracts/measures.js';
import type { RunEvent, Stage } from '../contracts/run.js';
import { readCandidate } from './candidates.js';
import type { Connection } from './connection.js';
import { appendEvent } from './events.js';
import { ledgerError } from './failures.js';
import { finite, fromJson, toJson } from './plain.js';
import { dropCheckpoint, insertPredictions, insertWeights } from './training-state.js';

export type EvaluationStart = Parameters<Ledger['recordTrainingStarted']>[1];
export type EvaluationOutcome = Parameters<Ledger['recordEvaluation']>[2];

interface StoredEvaluation {
  readonly evaluation: number;
  readonly candidate: number;
  readonly stage: Stage;
  readonly recipe: string;
  readonly status: EvaluationStatus;
  readonly failure: string | null;
  readonly seconds: number;
}

interface StoredMeasure {
  readonly evaluation: number;
  readonly name: string;
  readonly value: number;
  readonly better: Measure['better'];
  readonly unit: string | null;
}

// A running evaluation has taken as long as its epochs so far.
const SELECT = `SELECT evaluation, candidate, stage, recipe, status, failure,
  CASE status WHEN 'running' THEN (
    SELECT coalesce(sum(epochs.seconds), 0) FROM epochs
    WHERE epochs.run = evaluations.run AND epochs.evaluation = evaluations.evaluation
  ) ELSE seconds END AS seconds
  FROM evaluations`;

export function readEvaluations(connection: Connection, run: string): EvaluationRow[] {
  const measures = readMeasures(connection, run);
  const evaluations = connection.rows<StoredEvaluation>(`${SELECT} WHERE run = ? ORDER BY entry`, run);
  return evaluations.map(({ failure, recipe, ...evaluation }) => ({
    ...evaluation,
    recipe: fromJson(recipe),
    ...(evaluation.status === 'finished' && { measures: measures.get(evaluation.evaluation) ?? {} }),
    ...(failure !== null && { failure }),
  }));
}

/** A recorded evaluation; refuses a number that none has. */
export function readEvaluation(connection: Connection, run: string, evaluation: number): StoredEvaluation {
  const found = connection.row<StoredEvaluation>(`${SELECT} WHERE run = ? AND evaluation = ?`, run, evaluation);
  if (found) return found;
  throw ledgerError(`Run ${run} has no evaluation ${evaluation} in ledger ${connection.path}.`);
}

function readMeasures(connection: Connection, run: string): Map<number, Record<string, Measure>> {
  const rows = connection.rows<StoredMeasure>(
    'SELECT evaluation, name, value, better, unit FROM measures WHERE run = ? ORDER BY entry',
    run,
  );
  const byEvaluation = new Map<number, Record<string, Measure>>();
  for (const { evaluation, name, value, better, unit } of rows) {
    const measures = byEvaluation.get(evaluation) ?? {};
    measures[name] = unit === null ? { value, better } : { value, better, unit };
    byEvaluation.set(evaluation, measures);
  }
  return byEvaluation;
}

export function recordTrainingStarted(
  connection: Connection,
  run: string,
  start: EvaluationStart,
  fromEpoch: number,
): RunEvent {
  const { evaluation, candidate, stage, recipe } = start;
  const { architecture } = readCandidate(connection, run, candidate);
  const inserted = connection.change(
    `INSERT INTO evaluations (run, evaluation, candidate, stage, recipe, status) VALUES (?, ?, ?, ?, ?, 'running')
     ON CONFLICT (run, evaluation) DO NOTHING`,
    run,
    evaluation,
    candidate,
    stage,
    toJson('recipe', recipe),
  );
  if (inserted === 0) resumeEvaluation(connection, run, start);
  return appendEvent(connection, run, {
    type: 'training-started',
    evaluation,
    candidate,
    architecture,
    stage,
    epochs: recipe.epochs,
    fromEpoch,
  });
}

/** Only what was left unfinished goes on, and only as what it was. */
function resumeEvaluation(connection: Connection, run: string, start: EvaluationStart): void {
  const { evaluation, candidate, stage, recipe } = start;
  const held = readEvaluation(connection, run, evaluation);
  if (held.status === 'finished') throw ledgerError(`Evaluation ${evaluation} of run ${run} is finished already.`);
  const sameRecipe = isDeepStrictEqual(fromJson(held.recipe), fromJson(toJson('recipe', recipe)));
  if (held.candidate !== candidate || held.stage !== stage || !sameRecipe) {
    throw ledgerError(
      `Evaluation ${evaluation} of run ${run} began with another candidate, stage or recipe, so it cannot go on with these.`,
    );
  }
  connection.change(
    "UPDATE evaluations SET status = 'running', failure = NULL WHERE run = ? AND evaluation = ?",
    run,
    evaluation,
  );
}

export function recordEvaluation(
  connection: Connection,
  run: string,
  evaluation: number,
  outcome: EvaluationOutcome,
): RunEvent {
  const { candidate, status } = readEvaluation(connection, run, evaluation);
  if (status !== 'running') throw ledgerError(`Evaluation ${evaluation} of run ${run} has ended already.`);
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  connection.change(
    'UPDATE evaluations SET status = ?, failure = ?, seconds = ? WHERE run = ? AND evaluation = ?',
    failure === undefined ? 'finished' : 'failed',
    failure ?? null,
    finite(`seconds of evaluation ${evaluation}`, outcome.seconds),
    run,
    evaluation,
  );
  dropCheckpoint(connection, run, evaluation);
  if (!('failure' in outcome)) {
    insertMeasures(connection, run, evaluation, outcome.measures);
    insertWeights(connection, run, evaluation, outcome.weights);
    insertPredictions(connection, run, evaluation, outcome.predictions);
  }
  return appendEvent(connection, run, {
    type: 'evaluation-finished',
    evaluation,
    candidate,
    ...('failure' in outcome ? { failure } : { measures: outcome.measures }),
    seconds: outcome.seconds,
  });
}

function insertMeasures(connection: Connection, run: string, evaluation: number, measures: Measures): void {
  for (const [name, { value, better, unit }] of Object.entries(measures)) {
    connection.change(
      'INSERT INTO measures (run, evaluation, name, value, better, unit) VALUES (?, ?, ?, ?, ?, ?)',
      run,
      evaluation,
      name,
      finite(`measure ${name} of evaluation ${evaluation}`, value),
      better,
      unit ?? null,
    );
  }
}
