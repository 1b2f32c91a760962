/** The doctor's report as text. */
import { table } from '../report/table.js';
import type { EngineReport } from './engines.js';
import type { DoctorReport } from './report.js';

export function doctorLines(report: DoctorReport): string[] {
  const { node, sqlite, ledger } = report;
  const installed = Object.entries(report.packages).map(([name, version]) => `${name} ${version ?? 'not installed'}`);
  return [
    `nascent ${report.nascent}`,
    `Node ${node.version}${node.supported ? '' : ` is not supported: ${node.needed} is needed`}, npm ${report.npm ?? 'not found'}`,
    `${report.system}, ${report.processor}, ${report.threads} threads, ${(report.memoryBytes / 2 ** 30).toFixed(1)} GiB of memory`,
    `packages: ${installed.join(', ')}`,
    '',
    'Engines:',
    ...table(ENGINE_COLUMNS, report.engines).map((line) => `  ${line}`),
    ...report.engines.flatMap(remedyLines),
    '',
    sqlite.ok ? `SQLite works (better-sqlite3 ${sqlite.version}).` : `SQLite does not work: ${sqlite.missing}`,
    ...(sqlite.command === undefined ? [] : [`  ${sqlite.command}`]),
    ...prerequisiteLines(report),
    ledger.writable
      ? `Ledger ${ledger.path} can be written.`
      : `Ledger ${ledger.path} cannot be written: ${ledger.reason}`,
  ];
}

const ENGINE_COLUMNS = [
  { title: 'engine', text: (engine: EngineReport) => engine.name },
  { title: 'works', text: (engine: EngineReport) => (engine.ok ? 'yes' : 'no') },
  { title: 'version', text: (engine: EngineReport) => engine.version ?? '-' },
  { title: 'provider', text: (engine: EngineReport) => engine.provider },
] as const;

function remedyLines({ name, ok, missing, command }: EngineReport): string[] {
  if (ok) return [];
  return [`  ${name} lacks ${missing}`, ...(command === undefined ? [] : [`    add it with: ${command}`])];
}

function prerequisiteLines({ prerequisites, sqlite }: DoctorReport): string[] {
  const missing = prerequisites.filter(({ ok }) => !ok).map(({ name }) => name);
  const state = missing.length === 0 ? 'all there' : `${missing.join(', ')} missing`;
  const need = sqlite.ok ? 'needed only where npm compiles SQLite, as on Node 20' : 'needed to compile SQLite';
  return [`Compiler for SQLite (python3, make, g++, Node headers): ${state}; ${need}.`];
}
