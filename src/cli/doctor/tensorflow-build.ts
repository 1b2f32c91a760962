/**
 * Building tfjs-node on the TensorFlow of a Python wheel, for machines where the libtensorflow that its install script downloads (2.9, CUDA
 * 11.2) is too old or out of reach. The package's own build looks for headers and libraries under `deps`; they are linked there.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, NascentError } from '../../base/errors.js';
import type { Prerequisite } from './prerequisites.js';

const run = promisify(execFile);

/** Where a wheel keeps TensorFlow. */
export interface Wheel {
  readonly folder: string;
  readonly version: string;
}

/** Names under which a linker and the loader look for the two libraries. */
const LINKS = [
  ['libtensorflow_cc.so.2', 'libtensorflow.so'],
  ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
] as const;

const FIND_WHEEL = `
import importlib.metadata as m, importlib.util as u
spec = u.find_spec('tensorflow')
version = lambda name: [d.version for d in m.distributions() if (d.metadata['Name'] or '').lower().replace('_', '-') == name]
print(spec.submodule_search_locations[0] if spec else '')
print((version('tensorflow') + version('tensorflow-cpu') + ['unknown'])[0])
`;

/**
 * The TensorFlow that a Python program would import, without importing it.
 * @throws NascentError `engine` where it has none, or one without headers and libraries
 */
export async function findWheel(python: string): Promise<Wheel> {
  const advice = `Run "${python} -m pip install tensorflow-cpu" ("tensorflow[and-cuda]" for an NVIDIA GPU), or name another program with --python.`;
  let lines: string[];
  try {
    lines = (await run(python, ['-c', FIND_WHEEL])).stdout.split('\n').map((line) => line.trim());
  } catch (cause) {
    throw new NascentError('engine', `Expected ${python} to run, got: ${firstLine(cause)}`, { cause });
  }
  const [folder, version] = lines;
  if (folder === '') throw new NascentError('engine', `Expected ${python} to have TensorFlow, got none. ${advice}`);
  const needed = [...LINKS.map(([library]) => library), join('include', 'tensorflow', 'c', 'c_api.h')];
  const missing = needed.filter((file) => !existsSync(join(folder, file)));
  if (missing.length === 0) return { folder, version };
  throw new NascentError('engine', `Expected the TensorFlow in ${folder} to hold ${missing.join(' and ')}. ${advice}`);
}

/** What a build replaces inside the package. */
const REPLACED = ['deps', 'lib', 'build', 'build-tmp-napi-v8'] as const;
const KEPT = '.before-nascent';

/**
 * Links the wheel under the package at `folder`, builds its addon and lets `prove` decide. Where anything fails, the package is as it was.
 * @throws what failed
 */
export async function buildOnWheel(
  folder: string,
  wheel: Wheel,
  headers: Prerequisite,
  prove: () => Promise<void>,
): Promise<void> {
  for (const name of REPLACED) if (existsSync(join(folder, name))) renameSync(join(folder, name), kept(folder, name));
  try {
    linkWheel(folder, wheel);
    await buildAddon(folder, wheel, headers);
    await prove();
  } catch (thrown) {
    for (const name of REPLACED) {
      rmSync(join(folder, name), { recursive: true, force: true });
      if (existsSync(kept(folder, name))) renameSync(kept(folder, name), join(folder, name));
    }
    throw thrown;
  }
  for (const name of REPLACED) rmSync(kept(folder, name), { recursive: true, force: true });
}

function kept(folder: string, name: string): string {
  return join(folder, name + KEPT);
}

function linkWheel(folder: string, wheel: Wheel): void {
  const libraries = join(folder, 'deps', 'lib');
  mkdirSync(libraries, { recursive: true });
  symlinkSync(join(wheel.folder, 'include'), join(folder, 'deps', 'include'));
  for (const [library, name] of LINKS) symlinkSync(join(wheel.folder, library), join(libraries, name));
}

/** The package's own build, through npm's node-gyp. */
async function buildAddon(folder: string, wheel: Wheel, headers: Prerequisite): Promise<void> {
  const environment = {
    ...process.env,
    // The loader finds the libraries in the wheel itself, where those of CUDA lie beside them.
    LDFLAGS: `${process.env.LDFLAGS ?? ''} -Wl,-rpath,${wheel.folder}`,
    ...(headers.path && { npm_config_nodedir: dirname(dirname(dirname(headers.path))) }),
  };
  try {
    const words = ['--no-install', 'node-pre-gyp', 'install', '--build-from-source'];
    await run('npx', words, { cwd: folder, env: environment, maxBuffer: 1 << 26 });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    const said = /error: .*|ERR! stack .*/i.exec(stderr)?.[0] ?? firstLine(cause);
    throw new NascentError('engine', `Expected the addon to build, got: ${said}`, { cause });
  }
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n')[0];
}
