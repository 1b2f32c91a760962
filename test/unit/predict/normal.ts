/** The normal distribution by numerical integration: slow, and of another kind than the formulas under test. */

const STEPS = 20_000;

/** ∫ f from `low` to `high`, by Simpson's rule. */
export function integral(f: (x: number) => number, low: number, high: number): number {
  const width = (high - low) / STEPS;
  let total = f(low) + f(high);
  for (let i = 1; i < STEPS; i++) total += (i % 2 === 1 ? 4 : 2) * f(low + i * width);
  return (total * width) / 3;
}

export function density(x: number, mean = 0, deviation = 1): number {
  return Math.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
}

/** Φ(z) */
export function distribution(z: number): number {
  return integral(density, -12, z);
}

/** Φ⁻¹(p), by bisection. */
export function quantile(p: number): number {
  let [low, high] = [-8, 8];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (distribution(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}
