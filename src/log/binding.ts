/** Loads better-sqlite3, whose native part is compiled on the user's machine and is the likeliest thing here to be missing. */
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { messageOf, NascentError } from '../base/errors.js';

export type SqliteConstructor = typeof BetterSqlite3;

/** Where the package comes from and what this Node offers: replaced in tests. */
export interface BindingSource {
  readonly require: (name: string) => unknown;
  /** Node-API version of this Node, `process.versions.napi`. */
  readonly napi: number;
}

const MEND = 'run `npm rebuild better-sqlite3` (compiling needs python3, make, g++ and the Node headers)';

/** From this major version on the package is built on Node-API, and calls functions that exist from this Node-API version on. */
const FIRST_NODE_API_MAJOR = 13;
const NEEDED_NODE_API = 10;

let loaded: SqliteConstructor | undefined;

/** The database class. The first call loads and probes it, so that importing nascent needs no native code. */
export function sqlite(): SqliteConstructor {
  loaded ??= loadSqlite({ require: createRequire(import.meta.url), napi: Number(process.versions.napi) });
  return loaded;
}

/** Loads the package from `source` and proves with an empty database in memory that its native part works. */
export function loadSqlite(source: BindingSource): SqliteConstructor {
  refuseCrashingVersion(source);
  let Sqlite: SqliteConstructor;
  try {
    Sqlite = source.require('better-sqlite3') as SqliteConstructor;
  } catch (thrown) {
    throw broken('The package better-sqlite3 is not installed', 'run `npm install better-sqlite3@12`', thrown);
  }
  try {
    new Sqlite(':memory:').close();
  } catch (thrown) {
    throw broken('The native part of better-sqlite3 does not load', MEND, thrown);
  }
  return Sqlite;
}

/** Loading a Node-API build in an older Node ends the process without a word, so this is asked before loading. */
function refuseCrashingVersion(source: BindingSource): void {
  let version: string;
  try {
    version = String((source.require('better-sqlite3/package.json') as { version?: string }).version);
  } catch {
    return; // Loading the package itself says more precisely what is missing.
  }
  if (Number.parseInt(version, 10) < FIRST_NODE_API_MAJOR || source.napi >= NEEDED_NODE_API) return;
  throw new NascentError(
    'ledger',
    `better-sqlite3 ${version} needs Node-API ${NEEDED_NODE_API} and would crash this Node, which has ${source.napi}; run \`npm install better-sqlite3@12\` or use Node 22.14 or later.`,
    { exitCode: 1 },
  );
}

function broken(problem: string, remedy: string, cause: unknown): NascentError {
  const reason = messageOf(cause)
    .split('\n')[0]
    .replace(/( Tried:|\.)$/, '')
    .replace(/\.$/, '');
  return new NascentError('ledger', `${problem}, so no ledger can be opened: ${remedy}. The reason was: ${reason}.`, {
    cause,
    exitCode: 1,
  });
}
