import { NascentError } from '../../../src/base/errors.js';

/** The sentence of a refusal of code 'shape'. */
export function shapeRefusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof NascentError && error.code === 'shape') return error.message;
    throw error;
  }
  return 'nothing thrown';
}
