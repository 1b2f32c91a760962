/** Candidates and their scores. */
import type { CandidateRow, ScoreRow } from '../contracts/ledger.js';
import type { RunEvent } from '../contracts/run.js';
import type { Connection } from './connection.js';
import { appendEvent } from './events.js';
import { ledgerError } from './failures.js';
import { finite, fromJson, toJson } from './plain.js';

interface StoredScore {
  readonly candidate: number;
  readonly metric: string;
  readonly settings: string;
  readonly seed: number;
  readonly batch: string;
  readonly engine: string;
  readonly version: string;
  readonly value: number | null;
  readonly failure: string | null;
  readonly sharedWith: number | null;
  readonly seconds: number;
}

const SELECT_CANDIDATES = 'SELECT candidate, architecture, parameters, multiply_adds AS multiplyAdds FROM candidates';

export function readCandidates(connection: Connection, run: string): CandidateRow[] {
  return connection.rows<CandidateRow>(`${SELECT_CANDIDATES} WHERE run = ? ORDER BY entry`, run);
}

/** A recorded candidate; refuses a number that none has. */
export function readCandidate(connection: Connection, run: string, candidate: number): CandidateRow {
  const found = connection.row<CandidateRow>(`${SELECT_CANDIDATES} WHERE run = ? AND candidate = ?`, run, candidate);
  if (found) return found;
  throw ledgerError(`Run ${run} has no candidate ${candidate} in ledger ${connection.path}.`);
}

export function readScores(connection: Connection, run: string): ScoreRow[] {
  const scores = connection.rows<StoredScore>(
    `SELECT candidate, metric, settings, seed, batch, engine, version, value, failure, shared_with AS sharedWith, seconds
     FROM scores WHERE run = ? ORDER BY entry`,
    run,
  );
  return scores.map(({ candidate, metric, settings, seed, batch, engine, version, seconds, ...outcome }) => ({
    candidate,
    provenance: { metric, settings: fromJson(settings), seed, batch, engine, version },
    ...(outcome.value !== null && { value: outcome.value }),
    ...(outcome.failure !== null && { failure: outcome.failure }),
    ...(outcome.sharedWith !== null && { sharedWith: outcome.sharedWith }),
    seconds,
  }));
}

export function recordScore(
  connection: Connection,
  run: string,
  candidate: CandidateRow,
  score: ScoreRow,
  asked = false,
): RunEvent {
  if (score.candidate !== candidate.candidate) {
    throw ledgerError(`The score of candidate ${score.candidate} was given to candidate ${candidate.candidate}.`);
  }
  insertCandidate(connection, run, candidate);
  insertScore(connection, run, score);
  return appendEvent(connection, run, {
    type: 'candidate-scored',
    candidate: candidate.candidate,
    architecture: candidate.architecture,
    metric: score.provenance.metric,
    value: score.value,
    failure: score.failure,
    sharedWith: score.sharedWith,
    ...(asked && { asked }),
    seconds: score.seconds,
    parameters: candidate.parameters,
    multiplyAdds: candidate.multiplyAdds,
  });
}

/** A candidate may come again with another score, but not as another architecture. */
function insertCandidate(
  connection: Connection,
  run: string,
  { candidate, architecture, parameters, multiplyAdds }: CandidateRow,
): void {
  const inserted = connection.change(
    `INSERT INTO candidates (run, candidate, architecture, parameters, multiply_adds) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (run, candidate) DO NOTHING`,
    run,
    candidate,
    architecture,
    finite(`parameters of candidate ${candidate}`, parameters),
    finite(`multiplyAdds of candidate ${candidate}`, multiplyAdds),
  );
  if (inserted > 0 || readCandidate(connection, run, candidate).architecture === architecture) return;
  throw ledgerError(`Candidate ${candidate} of run ${run} is another architecture than ${architecture}.`);
}

function insertScore(connection: Connection, run: string, score: ScoreRow): void {
  const { candidate, provenance, value, failure, sharedWith } = score;
  if ((value === undefined) === (failure === undefined)) {
    throw ledgerError(`Expected the score of candidate ${candidate} to be a value or the reason why there is none.`);
  }
  connection.change(
    `INSERT INTO scores (run, candidate, metric, settings, seed, batch, engine, version, value, failure, shared_with, seconds)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    run,
    candidate,
    provenance.metric,
    toJson('settings', provenance.settings),
    finite('seed', provenance.seed),
    provenance.batch,
    provenance.engine,
    provenance.version,
    value === undefined ? null : finite(`score of candidate ${candidate}`, value),
    failure ?? null,
    sharedWith ?? null,
    finite(`seconds of candidate ${candidate}`, score.seconds),
  );
}
