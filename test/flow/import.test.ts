/** What it costs to import the package: no side effect that a program would notice. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../unit/cli/command.js';

const folder = temporaryFolder();

const ENTRY = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href;
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The native addons that a program has loaded, as Node's own report lists them. */
function addonsAfter(program: string): string[] {
  const script = `${program}; console.log(JSON.stringify(process.report.getReport().sharedObjects))`;
  const { stdout } = spawnSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return (JSON.parse(stdout) as string[]).filter((path) => path.endsWith('.node'));
}

test('importing nascent loads no native code', () => {
  expect(addonsAfter(`await import(${JSON.stringify(ENTRY)})`)).toEqual([]);
});

test('the check would see it', () => {
  const path = JSON.stringify(join(folder, 'ledger.sqlite'));
  const opening = `const { openLedger } = await import(${JSON.stringify(ENTRY)}); openLedger(${path}).close()`;
  expect(addonsAfter(opening).some((addon) => addon.includes('better_sqlite3'))).toBe(true);
});
