/**
 * Writes `version-N.sql` (a ledger of the current version N as SQL text) and `version-N.json` (what its readers say of it):
 * `npx tsx test/reference/ledgers/make-fixture.ts`. Run it once for a new version, before the version is released; the older
 * files stay as they are, for they prove that such ledgers still open.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openLedger } from '../../../src/log/open.js';
import { MIGRATIONS } from '../../../src/log/schema.js';
import { openStudies } from '../../../src/log/studies.js';
import { candidate, predictions, recipe, runInTraining, weights } from '../../unit/log/children/records.js';
import { contents } from './contents.js';

const folder = mkdtempSync(join(tmpdir(), 'nascent-fixture-'));
const path = join(folder, 'ledger.db');
const ledger = openLedger(path);
const id = runInTraining(ledger);
ledger.recordTrainingStarted(id, { evaluation: 2, candidate: 2, stage: 'train', recipe }, 0);
const measures = { validationAccuracy: { value: 0.75, better: 'higher' } } as const;
ledger.recordEvaluation(id, 2, { measures, weights, predictions, seconds: 4 });
const artifact = { format: 'onnx', path: '/out/best.onnx', sha256: 'ab'.repeat(32) };
ledger.recordArtifact(id, {
  ...candidate(2),
  evaluation: 2,
  ...artifact,
  check: { agreeing: 2, of: 2, largestLogitDifference: 0 },
});
ledger.setStatus(id, 'interrupted');
const written = contents(ledger);
ledger.close();

const studies = openStudies(path);
studies.keepRun('run of a study', { order: [3, 1, 2], scored: 2, scoringSeconds: 0.75, seconds: 0.5, fits: 1 });
studies.keepScore('scores of a study', '|cell~1|', { value: 12.5, seconds: 0.25 });
studies.keepScore('scores of a study', '|cell~2|', { failure: 'not finite', seconds: 0.5 });
studies.close();

const database = new Database(path, { readonly: true });
const base = join(import.meta.dirname, `version-${MIGRATIONS.length}`);
writeFileSync(`${base}.sql`, sqlText(database));
writeFileSync(`${base}.json`, `${JSON.stringify(written, null, 2)}\n`);
rmSync(folder, { recursive: true });

/** Statements that make the same ledger anew. */
function sqlText(source: Database.Database): string {
  const tables = source
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    .all();
  const header = ['application_id', 'user_version'].map(
    (pragma) => `PRAGMA ${pragma} = ${source.pragma(pragma, { simple: true })};`,
  );
  const rows = tables.flatMap(({ name }) => {
    const columns = source.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${name}')`).all();
    const values = columns.map((column) => `quote(${column.name})`).join(" || ', ' || ");
    return source
      .prepare<[], string>(`SELECT 'INSERT INTO ${name} VALUES (' || ${values} || ');' FROM ${name}`)
      .pluck()
      .all() as string[];
  });
  return `${[...header, ...tables.map(({ sql }) => `${sql};`), ...rows].join('\n')}\n`;
}
