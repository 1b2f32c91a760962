/** Ledgers of earlier versions, kept as SQL text, open in this one; and how migrations run. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openLedger, openLedgerReader } from '../../../src/log/open.js';
import { MIGRATIONS, migrate, requireLedger } from '../../../src/log/schema.js';
import { contents } from '../../reference/ledgers/contents.js';
import { afterTest, closing, directory, FIXTURES, fixture, fromFixture, refusal } from './fixtures.js';

function version1(): Database.Database {
  const database = new Database(fromFixture('version-1.sql'));
  afterTest(() => database.close());
  return database;
}

const added = 'ALTER TABLE runs ADD COLUMN note TEXT; CREATE INDEX runs_by_status ON runs (status);';

test.each(readdirSync(FIXTURES).filter((name) => name.endsWith('.sql')))('%s opens and says what it said', (name) => {
  const ledger = closing(openLedger(fromFixture(name)));
  expect(contents(ledger)).toEqual(JSON.parse(fixture(name.replace('.sql', '.json'))));
  const { id } = ledger.runs()[0];
  ledger.claimRun(id);
  const last = ledger.events(id).length;
  expect(ledger.recordEvent(id, { type: 'warning', message: 'resumed' }).sequence).toBe(last + 1);
});

test('there is a fixture of every version', () => {
  expect(readdirSync(FIXTURES)).toEqual(
    expect.arrayContaining(MIGRATIONS.map((_, index) => `version-${index + 1}.sql`)),
  );
});

test('the tables of a fresh ledger are those of the fixture of the same version', () => {
  const path = join(directory(), 'ledger.db');
  openLedger(path).close();
  const tables = (file: string) => {
    const database = new Database(file, { readonly: true });
    afterTest(() => database.close());
    return database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  };
  expect(tables(path)).toEqual(tables(fromFixture(`version-${MIGRATIONS.length}.sql`)));
});

test('only the migrations that are missing run', () => {
  const database = version1();
  database.transaction(() => migrate(database, 'ledger.db', [...MIGRATIONS.slice(0, 1), added])).immediate();
  expect(database.pragma('user_version', { simple: true })).toBe(2);
  expect(database.prepare('SELECT note FROM runs').all()).toEqual([{ note: null }]);
  database.transaction(() => migrate(database, 'ledger.db', [...MIGRATIONS.slice(0, 1), added])).immediate();
});

test('a migration that fails leaves the ledger as it was', () => {
  const database = version1();
  const steps = [...MIGRATIONS.slice(0, 1), added, 'CREATE TABLE runs (id TEXT)'];
  expect(() => database.transaction(() => migrate(database, 'ledger.db', steps)).immediate()).toThrow(/already exists/);
  expect(database.pragma('user_version', { simple: true })).toBe(1);
  expect(() => database.prepare('SELECT note FROM runs')).toThrow(/no such column/);
  expect(requireLedger(database, 'ledger.db', false, MIGRATIONS.slice(0, 1))).toBe(1);
});

test('an older ledger opens for reading as long as its tables are those that are read', () => {
  const reader = closing(openLedgerReader(fromFixture('version-1.sql')));
  const [{ id }] = reader.runs();
  expect(reader.run(id).id).toBe(id);
  expect(reader.events(id).length).toBeGreaterThan(0);
});

test('an older ledger that lacks tables which are read says how it becomes readable', () => {
  const database = version1();
  const error = refusal(() => requireLedger(database, 'ledger.db', false, [...MIGRATIONS.slice(0, 1), added], 2));
  expect(error.message).toBe(
    'Ledger ledger.db is of format version 1; open it once for writing to bring it to version 2, then it can be read.',
  );
});
