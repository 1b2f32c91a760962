/** Probing in a process of its own: a native library that crashes or chatters must not take the doctor with it. */
import { execFile } from 'node:child_process';
import type { Probe } from './probe.js';

/** Drivers that wait for a device which never answers are given up after this. */
const PATIENCE = 60_000;

/** Runs this same program as `nascent doctor --probe NAME`, which prints one JSON object. */
export function probeInChild(name: string): Promise<Probe> {
  const words = [...process.execArgv, process.argv[1], 'doctor', '--probe', name];
  return new Promise((settle) => {
    execFile(process.execPath, words, { timeout: PATIENCE }, (error, stdout) => {
      const probe = parseProbe(stdout);
      if (probe) settle(probe);
      else settle({ ok: false, reason: `its probe ended with ${error?.signal ?? `exit code ${error?.code ?? 0}`}` });
    });
  });
}

function parseProbe(text: string): Probe | undefined {
  try {
    return JSON.parse(text) as Probe;
  } catch {
    return undefined;
  }
}
