/** What studies have computed: results of runs and scores, under keys that say everything that decides them. */
import type { StudyRunResult, StudyScore, StudyStore } from '../contracts/study.js';
import { type Connection, type ConnectionOptions, openConnection } from './connection.js';

/** Opens the ledger at `path`, which is made where there is none. */
export function openStudies(path: string, options: ConnectionOptions = {}): StudyStore {
  const connection = openConnection(path, options);
  return {
    run: (key) => connection.read(() => resultOf(connection, key)),
    keepRun: (key, result) =>
      void connection.write(() =>
        connection.change('INSERT OR REPLACE INTO study_runs (key, result) VALUES (?, ?)', key, JSON.stringify(result)),
      ),
    score: (key, architecture) => connection.read(() => scoreOf(connection, key, architecture)),
    keepScore: (key, architecture, { value, failure, seconds }) =>
      void connection.write(() =>
        connection.change(
          'INSERT INTO study_scores (key, architecture, value, failure, seconds) VALUES (?, ?, ?, ?, ?) ' +
            'ON CONFLICT (key, architecture) DO NOTHING',
          key,
          architecture,
          value ?? null,
          failure ?? null,
          seconds,
        ),
      ),
    close: () => connection.close(),
  };
}

function resultOf(connection: Connection, key: string): StudyRunResult | undefined {
  const row = connection.row<{ result: string }>('SELECT result FROM study_runs WHERE key = ?', key);
  return row && (JSON.parse(row.result) as StudyRunResult);
}

interface ScoreColumns {
  readonly value: number | null;
  readonly failure: string | null;
  readonly seconds: number;
}

function scoreOf(connection: Connection, key: string, architecture: string): StudyScore | undefined {
  const row = connection.row<ScoreColumns>(
    'SELECT value, failure, seconds FROM study_scores WHERE key = ? AND architecture = ?',
    key,
    architecture,
  );
  if (!row) return undefined;
  const { value, failure, seconds } = row;
  return { ...(value !== null && { value }), ...(failure !== null && { failure }), seconds };
}
