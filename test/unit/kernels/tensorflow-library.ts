/** TensorFlow.js for tests: with its plain CPU backend everywhere, and the real one where NASCENT_TENSORFLOW names a folder that has it. */
import '@tensorflow/tfjs-backend-cpu';
import * as tensorflowJs from '@tensorflow/tfjs-core';
import type { Library } from '../../../src/kernels/tensorflow/library.js';
import { loadTensorflow } from '../../../src/kernels/tensorflow/load.js';
import { PEER_FOLDER_VARIABLE } from '../../../src/kernels/tensorflow/peers.js';

/** Slow: small shapes only. */
export async function plainTensorflow(): Promise<Library> {
  await tensorflowJs.setBackend('cpu');
  return tensorflowJs;
}

/** The folder that is named, with `node_modules` in it; tests of the real TensorFlow are skipped where there is none. */
export const realFolder: string | undefined = process.env[PEER_FOLDER_VARIABLE] || undefined;

export const WITHOUT_REAL = `skipped: ${PEER_FOLDER_VARIABLE} names no folder with @tensorflow/tfjs-node`;

/** Each library that there is, with its name. */
export const libraries: readonly (readonly [string, () => Promise<Library>])[] = [
  ['plain CPU backend', plainTensorflow],
  ...(realFolder === undefined ? [] : [['tfjs-node', loadTensorflow] as const]),
];
