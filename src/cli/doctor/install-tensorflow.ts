/** `nascent doctor --install-tensorflow`: says what it will do, asks, does it, and undoes it where it fails. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import { NascentError } from '../../base/errors.js';
import { installedPeers, PEER_FOLDER_VARIABLE } from '../../kernels/tensorflow/peers.js';
import { remark, type Terminal, writeLines } from '../terminal.js';
import { probeInChild } from './child.js';
import { type Prerequisite, prerequisites } from './prerequisites.js';
import { buildOnWheel, findWheel, type Wheel } from './tensorflow-build.js';

export interface InstallOptions {
  /** Whose TensorFlow is linked. Default `python3`. */
  readonly python?: string;
  /** Goes on without asking. */
  readonly yes?: boolean;
}

const PACKAGE = '@tensorflow/tfjs-node';
/** The last release, of which the build is known. */
const RELEASE = '4.22.0';

/** @throws NascentError `engine` for what is missing or failed, `usage` where nobody can be asked */
export async function installTensorflow(
  terminal: Terminal,
  { python = 'python3', yes }: InstallOptions,
): Promise<void> {
  if (process.platform !== 'linux') {
    throw new NascentError('engine', `Expected Linux to link TensorFlow's libraries on, got ${process.platform}.`);
  }
  const headers = requireCompiler(terminal);
  const wheel = await findWheel(python);
  const found = installedPeers().at(0);
  const place = resolve(terminal.folder, terminal.environment[PEER_FOLDER_VARIABLE] || '.');
  writeLines(terminal, planned(wheel, found?.folder, place));
  if (!yes && !(await agreed(terminal))) return;
  // Ctrl-C ends what runs here; this process stays to put everything back.
  const stay = () => remark(terminal, 'Putting back what was there.');
  process.on('SIGINT', stay);
  try {
    if (found === undefined) await npm(['install', '--ignore-scripts', `${PACKAGE}@${RELEASE}`], place);
    await buildHere(wheel, headers, found === undefined ? () => npm(['uninstall', PACKAGE], place) : undefined);
  } finally {
    process.off('SIGINT', stay);
  }
  writeLines(terminal, [`TensorFlow ${wheel.version} computes. Use it with: nascent search --engine tensorflow`]);
}

function planned(wheel: Wheel, folder: string | undefined, place: string): string[] {
  const install = `install ${PACKAGE} ${RELEASE} in ${place}, without its install script`;
  const target = folder ?? `${place}/node_modules/${PACKAGE}`;
  const steps = [
    ...(folder === undefined ? [install] : []),
    `link TensorFlow ${wheel.version} of ${wheel.folder} under ${target}/deps, in place of what is there`,
    'compile its addon with npm and the C++ compiler, about a minute',
    'multiply two matrices with it; if any of this fails, put back what was there',
  ];
  return ['This will', ...steps.map((step, i) => `  ${i + 1}. ${step}`)];
}

async function buildHere(wheel: Wheel, headers: Prerequisite, uninstall?: () => Promise<void>): Promise<void> {
  try {
    const peer = installedPeers().at(0);
    if (peer === undefined) throw new NascentError('engine', `Expected ${PACKAGE} to be found after npm installed it.`);
    await buildOnWheel(peer.folder, wheel, headers, async () => {
      const { ok, reason } = await probeInChild('tensorflow');
      if (!ok) throw new NascentError('engine', `The addon was built, but does not work: ${reason}`);
    });
  } catch (thrown) {
    await uninstall?.();
    throw thrown;
  }
}

/** Node's headers, where all that a build needs is there. */
function requireCompiler(terminal: Terminal): Prerequisite {
  const found = prerequisites(terminal.environment);
  const missing = found.filter(({ ok }) => !ok).map(({ name }) => name);
  if (missing.length === 0) return found.find(({ name }) => name === 'node headers') as Prerequisite;
  throw new NascentError('engine', `Expected a C++ compiler for Node's addons, but ${missing.join(', ')} is missing.`);
}

async function agreed(terminal: Terminal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new NascentError('usage', 'Expected --yes where nobody can be asked, got no terminal to ask on.');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Go on? [y/N] ');
    const yes = /^y(es)?$/i.test(answer.trim());
    if (!yes) remark(terminal, 'Nothing was changed.');
    return yes;
  } finally {
    asking.close();
  }
}

async function npm(words: readonly string[], folder: string): Promise<void> {
  try {
    await promisify(execFile)('npm', words, { cwd: folder, maxBuffer: 1 << 26 });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    const said = stderr.split('\n').find((line) => line.startsWith('npm error')) ?? String(cause);
    throw new NascentError('engine', `Expected "npm ${words.join(' ')}" to succeed, got: ${said}`, { cause });
  }
}
