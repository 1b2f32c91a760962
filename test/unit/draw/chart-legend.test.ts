import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.js';
import { spread } from '../../../src/draw/chart-legend.js';

const cost = (places: readonly number[], wanted: readonly number[]) =>
  places.reduce((sum, place, i) => sum + (place - wanted[i]) ** 2, 0);

describe('places of names', () => {
  it('leaves names that are apart where they want to be', () => {
    expect(spread([50, 10, 90], 20, 0, 100)).toEqual([50, 10, 90]);
    expect(spread([], 20, 0, 100)).toEqual([]);
  });

  it('puts names that want the same place around it, in their order', () => {
    expect(spread([50, 50, 50], 20, 0, 100)).toEqual([30, 50, 70]);
    expect(spread([0, 0], 20, 0, 100)).toEqual([0, 20]);
    expect(spread([100, 100], 20, 0, 100)).toEqual([80, 100]);
  });

  it('finds the least squares of all places on a grid that keep order, gaps and ends', () => {
    const draw = random('names');
    for (let i = 0; i < 40; i++) {
      const wanted = Array.from({ length: 3 }, () => draw.integer(25)).toSorted((a, b) => a - b);
      const places = spread(wanted, 5, 0, 24);
      let least = Number.POSITIVE_INFINITY;
      for (let a = 0; a <= 24; a += 0.5)
        for (let b = a + 5; b <= 24; b += 0.5)
          for (let c = b + 5; c <= 24; c += 0.5) least = Math.min(least, cost([a, b, c], wanted));
      expect(cost(places, wanted)).toBeLessThanOrEqual(least + 1e-9);
      expect(places[0]).toBeGreaterThanOrEqual(0);
      expect(places[2]).toBeLessThanOrEqual(24);
      expect(Math.min(places[1] - places[0], places[2] - places[1])).toBeGreaterThanOrEqual(5 - 1e-9);
    }
  });
});
