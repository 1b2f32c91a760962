/** Versions of installed packages, read without running them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { installedPeers, PEER_NAMES } from '../../kernels/tensorflow/peers.js';

const require = createRequire(import.meta.url);

/** The version of an installed package; undefined where it is not installed. */
export function installedVersion(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(join(folder, name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // Not in this folder; the next one up may have it.
    }
  }
  return undefined;
}

/** The packages that do the heavy work, and the optional ones, with their versions. */
export function packageVersions(): Record<string, string | undefined> {
  const own = ['onnxruntime-node', 'better-sqlite3'].map((name) => [name, installedVersion(name)] as const);
  const peers = installedPeers();
  const optional = PEER_NAMES.map((name) => [name, peers.find((peer) => peer.name === name)?.version] as const);
  return Object.fromEntries([...own, ...optional]);
}

/** npm's version, from beside this Node. */
export function npmVersion(): string | undefined {
  const places = [
    '../lib/node_modules/npm/package.json',
    '../../lib/node_modules/npm/package.json',
    'node_modules/npm/package.json',
  ];
  for (const place of places) {
    try {
      const text = readFileSync(join(dirname(process.execPath), place), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // Another layout of the installation.
    }
  }
  return /npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1];
}
