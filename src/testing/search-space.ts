/** What every search space keeps, as tests for any runner. */
import { NascentError } from '../base/errors.js';
import { random } from '../base/random.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { Network, NetworkMode } from '../contracts/network.js';
import type { EquivalenceView, SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import { differentiate } from '../kernels/gradients.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { sizeOf } from '../kernels/shapes.js';
import { networkCost, traceNetwork } from '../network/trace.js';
import { initialTensor } from '../network/weights.js';
import type { TestRunner } from './runner.js';
import { uniformityTests } from './search-space-draws.js';
import { identityTests } from './search-space-identity.js';

export interface SearchSpaceConformanceOptions {
  /** A skeleton that is quick to trace. Default: 4 channels, 1 cell, 3 classes, images of [3, 8, 8]. */
  readonly skeleton?: Required<SkeletonOptions>;
}

/** Spaces up to this size are checked cell by cell, larger ones by draws. */
const LISTABLE = 40_000;
const DRAWS = 300;
const VIEWS: readonly EquivalenceView[] = ['function', 'activations'];
const MODES: readonly NetworkMode[] = ['train', 'score', 'evaluate'];

/** Registers the suite for the space that `makeSpace` makes; the space may be made several times. */
export function searchSpaceConformance<A>(
  runner: TestRunner,
  makeSpace: () => SearchSpace<A>,
  options: SearchSpaceConformanceOptions = {},
): void {
  const space = makeSpace();
  const skeleton = options.skeleton ?? { channels: 4, cells: 1, classes: 3, inputShape: [3, 8, 8] };
  runner.describe(`search space ${space.name}`, () => {
    samplingTests(runner, space);
    enumerationTests(runner, space);
    variationTests(runner, space);
    textTests(runner, space);
    encodingTests(runner, space);
    for (const view of VIEWS) {
      canonicalTests(runner, space, view);
      identityTests(runner, space, view, skeleton);
    }
    refinementTests(runner, space);
    skeletonTests(runner, space, skeleton);
    networkTests(runner, space, skeleton);
    costTests(runner, space, skeleton);
  });
}

function samplingTests<A>(runner: TestRunner, space: SearchSpace<A>): void {
  const { it, expect } = runner;
  it('draws the same from equal streams', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(space.format(space.sample(random(seed)))).toBe(space.format(space.sample(random(seed))));
    }
  });
  uniformityTests(runner, space);
}

function enumerationTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  const all = listed(space);
  if (all === undefined) return;
  it('lists every architecture once, in one order', () => {
    const texts = all.map(space.format);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBe(space.size);
    expect((listed(space) ?? []).map(space.format)).toEqual(texts);
  });
}

function variationTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  it('has neighbours that differ from the architecture and from each other', () => {
    for (const architecture of drawn(space)) {
      const texts = space.neighbours(architecture).map(space.format);
      expect(new Set([...texts, space.format(architecture)]).size).toBe(texts.length + 1);
    }
  });
  it('is a neighbour of its neighbours', () => {
    for (const architecture of drawn(space, 10)) {
      const text = space.format(architecture);
      for (const neighbour of random('symmetry').shuffle(space.neighbours(architecture)).slice(0, 40)) {
        expect(space.neighbours(neighbour).map(space.format).includes(text)).toBe(true);
      }
    }
  });
  it('mutates into neighbours, into each of them, and leaves the original alone', () => {
    const stream = random('mutate');
    for (const architecture of drawn(space, 5)) {
      const text = space.format(architecture);
      const neighbours = space.neighbours(architecture).map(space.format).sort();
      const mutants = new Set<string>();
      for (let i = 0; i < 50 * neighbours.length; i++) mutants.add(space.format(space.mutate(architecture, stream)));
      expect([...mutants].sort()).toEqual(neighbours);
      expect(space.format(architecture)).toBe(text);
    }
  });
}

function textTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  it('reads what it writes', () => {
    for (const architecture of checked(space)) {
      const text = space.format(architecture);
      expect(space.format(space.parse(text))).toBe(text);
    }
  });
  it('refuses other text with an error of code usage', () => {
    const text = space.format(space.sample(random('text')));
    for (const wrong of ['', 'not an architecture', `${text}+`, text.slice(0, -1)]) {
      expect(codeOf(() => space.parse(wrong))).toBe('usage');
    }
  });
}

function encodingTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  it('encodes different architectures differently, in finite features of fixed length', () => {
    const byEncoding = new Map<string, string>();
    let wellFormed = true;
    let injective = true;
    for (const architecture of checked(space)) {
      const features = space.encode(architecture);
      wellFormed &&= features.length === space.encodingLength && features.every(Number.isFinite);
      const text = space.format(architecture);
      injective &&= (byEncoding.get(String(features)) ?? text) === text;
      byEncoding.set(String(features), text);
    }
    expect(wellFormed).toBe(true);
    expect(injective).toBe(true);
  });
}

function canonicalTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>, view: EquivalenceView): void {
  const canonical = (architecture: A) => space.canonical(architecture, view);
  it(`has a canonical form that is its own, view ${view}`, () => {
    const wrong = checked(space).find((architecture) => {
      const form = canonical(architecture);
      return space.format(canonical(form)) !== space.format(form);
    });
    expect(wrong).toBe(undefined);
  });
  const all = listed(space);
  if (all === undefined) return;
  it(`takes the first of each class as canonical, view ${view}`, () => {
    const place = new Map(all.map((architecture, i) => [space.format(architecture), i]));
    const late = all.find((architecture, i) => (place.get(space.format(canonical(architecture))) ?? Infinity) > i);
    expect(late).toBe(undefined);
  });
}

function refinementTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>): void {
  it('holds architectures of equal activations for equal functions', () => {
    const wrong = checked(space).find((architecture) => {
      const form = space.canonical(space.canonical(architecture, 'activations'), 'function');
      return space.format(form) !== space.format(space.canonical(architecture, 'function'));
    });
    expect(wrong).toBe(undefined);
  });
}

function skeletonTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>, small: Required<SkeletonOptions>): void {
  it('fills in the skeleton once', () => {
    const whole = space.skeleton();
    expect(Object.values(whole).includes(undefined as never)).toBe(false);
    expect(space.skeleton(whole)).toEqual(whole);
    expect(space.skeleton(small)).toEqual(small);
  });
}

function networkTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>, small: Required<SkeletonOptions>): void {
  it('builds networks whose shapes fit, of the same parameters in every mode', () => {
    for (const architecture of drawn(space, 20)) {
      const network = space.network(architecture, small);
      expect([network.classes, network.inputShape]).toEqual([small.classes, small.inputShape]);
      const traced = MODES.map((mode) => traceNetwork(network, { batch: 2, mode }));
      for (const { builder, logits } of traced) expect(builder.shape(logits)).toEqual([2, small.classes]);
      const [names, ...others] = traced.map(({ parameters }) => parameters.map(({ name }) => name));
      for (const other of others) expect(other).toEqual(names);
      const sizes = traced[0].parameters.map(({ shape }) => sizeOf(shape));
      expect(networkCost(network).parameters).toBe(sizes.reduce((total, size) => total + size, 0));
    }
  });
  it('builds networks that run forward and backward, in finite numbers', async () => {
    for (const architecture of drawn(space, 5)) {
      const { logits, ...gradients } = await runOnce(space.network(architecture, small));
      expect(logits.data.every(Number.isFinite)).toBe(true);
      const numbers = Object.values(gradients).flatMap(({ data }) => [...data]);
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(numbers.some((number) => number !== 0)).toBe(true);
    }
  });
}

/** Logits of two random images, and under each parameter's name the gradient that a random one of the logits gives it. */
async function runOnce(network: Network): Promise<Record<string, Tensor>> {
  const { builder, logits, parameters, statistics } = traceNetwork(network, { batch: 2, mode: 'train' });
  const values = parameters.map(({ value }) => value);
  const gradients = differentiate(builder, logits, values, builder.input('direction', builder.shape(logits)));
  const named = parameters.map(({ name }, i) => [name, gradients[i]] as const);
  const engine = referenceBackend();
  const executable = await engine.compile(builder.finish({ logits, ...Object.fromEntries(named) }));
  const upload = (shape: readonly number[], data: Float32Array) => engine.upload({ dtype: 'float32', shape, data });
  const normal = (name: string, shape: readonly number[]) => {
    const stream = random(name);
    return [
      name,
      upload(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()),
      ),
    ] as const;
  };
  const weights = [...parameters, ...statistics].map(
    (spec) => [spec.name, upload(spec.shape, initialTensor(spec, random('weights')))] as const,
  );
  const inputs = [normal('images', [2, ...network.inputShape]), normal('direction', [2, network.classes]), ...weights];
  const outputs = Object.entries(await executable.run(Object.fromEntries(inputs)));
  return Object.fromEntries(await Promise.all(outputs.map(async ([name, it]) => [name, await engine.download(it)])));
}

function costTests<A>({ it, expect }: TestRunner, space: SearchSpace<A>, small: Required<SkeletonOptions>): void {
  it('builds the default network, of which cost is known', () => {
    const cost = networkCost(space.network(space.sample(random('cost'))));
    expect(cost.parameters).toBeGreaterThan(0);
    expect(cost.multiplyAdds).toBeGreaterThan(0);
  });
  if (space.cost === undefined) return;
  it('counts cost in closed form as the network itself has it', () => {
    for (const skeleton of [undefined, small, { ...small, cells: small.cells + 1, classes: small.classes + 1 }]) {
      for (const architecture of drawn(space, 30)) {
        expect(space.cost?.(architecture, skeleton)).toEqual(networkCost(space.network(architecture, skeleton)));
      }
    }
  });
}

/** Every architecture, where there are few enough. */
function listed<A>(space: SearchSpace<A>): A[] | undefined {
  if (space.enumerate === undefined || (space.size ?? Number.POSITIVE_INFINITY) > LISTABLE) return undefined;
  return [...space.enumerate()];
}

function drawn<A>(space: SearchSpace<A>, count = DRAWS): A[] {
  return Array.from({ length: count }, (_, i) => space.sample(random('conformance').child(i)));
}

const checked = <A>(space: SearchSpace<A>): A[] => listed(space) ?? drawn(space);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof NascentError ? error.code : `not a NascentError: ${error}`;
  }
  return 'nothing thrown';
}
