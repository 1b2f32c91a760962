/** The npm packages that bring TensorFlow: optional, found where they are installed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** In the order in which they are tried: a GPU first. */
export const PEER_NAMES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Names a folder whose `node_modules` holds a peer; then no other place is looked at. */
export const PEER_FOLDER_VARIABLE = 'NASCENT_TENSORFLOW';

/** A package that is installed; whether it works is another question. */
export interface Peer {
  readonly name: (typeof PEER_NAMES)[number];
  readonly version: string;
  /** Of the package. */
  readonly folder: string;
}

/** Every peer that is installed, without loading any. */
export function installedPeers(): Peer[] {
  const roots = peerRoots();
  return PEER_NAMES.flatMap((name) => roots.flatMap((root) => peerAt(root, name) ?? []).slice(0, 1));
}

/** Files from which packages are looked for, upwards: this one, as for any import, then the working directory. */
function peerRoots(): string[] {
  const named = process.env[PEER_FOLDER_VARIABLE];
  if (named !== undefined && named !== '') return [resolve(named, 'package.json')];
  return [import.meta.url, resolve('package.json')];
}

function peerAt(root: string, name: Peer['name']): Peer | undefined {
  try {
    const file = createRequire(root).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
    return { name, version, folder: dirname(file) };
  } catch {
    return undefined;
  }
}
