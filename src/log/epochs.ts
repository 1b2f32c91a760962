/** Epochs, each recorded together with the checkpoint after it. */
import type { RunEvent } from '../contracts/run.js';
import type { Checkpoint, EpochRecord } from '../contracts/training.js';
import type { Connection } from './connection.js';
import { readEvaluation } from './evaluations.js';
import { appendEvent } from './events.js';
import { ledgerError } from './failures.js';
import { finite } from './plain.js';
import { replaceCheckpoint } from './training-state.js';

export function readEpochs(connection: Connection, run: string, evaluation: number): EpochRecord[] {
  return connection.rows<EpochRecord>(
    `SELECT epoch, learning_rate AS learningRate, train_loss AS trainLoss, train_accuracy AS trainAccuracy,
       validation_loss AS validationLoss, validation_accuracy AS validationAccuracy, seconds
     FROM epochs WHERE run = ? AND evaluation = ? ORDER BY epoch`,
    run,
    evaluation,
  );
}

export function recordEpoch(
  connection: Connection,
  run: string,
  evaluation: number,
  record: EpochRecord,
  checkpoint: Checkpoint,
): RunEvent {
  const { candidate, status } = readEvaluation(connection, run, evaluation);
  if (status !== 'running') throw ledgerError(`Evaluation ${evaluation} of run ${run} has ended already.`);
  if (checkpoint.epoch !== record.epoch) {
    throw ledgerError(`Epoch ${record.epoch} was given the checkpoint of epoch ${checkpoint.epoch}.`);
  }
  insertEpoch(connection, run, evaluation, record);
  replaceCheckpoint(connection, run, evaluation, checkpoint);
  return appendEvent(connection, run, { type: 'epoch', evaluation, candidate, ...record });
}

/** A training that went back takes this epoch and those after it from the record: they will come again. */
function insertEpoch(connection: Connection, run: string, evaluation: number, record: EpochRecord): void {
  connection.change(
    'DELETE FROM epochs WHERE run = ? AND evaluation = ? AND epoch >= ?',
    run,
    evaluation,
    record.epoch,
  );
  const number = (name: keyof Omit<EpochRecord, 'tracked'>) => finite(`${name} of epoch ${record.epoch}`, record[name]);
  connection.change(
    `INSERT INTO epochs (run, evaluation, epoch, learning_rate, train_loss, train_accuracy, validation_loss,
       validation_accuracy, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run,
    evaluation,
    number('epoch'),
    number('learningRate'),
    number('trainLoss'),
    number('trainAccuracy'),
    number('validationLoss'),
    number('validationAccuracy'),
    number('seconds'),
  );
}
