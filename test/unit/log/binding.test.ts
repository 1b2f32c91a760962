import { expect, test } from 'vitest';
import { loadSqlite } from '../../../src/log/binding.js';
import { refusal } from './fixtures.js';

class Working {
  close() {}
}

/** A `require` that finds this version of the package, whose class is `Database`. */
function packageOf(version: string, Database: unknown, napi = 9) {
  return { napi, require: (name: string) => (name.endsWith('package.json') ? { version } : Database) };
}

test('a native part that was never compiled, or for another Node, names the one command that mends it', () => {
  class Broken {
    constructor() {
      throw new Error("Could not locate the bindings file. Tried:\n → /somewhere/better_sqlite3.node'");
    }
  }
  const error = refusal(() => loadSqlite(packageOf('12.11.1', Broken)));
  expect(error.exitCode).toBe(1);
  expect(error.message).toBe(
    'The native part of better-sqlite3 does not load, so no ledger can be opened: run `npm rebuild better-sqlite3` (compiling needs python3, make, g++ and the Node headers). The reason was: Could not locate the bindings file.',
  );
});

test('a missing package', () => {
  const missing = () => {
    throw new Error("Cannot find module 'better-sqlite3'");
  };
  expect(refusal(() => loadSqlite({ require: missing, napi: 9 })).message).toMatch(
    /run `npm install better-sqlite3@12`/,
  );
});

test('a version that would crash this Node is never loaded', () => {
  const loadedNames: string[] = [];
  const source = packageOf('13.2.0', Working);
  const watched = (name: string) => {
    loadedNames.push(name);
    return source.require(name);
  };
  const error = refusal(() => loadSqlite({ napi: 9, require: watched }));
  expect(error.message).toMatch(/^better-sqlite3 13\.2\.0 needs Node-API 10 and would crash this Node, which has 9;/);
  expect(error.exitCode).toBe(1);
  expect(loadedNames).toEqual(['better-sqlite3/package.json']);
  expect(loadSqlite(packageOf('13.2.0', Working, 10))).toBe(Working);
  expect(loadSqlite(packageOf('12.11.1', Working))).toBe(Working);
});
