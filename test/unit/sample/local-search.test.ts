/** Local search on landscapes made by hand. */
import { describe, expect, it } from 'vitest';
import { type Genotype, nasBench201 } from '../../../search-spaces/nas-bench-201/index.js';
import { hash32 } from '../../../src/base/hash.js';
import { random } from '../../../src/base/random.js';
import type { JsonObject } from '../../../src/contracts/json.js';
import type { Observation } from '../../../src/contracts/sampler.js';
import { localSearchSampler } from '../../../src/sample/local-search.js';

const space = nasBench201();
const make = (options?: JsonObject, seed = 1) => localSearchSampler<Genotype>({ space, random: random(seed), options });

type Landscape = (architecture: Genotype) => number | undefined;

async function run(count: number, valueAt: Landscape, options?: JsonObject, seed = 1, done: readonly string[] = []) {
  const sampler = make(options, seed);
  const seen: Observation<Genotype>[] = done.map((text, proposal) => {
    const architecture = space.parse(text);
    return { proposal, architecture, value: valueAt(architecture) };
  });
  while (seen.length < count) {
    const proposal = seen.length;
    const architecture = await sampler.propose(proposal, seen.slice(0, sampler.needs(proposal)));
    seen.push({ proposal, architecture, value: valueAt(architecture) });
  }
  return seen;
}

const textOf = ({ architecture }: Observation<Genotype>) => space.format(architecture);
const uniformDraw = (index: number, seed = 1) => space.format(space.sample(random(seed).child('proposal', index)));

const PEAK: Genotype = ['nor_conv_3x3', 'skip_connect', 'nor_conv_1x1', 'none', 'avg_pool_3x3', 'nor_conv_3x3'];
const distance = (a: Genotype, b: Genotype) => a.filter((operation, edge) => operation !== b[edge]).length;
const onePeak: Landscape = (cell) => 6 - distance(cell, PEAK);
/** Every cell a height of its own, none like its neighbours'. */
const rugged: Landscape = (cell) => hash32(space.format(cell));

const best = (seen: readonly Observation<Genotype>[]) =>
  seen.reduce((best, each) => ((each.value ?? -1e9) > (best.value ?? -1e9) ? each : best));

describe('local search', () => {
  it('climbs one peak by all new neighbours of where it stands, then starts anew', async () => {
    const initial = 3;
    const seen = await run(160, onePeak, { initial });
    expect(seen.slice(0, initial).map(textOf)).toEqual([0, 1, 2].map((i) => uniformDraw(i)));
    let centre = best(seen.slice(0, initial));
    const known = new Set(seen.slice(0, initial).map(textOf));
    let at = initial;
    // Every step comes nearer by one edge.
    const steps = 6 - centre.value!;
    expect(steps).toBeGreaterThan(2);
    for (let step = 0; step <= steps; step++) {
      const wanted = space
        .neighbours(centre.architecture)
        .map(space.format)
        .filter((text) => !known.has(text));
      const tried = seen.slice(at, at + wanted.length);
      expect(tried.map(textOf).sort()).toEqual([...wanted].sort());
      for (const text of wanted) known.add(text);
      at += wanted.length;
      if (step < steps) {
        expect(best(tried).value).toBe(centre.value! + 1);
        centre = best(tried);
      }
    }
    expect(space.format(centre.architecture)).toBe(space.format(PEAK));
    // All around the peak is lower: the next is a fresh draw, and what comes then are its neighbours.
    expect(textOf(seen[at])).toBe(uniformDraw(at));
    expect(distance(seen[at].architecture, seen[at + 1].architecture)).toBe(1);
  });

  it('moves to the best neighbour wherever it starts', async () => {
    for (const seed of [1, 2, 3]) {
      const initial = 5;
      const seen = await run(200, rugged, { initial }, seed);
      let centre: Observation<Genotype> | undefined = best(seen.slice(0, initial));
      let restarts = 0;
      for (let at = initial; at < 150; ) {
        if (!centre) {
          expect(textOf(seen[at])).toBe(uniformDraw(at, seed));
          centre = seen[at++];
          restarts++;
          continue;
        }
        const known = new Set(seen.slice(0, at).map(textOf));
        const wanted = space
          .neighbours(centre.architecture)
          .map(space.format)
          .filter((text) => !known.has(text));
        const tried = seen.slice(at, at + wanted.length);
        expect(tried.map(textOf).sort()).toEqual([...wanted].sort());
        at += wanted.length;
        centre = best(tried).value! > centre.value! ? best(tried) : undefined;
      }
      expect(restarts).toBeGreaterThan(0);
    }
  });

  it('tries neighbours in an order that depends on the seed only', async () => {
    const at = 40;
    const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => run(at, onePeak, { initial: 1 }, seed)));
    expect(one.map(textOf)).toEqual(again.map(textOf));
    expect(one.map(textOf)).not.toEqual(other.map(textOf));
    const firstNeighbours = space.neighbours(one[0].architecture).map(space.format);
    expect(one.slice(1, 25).map(textOf)).not.toEqual(firstNeighbours);
  });

  it('takes failures for worse than anything, also where all fail', async () => {
    const failing: Landscape = (cell) => (hash32(space.format(cell)) % 3 === 0 ? undefined : rugged(cell));
    const seen = await run(120, failing, { initial: 4 });
    const start = best(seen.slice(0, 4));
    expect(seen.slice(4, 24).every(({ architecture }) => distance(architecture, start.architecture) === 1)).toBe(true);
    const nothing = await run(30, () => undefined, { initial: 4 });
    expect(nothing.map(textOf)).toEqual(nothing.map((_, i) => uniformDraw(i)));
  });

  it('goes on from the observations alone', async () => {
    const whole = (await run(90, rugged, { initial: 4 })).map(textOf);
    for (const done of [2, 4, 5, 30, 77]) {
      expect((await run(90, rugged, { initial: 4 }, 1, whole.slice(0, done))).map(textOf)).toEqual(whole);
    }
  });

  it('answers again where it is asked for an earlier proposal', async () => {
    const sampler = make({ initial: 2 });
    const seen = await run(60, rugged, { initial: 2 });
    for (const index of [50, 20, 59, 3]) {
      expect(space.format(await sampler.propose(index, seen.slice(0, index)))).toBe(textOf(seen[index]));
    }
  });

  it('draws ten first, which need nothing; then one thing after the other', () => {
    const { needs } = make();
    expect([0, 9, 10, 11, 200].map(needs)).toEqual([0, 0, 10, 11, 200]);
  });

  it.each([
    [{ initial: 0 }, 'Expected `initial` to be a whole number of at least 1, got 0.'],
    [{ intial: 3 }, 'Expected an option of the sampler local-search to be one of initial, got "intial".'],
  ])('refuses %j', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });
});
