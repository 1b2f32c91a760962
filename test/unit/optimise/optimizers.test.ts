import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import type { Buffer } from '../../../src/contracts/kernel-backend.js';
import { programBuilder } from '../../../src/kernels/program.js';
import { referenceBackend } from '../../../src/kernels/reference/index.js';
import { adam } from '../../../src/optimise/adam.js';
import type { Optimizer } from '../../../src/optimise/optimizer.js';
import { sgd } from '../../../src/optimise/sgd.js';
import { worstError } from '../../../src/testing/kernel-backend-programs.js';

const SIZE = 7;
const STEPS = 5;
const stream = random('optimisers');
const numbers = (scale: number) => Array.from({ length: SIZE }, () => scale * stream.normal());
const START = numbers(1);
/** The fourth step's gradient is zero: momentum alone moves the parameters. */
const GRADIENTS = Array.from({ length: STEPS }, (_, i) => numbers(i === 3 ? 0 : 0.3));
const RATES = [0.1, 0.07, 0.05, 0.02, 0.03];

/** Parameters after each step. */
type Path = number[][];

/** Runs an update as a program, its state going from step to step, without rounding to float32. */
async function pathOf(optimizer: Optimizer): Promise<Path> {
  const engine = referenceBackend({ precision: 'float64' });
  const b = programBuilder();
  const parameters = b.input('parameters', [SIZE]);
  const updated = optimizer.update(b, {
    parameters,
    gradient: b.input('gradient', [SIZE]),
    state: optimizer.slots.map((slot) => b.input(slot, [SIZE])),
    learningRate: b.input('learningRate', []),
    step: b.input('step', []),
    tensors: [{ offset: 0, size: SIZE, shape: [SIZE] }],
  });
  const slots = Object.fromEntries(optimizer.slots.map((slot, i) => [slot, updated.state[i]]));
  const executable = await engine.compile(b.finish({ parameters: updated.parameters, ...slots }));
  const vector = (data: readonly number[]) =>
    engine.upload({ dtype: 'float32', shape: [SIZE], data: Float64Array.from(data) });
  const scalar = (value: number) => engine.upload({ dtype: 'float32', shape: [], data: Float64Array.of(value) });
  let state: Record<string, Buffer> = { parameters: vector(START) };
  for (const slot of optimizer.slots) state[slot] = vector(new Array(SIZE).fill(0));
  const path: Path = [];
  for (let t = 1; t <= STEPS; t++) {
    const feeds = { gradient: vector(GRADIENTS[t - 1]), learningRate: scalar(RATES[t - 1]), step: scalar(t) };
    state = await executable.run({ ...state, ...feeds });
    path.push([...engine.downloadPrecise(state.parameters).data]);
  }
  return path;
}

/** One parameter by the formula; `next` gives it after step t. */
function pathBy(next: (i: number) => (p: number, g: number, rate: number, t: number) => number): Path {
  const path: Path = GRADIENTS.map(() => []);
  for (let i = 0; i < SIZE; i++) {
    const step = next(i);
    let p = START[i];
    for (let t = 1; t <= STEPS; t++) {
      p = step(p, GRADIENTS[t - 1][i], RATES[t - 1], t);
      path[t - 1].push(p);
    }
  }
  return path;
}

function plainSgd(momentum: number, nesterov: boolean, decay: number): Path {
  return pathBy(() => {
    let m = 0;
    return (p, gradient, rate) => {
      const g = gradient + decay * p;
      m = momentum * m + g;
      return p - rate * (nesterov ? g + momentum * m : m);
    };
  });
}

function plainAdam(beta1: number, beta2: number, epsilon: number, decay: number, decoupled: boolean): Path {
  return pathBy(() => {
    let m = 0;
    let v = 0;
    return (p, gradient, rate, t) => {
      const g = decoupled ? gradient : gradient + decay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const update = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
      return p - rate * update - (decoupled ? rate * decay * p : 0);
    };
  });
}

/** Constants of a program are float32: β and λ are rounded to 6e-8. */
const TOLERANCE = 2e-6;

describe('optimisers follow their formulas for five steps', () => {
  const decay = { weightDecay: 0.2 };
  const cases: readonly (readonly [string, Optimizer, Path])[] = [
    ['sgd', sgd({ momentum: 0, nesterov: false, weightDecay: 0 }), plainSgd(0, false, 0)],
    ['sgd with momentum', sgd({ momentum: 0.9, nesterov: false, ...decay }), plainSgd(0.9, false, 0.2)],
    ['sgd with Nesterov', sgd({ momentum: 0.9, nesterov: true, ...decay }), plainSgd(0.9, true, 0.2)],
    ['adam', adam(), plainAdam(0.9, 0.999, 1e-8, 0, false)],
    ['adam with decay', adam(decay), plainAdam(0.9, 0.999, 1e-8, 0.2, false)],
    ['adamw', adam({ ...decay, decoupled: true }), plainAdam(0.9, 0.999, 1e-8, 0.2, true)],
    [
      'adam with options',
      adam({ beta1: 0.5, beta2: 0.9, epsilon: 0.1, ...decay }),
      plainAdam(0.5, 0.9, 0.1, 0.2, false),
    ],
  ];

  it.each(cases)('%s', async (_, optimizer, expected) => {
    const path = await pathOf(optimizer);
    for (let t = 0; t < STEPS; t++) expect(worstError(expected[t], path[t]), `step ${t + 1}`).toBeLessThan(TOLERANCE);
  });

  it('and no two of them go the same way', () => {
    for (const [i, [, , one]] of cases.entries()) {
      for (const [, , other] of cases.slice(i + 1)) {
        expect(worstError(one[STEPS - 1], other[STEPS - 1])).toBeGreaterThan(1e-3);
      }
    }
  });
});
