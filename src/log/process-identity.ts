/** Which process this is, in a way that another process can later check, although process numbers are used again. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  /** Host name, for people. */
  readonly host: string;
  /** Within one `machine`, process numbers mean the same. */
  readonly machine: string;
  readonly process: number;
  /** When the process started, in ticks since the machine did; null where the system does not tell. */
  readonly started: string | null;
}

export function thisProcess(): ProcessIdentity {
  return {
    host: hostname(),
    machine: machine(),
    process: process.pid,
    started: processStart(process.pid) ?? null,
  };
}

/** Whether the process runs. Asked only about processes of this machine. */
export function isAlive(identity: Pick<ProcessIdentity, 'process' | 'started'>): boolean {
  try {
    process.kill(identity.process, 0);
  } catch (thrown) {
    // EPERM: there is such a process, and it is another user's.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (identity.started === null) return true;
  return processStart(identity.process) === identity.started;
}

/** One boot of one kernel, and one numbering of processes in it: two containers number theirs apart. */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** Undefined where there is no such process, it has ended without being waited for, or the system has no /proc. */
function processStart(id: number): string | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${id}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses, which may hold blanks and parentheses of its own.
  const [state, ...rest] = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[18];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}
