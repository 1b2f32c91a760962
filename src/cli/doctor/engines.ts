/** The engines: each one probed, and for those that do not work what is missing and how to add it. */
import { namesOf, resolve } from '../../catalog.js';
import { probeInChild } from './child.js';
import { installedVersion } from './packages.js';
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

/** The peers of the engine that comes next: found or not, nothing runs on them yet. */
const TENSORFLOW_PEERS = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

export async function examineEngines(): Promise<EngineReport[]> {
  const shipped = await Promise.all(
    namesOf('engines').map(async (name) => engineReport(name, await probeInChild(name))),
  );
  return [...shipped, tensorflowReport()];
}

export async function probeByName(name: string): Promise<Probe> {
  const factory = await resolve('engines', name);
  return probeEngine(factory);
}

function engineReport(name: string, { ok, version, milliseconds, reason }: Probe): EngineReport {
  const { provider, needs, command }: EngineFacts = FACTS[name] ?? { provider: name };
  const found = { name, ok, version, provider, milliseconds };
  if (ok) return found;
  return { ...found, missing: needs ?? reason, reason, command };
}

function tensorflowReport(): EngineReport {
  const peer = TENSORFLOW_PEERS.find((name) => installedVersion(name) !== undefined);
  const later = 'the engine that would use it, which is not part of this version';
  return {
    name: 'tensorflow',
    ok: false,
    version: peer && installedVersion(peer),
    provider: peer ?? TENSORFLOW_PEERS[0],
    missing: peer ? later : `${TENSORFLOW_PEERS[0]}, and ${later}`,
    ...(!peer && { command: `npm install ${TENSORFLOW_PEERS[0]}` }),
  };
}
