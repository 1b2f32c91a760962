/**
 * The tables, as numbered migrations. Migration n brings a ledger from version n − 1 to version n; a released migration is never
 * changed. The version is SQLite's `user_version`, and `application_id` marks the file as a ledger.
 *
 * Tables are STRICT, so that SQLite refuses a value of another type. `entry` keeps the order of recording.
 */
import type { Database } from 'better-sqlite3';
import { ledgerError } from './failures.js';

/** The letters `nasc`. */
export const APPLICATION_ID = 0x6e617363;

const RUNS = `
CREATE TABLE runs (
  entry INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed')),
  configuration TEXT NOT NULL,
  versions TEXT NOT NULL
) STRICT;

CREATE TABLE claims (
  run TEXT PRIMARY KEY REFERENCES runs (id),
  connection TEXT NOT NULL,
  host TEXT NOT NULL,
  machine TEXT NOT NULL,
  process INTEGER NOT NULL,
  started TEXT,
  since INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs (id),
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
`;

const CANDIDATES = `
CREATE TABLE candidates (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  candidate INTEGER NOT NULL,
  architecture TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  multiply_adds INTEGER NOT NULL,
  UNIQUE (run, candidate)
) STRICT;

-- A score is a value or the reason why there is none, with everything needed to compute it again.
CREATE TABLE scores (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  candidate INTEGER NOT NULL,
  metric TEXT NOT NULL,
  settings TEXT NOT NULL,
  seed REAL NOT NULL,
  batch TEXT NOT NULL,
  engine TEXT NOT NULL,
  version TEXT NOT NULL,
  value REAL,
  failure TEXT,
  shared_with INTEGER,
  seconds REAL NOT NULL,
  CHECK ((value IS NULL) <> (failure IS NULL)),
  UNIQUE (run, candidate, metric, settings, seed, batch, engine, version),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate),
  FOREIGN KEY (run, shared_with) REFERENCES candidates (run, candidate)
) STRICT;
`;

const EVALUATIONS = `
CREATE TABLE evaluations (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  candidate INTEGER NOT NULL,
  stage TEXT NOT NULL,
  recipe TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed')),
  failure TEXT,
  seconds REAL NOT NULL DEFAULT 0,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate)
) STRICT;

-- One row for each named measure of an evaluation.
CREATE TABLE measures (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  better TEXT NOT NULL CHECK (better IN ('higher', 'lower')),
  unit TEXT,
  UNIQUE (run, evaluation, name),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;

CREATE TABLE epochs (
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  learning_rate REAL NOT NULL,
  train_loss REAL NOT NULL,
  train_accuracy REAL NOT NULL,
  validation_loss REAL NOT NULL,
  validation_accuracy REAL NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, evaluation, epoch),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT, WITHOUT ROWID;
`;

const TENSORS_AND_FILES = `
-- The state after an evaluation's latest epoch, while it runs.
CREATE TABLE checkpoints (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  tensors BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;

CREATE TABLE weights (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  tensors BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;

-- Labels are JSON; logits are float32, little endian.
CREATE TABLE predictions (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  evaluation INTEGER NOT NULL,
  batch TEXT NOT NULL,
  labels TEXT NOT NULL,
  logits BLOB NOT NULL,
  UNIQUE (run, evaluation),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;

CREATE TABLE artifacts (
  entry INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  candidate INTEGER NOT NULL,
  evaluation INTEGER NOT NULL,
  format TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  checked TEXT,
  created INTEGER NOT NULL,
  UNIQUE (run, path),
  FOREIGN KEY (run, candidate) REFERENCES candidates (run, candidate),
  FOREIGN KEY (run, evaluation) REFERENCES evaluations (run, evaluation)
) STRICT;
`;

/** Results of studies. A key says everything that decides the row: table, strategy, settings, versions. */
const STUDIES = `
CREATE TABLE study_runs (
  key TEXT PRIMARY KEY,
  result TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE study_scores (
  key TEXT NOT NULL,
  architecture TEXT NOT NULL,
  value REAL,
  failure TEXT,
  seconds REAL NOT NULL,
  PRIMARY KEY (key, architecture),
  CHECK ((value IS NULL) <> (failure IS NULL))
) STRICT, WITHOUT ROWID;
`;

/** Files from this version on have all tables that are read; later migrations only added to them. */
const OLDEST_READABLE = 1;

/** Entry n − 1 is migration n. */
export const MIGRATIONS: readonly string[] = [RUNS + CANDIDATES + EVALUATIONS + TENSORS_AND_FILES, STUDIES];

/** Brings the file to the latest version. To be called inside a transaction, so that a failed migration leaves the file as it was. */
export function migrate(database: Database, path: string, migrations: readonly string[] = MIGRATIONS): void {
  const version = requireLedger(database, path, true, migrations);
  if (version === migrations.length) return;
  for (const sql of migrations.slice(version)) database.exec(sql);
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma(`user_version = ${migrations.length}`);
}

/** Refuses a file that is not a ledger or too new; with `changeable`, an empty or older one is let through. Returns its version. */
export function requireLedger(
  database: Database,
  path: string,
  changeable: boolean,
  migrations: readonly string[] = MIGRATIONS,
  oldestReadable: number = OLDEST_READABLE,
): number {
  const application = database.pragma('application_id', { simple: true }) as number;
  const version = database.pragma('user_version', { simple: true }) as number;
  if (application !== APPLICATION_ID) {
    const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
    if (changeable && application === 0 && version === 0 && tables === 0) return 0;
    throw ledgerError(`${path} is a SQLite file, but not a nascent ledger.`);
  }
  const latest = migrations.length;
  if (version > latest) {
    throw ledgerError(
      `Ledger ${path} is of format version ${version}, and this nascent knows versions up to ${latest}; install a newer nascent to open it.`,
    );
  }
  if (!changeable && version < oldestReadable) {
    throw ledgerError(
      `Ledger ${path} is of format version ${version}; open it once for writing to bring it to version ${latest}, then it can be read.`,
    );
  }
  return version;
}
