/** Everything that `nascent doctor` looks at. */
import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../base/errors.js';
import { packageVersion } from '../../base/version.js';
import { sqlite } from '../../log/binding.js';
import type { Terminal } from '../terminal.js';
import { type EngineReport, examineEngines } from './engines.js';
import { installedVersion, npmVersion, packageVersions } from './packages.js';
import { type Prerequisite, prerequisites } from './prerequisites.js';

export interface DoctorReport {
  readonly nascent: string;
  readonly node: { readonly version: string; readonly supported: boolean; readonly needed: string };
  readonly npm: string | undefined;
  readonly system: string;
  readonly processor: string;
  /** Jobs that run at once where nothing else is asked for. */
  readonly threads: number;
  readonly memoryBytes: number;
  readonly packages: Readonly<Record<string, string | undefined>>;
  readonly engines: readonly EngineReport[];
  readonly sqlite: {
    readonly ok: boolean;
    readonly version: string | undefined;
    readonly missing?: string;
    readonly command?: string;
  };
  /** Needed only where npm has to compile SQLite, as on Node 20. */
  readonly prerequisites: readonly Prerequisite[];
  readonly ledger: { readonly path: string; readonly writable: boolean; readonly reason?: string };
}

const NODE_NEEDED = '^20.19.0 || ^22.14.0 || >=24';

export async function examine(terminal: Terminal, ledger: string): Promise<DoctorReport> {
  return {
    nascent: packageVersion(),
    node: { version: process.versions.node, supported: nodeIsSupported(process.versions.node), needed: NODE_NEEDED },
    npm: npmVersion(),
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    packages: packageVersions(),
    engines: await examineEngines(),
    sqlite: examineSqlite(),
    prerequisites: prerequisites(terminal.environment),
    ledger: examineLedger(resolve(terminal.folder, ledger)),
  };
}

/** As `engines` of package.json says it. */
export function nodeIsSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 14) || (major === 20 && minor >= 19);
}

function examineSqlite(): DoctorReport['sqlite'] {
  const version = installedVersion('better-sqlite3');
  try {
    sqlite();
    return { ok: true, version };
  } catch (thrown) {
    const command = version === undefined ? 'npm install better-sqlite3@12' : 'npm rebuild better-sqlite3';
    return { ok: false, version, missing: messageOf(thrown), command };
  }
}

function examineLedger(path: string): DoctorReport['ledger'] {
  // A file that is not there yet is made in its folder, or in the nearest one above it that is there.
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return { path, writable: true };
  } catch (thrown) {
    return { path, writable: false, reason: messageOf(thrown) };
  }
}
