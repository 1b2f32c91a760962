/** What main thread and worker thread say to each other. */
import type { MessagePort } from 'node:worker_threads';
import { type ErrorCode, messageOf, NascentError } from '../base/errors.js';
import type { Job, JobResults, TrainProgress } from '../contracts/job.js';
import type { Tensor } from '../contracts/kernel-backend.js';

export interface Task {
  readonly job: Job;
  /** Of a training: progress goes out, an `Order` comes back for each. */
  readonly port?: MessagePort;
}

/** `go-on` answers one progress, which is then in the ledger; `stop` may come at any time. */
export type Order = 'go-on' | 'stop';

/** A thrown error would lose its code and fields on its way between threads, so it travels as data. */
export type Answer = { readonly result: JobResults[Job['kind']] } | { readonly failure: FailureRecord };

export interface FailureRecord {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Of NascentErrors. */
  readonly code?: ErrorCode;
  readonly exitCode?: 1 | 2;
}

export function failureRecord(thrown: unknown): FailureRecord {
  if (thrown instanceof NascentError) {
    const { name, message, stack, code, exitCode } = thrown;
    return { name, message, stack, code, exitCode };
  }
  if (thrown instanceof Error) return { name: thrown.name, message: thrown.message, stack: thrown.stack };
  return { name: 'Error', message: messageOf(thrown) };
}

export function errorOf({ name, message, stack, code, exitCode }: FailureRecord): Error {
  if (code !== undefined) return new NascentError(code, message, { exitCode });
  if (name === 'AbortError') return new DOMException(message, name);
  return Object.assign(new Error(message), { name, stack });
}

/** Progress that can be sent. */
export function sendableProgress({ epoch, checkpoint }: TrainProgress): TrainProgress {
  return { epoch, checkpoint: { ...checkpoint, tensors: sendableTensors(checkpoint.tensors) } };
}

export function sendableResult(result: JobResults[Job['kind']]): JobResults[Job['kind']] {
  return 'weights' in result ? { ...result, weights: sendableTensors(result.weights) } : result;
}

/**
 * Tensors whose bytes are theirs alone: of a view, structured cloning would copy the whole memory behind it. They are copied
 * and not handed over, for an engine's downloads may be the very memory it goes on to use.
 */
function sendableTensors(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const { data } = tensor;
      return [name, data.byteLength === data.buffer.byteLength ? tensor : { ...tensor, data: data.slice() }];
    }),
  );
}
