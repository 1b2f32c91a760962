/** A layer that is applied several times with the same parameters. */
import { NascentError } from '../base/errors.js';
import type { Layer, Scope } from '../contracts/network.js';
import type { Value } from '../contracts/program.js';

export interface Repeatable {
  /** The layer once more; its tensors are defined the first time, and the same ever after. */
  apply(layer: Layer, input: Value): Value;
  /** Parameters so far, in order of definition. */
  readonly parameters: readonly Value[];
}

/** Applies layers in `scope`, in which each tensor's name stands for one tensor. Of statistics that are updated each time, the last counts. */
export function repeatable(scope: Scope): Repeatable {
  const parameters = new Map<string, Value>();
  const statistics = new Map<string, Value>();
  const within = (inner: Scope, path: string): Scope => {
    const define = (known: Map<string, Value>, own: Scope['parameter']): Scope['parameter'] => {
      return (name, shape, initialize, options) => {
        const key = `${path}${name}`;
        const value = known.get(key) ?? own(name, shape, initialize, options);
        known.set(key, value);
        return value;
      };
    };
    return {
      ...inner,
      parameter: define(parameters, inner.parameter),
      statistic: define(statistics, inner.statistic),
      child: (name, layer, input) =>
        inner.child(name, (own, value) => layer(within(own, `${path}${name}.`), value), input),
      // What is dropped in one application and kept in the next would be another layer.
      droppable: (output) => output,
      auxiliary: (name) => {
        throw new NascentError('usage', `Expected no auxiliary classifier in a layer that is repeated, got ${name}.`);
      },
    };
  };
  return {
    apply: (layer, input) => layer(within(scope, ''), input),
    get parameters() {
      return [...parameters.values()];
    },
  };
}
