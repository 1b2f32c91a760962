/** The engines: each one probed, and for those that do not work what is missing and how to add it. */
import { namesOf, resolve } from '../../catalog.js';
import { installedPeers, PEER_NAMES } from '../../kernels/tensorflow/peers.js';
import { probeInChild } from './child.js';
import { type Probe, probeEngine } from './probe.js';

export interface EngineReport {
  readonly name: string;
  readonly ok: boolean;
  readonly version?: string;
  /** What computes. */
  readonly provider: string;
  /** Milliseconds from compiling a first program to its result. */
  readonly milliseconds?: number;
  /** In words what it lacks. */
  readonly missing?: string;
  /** What its library said. */
  readonly reason?: string;
  /** The one command that adds what is missing. */
  readonly command?: string;
}

interface EngineFacts {
  readonly provider: string;
  /** What it needs besides nascent's own packages. */
  readonly needs?: string;
  readonly command?: string;
}

/** What a person should know of the engines that need more than `npm ci`. */
const FACTS: Readonly<Record<string, EngineFacts>> = {
  reference: { provider: 'plain TypeScript, one thread' },
  onnxruntime: { provider: 'CPU', needs: 'the package onnxruntime-node', command: 'npm rebuild onnxruntime-node' },
  'onnxruntime-webgpu': {
    provider: 'WebGPU',
    needs: 'a graphics driver (Vulkan on Linux)',
    ...(process.platform === 'linux' && { command: 'sudo apt-get install -y libvulkan1 mesa-vulkan-drivers' }),
  },
  'onnxruntime-cuda': {
    provider: 'CUDA',
    needs: "onnxruntime's CUDA libraries, an NVIDIA driver, CUDA 12 and cuDNN 9",
    command: 'node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12',
  },
};

export async function examineEngines(): Promise<EngineReport[]> {
  return Promise.all(namesOf('engines').map(async (name) => engineReport(name, await probeInChild(name))));
}

export async function probeByName(name: string): Promise<Probe> {
  const factory = await resolve('engines', name);
  return probeEngine(factory);
}

function engineReport(name: string, { ok, version, milliseconds, reason }: Probe): EngineReport {
  const { provider, needs, command }: EngineFacts = name === 'tensorflow' ? tensorflowFacts(reason) : factsOf(name);
  const found = { name, ok, version, provider, milliseconds };
  if (ok) return found;
  return { ...found, missing: needs ?? reason, reason, command };
}

function factsOf(name: string): EngineFacts {
  return FACTS[name] ?? { provider: name };
}

/** Of the peer that is installed, if one is. */
function tensorflowFacts(reason: string | undefined): EngineFacts {
  const [peer] = installedPeers();
  const [first, second] = PEER_NAMES;
  if (peer === undefined) {
    return { provider: first, needs: `${first}, or ${second} without an NVIDIA GPU`, command: `npm install ${first}` };
  }
  const mend = process.platform === 'linux' ? 'npx nascent doctor --install-tensorflow' : undefined;
  return {
    provider: peer.name,
    needs: `a build of ${peer.name} that works here: ${reason}`,
    command: mend ?? `npm rebuild ${peer.name} --build-addon-from-source`,
  };
}
