/** What training leaves behind as tensors: the latest checkpoint while it runs, then weights and check predictions. */
import type { CheckPredictions, Checkpoint, Weights } from '../contracts/training.js';
import type { Connection } from './connection.js';
import { fromJson, toJson } from './plain.js';
import { decodeNumbers, decodeTensors, encodeNumbers, encodeTensors } from './tensors.js';

export function readCheckpoint(connection: Connection, run: string, evaluation: number): Checkpoint | undefined {
  const stored = connection.row<{ epoch: number; tensors: Buffer }>(
    'SELECT epoch, tensors FROM checkpoints WHERE run = ? AND evaluation = ?',
    run,
    evaluation,
  );
  const what = `The checkpoint tensors of evaluation ${evaluation} of run ${run}`;
  return stored && { epoch: stored.epoch, tensors: decodeTensors(stored.tensors, what) };
}

/** Only the latest checkpoint is kept: it holds all that resuming needs, and each is as large as the network. */
export function replaceCheckpoint(
  connection: Connection,
  run: string,
  evaluation: number,
  { epoch, tensors }: Checkpoint,
): void {
  connection.change(
    `INSERT INTO checkpoints (run, evaluation, epoch, tensors) VALUES (?, ?, ?, ?)
     ON CONFLICT (run, evaluation) DO UPDATE SET epoch = excluded.epoch, tensors = excluded.tensors`,
    run,
    evaluation,
    epoch,
    encodeTensors(tensors),
  );
}

export function dropCheckpoint(connection: Connection, run: string, evaluation: number): void {
  connection.change('DELETE FROM checkpoints WHERE run = ? AND evaluation = ?', run, evaluation);
}

export function readWeights(connection: Connection, run: string, evaluation: number): Weights | undefined {
  const stored = connection.row<{ tensors: Buffer }>(
    'SELECT tensors FROM weights WHERE run = ? AND evaluation = ?',
    run,
    evaluation,
  );
  return stored && decodeTensors(stored.tensors, `The weights of evaluation ${evaluation} of run ${run}`);
}

export function insertWeights(connection: Connection, run: string, evaluation: number, weights: Weights): void {
  connection.change(
    'INSERT INTO weights (run, evaluation, tensors) VALUES (?, ?, ?)',
    run,
    evaluation,
    encodeTensors(weights),
  );
}

export function readPredictions(connection: Connection, run: string, evaluation: number): CheckPredictions | undefined {
  const stored = connection.row<{ batch: string; labels: string; logits: Buffer }>(
    'SELECT batch, labels, logits FROM predictions WHERE run = ? AND evaluation = ?',
    run,
    evaluation,
  );
  return (
    stored && {
      batch: stored.batch,
      labels: fromJson(stored.labels),
      logits: decodeNumbers('float32', stored.logits),
    }
  );
}

export function insertPredictions(
  connection: Connection,
  run: string,
  evaluation: number,
  { batch, labels, logits }: CheckPredictions,
): void {
  connection.change(
    'INSERT INTO predictions (run, evaluation, batch, labels, logits) VALUES (?, ?, ?, ?, ?)',
    run,
    evaluation,
    batch,
    toJson('labels', labels),
    encodeNumbers(logits),
  );
}
