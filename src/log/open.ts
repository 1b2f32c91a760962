/** Opens ledgers: the contract's functions over one connection. */
import type { Ledger, LedgerReader } from '../contracts/ledger.js';
import { readArtifacts, recordArtifact } from './artifacts.js';
import { readCandidates, readScores, recordScore } from './candidates.js';
import { releaseClaims, requireClaim } from './claims.js';
import { type Connection, type ConnectionOptions, openConnection } from './connection.js';
import { readEpochs, recordEpoch } from './epochs.js';
import { readEvaluations, recordEvaluation, recordTrainingStarted } from './evaluations.js';
import { appendEvent, readEvents } from './events.js';
import { claimRun, createRun, findRun, readRun, readRuns, setStatus } from './runs.js';
import { readCheckpoint, readPredictions, readWeights } from './training-state.js';

export type LedgerOptions = ConnectionOptions;

/** Opens the ledger at `path`, which is made where there is none. With `readonly`, every recording call is refused. */
export function openLedger(path: string, options: LedgerOptions = {}): Ledger {
  return ledgerOver(openConnection(path, options));
}

/** Opens an existing ledger to read, also while another process writes it. */
export function openLedgerReader(path: string, options: Omit<LedgerOptions, 'readonly'> = {}): LedgerReader {
  return readerOver(openConnection(path, { ...options, readonly: true }));
}

function readerOver(connection: Connection): LedgerReader {
  /** A query about one run, whose id may be a prefix. */
  const ofRun =
    <Rest extends unknown[], Result>(query: (connection: Connection, run: string, ...rest: Rest) => Result) =>
    (run: string, ...rest: Rest): Result =>
      connection.read(() => query(connection, findRun(connection, run), ...rest));
  return {
    path: connection.path,
    runs: () => connection.read(() => readRuns(connection)),
    run: ofRun(readRun),
    candidates: ofRun(readCandidates),
    scores: ofRun(readScores),
    evaluations: ofRun(readEvaluations),
    epochs: ofRun(readEpochs),
    artifacts: ofRun(readArtifacts),
    events: ofRun(readEvents),
    checkpoint: ofRun(readCheckpoint),
    weights: ofRun(readWeights),
    predictions: ofRun(readPredictions),
    close: () => connection.close(),
  };
}

function ledgerOver(connection: Connection): Ledger {
  /** A change to one run that this ledger has claimed: one transaction, with its event. */
  const onClaimed =
    <Rest extends unknown[], Result>(change: (connection: Connection, run: string, ...rest: Rest) => Result) =>
    (run: string, ...rest: Rest): Result =>
      connection.write(() => {
        const id = findRun(connection, run);
        requireClaim(connection, id);
        return change(connection, id, ...rest);
      });
  return {
    ...readerOver(connection),
    createRun: (configuration, versions) => createRun(connection, configuration, versions),
    claimRun: (run, options) => claimRun(connection, run, options),
    setStatus: onClaimed(setStatus),
    recordEvent: onClaimed(appendEvent),
    recordScore: onClaimed(recordScore),
    recordTrainingStarted: onClaimed(recordTrainingStarted),
    recordEpoch: onClaimed(recordEpoch),
    recordEvaluation: onClaimed(recordEvaluation),
    recordArtifact: onClaimed(recordArtifact),
    close: () => {
      releaseClaims(connection);
      connection.close();
    },
  };
}
