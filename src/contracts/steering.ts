/** Steering: what a person may ask of a run while it runs. Every request is an event of the run, and a resumed run honours it. */

/** A request as the ledger keeps it. */
export type SteeringRequest =
  | { readonly action: 'pause' | 'continue' | 'finish' }
  | { readonly action: 'train' | 'export'; readonly candidate: number }
  | { readonly action: 'train-count'; readonly count: number };

/**
 * Each call is recorded, then takes effect.
 * @throws NascentError `usage`, one sentence, for what cannot be done as things stand; nothing is recorded then
 */
export interface Steering {
  /** Begins nothing new; what is in flight goes on. Not kept for a resumed run. */
  pause(): void;
  /** After a pause. */
  continue(): void;
  /** Begins nothing new, lets what is in flight come to its end, and stops the run, which can then be resumed. */
  finish(): void;
  /** Trains a scored candidate as soon as a worker is free, whatever its rank; it is not counted among the best that are trained. */
  train(candidate: number): void;
  /** Exports a trained candidate in the run's formats. */
  export(candidate: number): void;
  /** Changes how many of the best are trained, or, where the sampler learns from evaluations, how many are evaluated. */
  trainCount(count: number): void;
}
