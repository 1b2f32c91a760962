/** Stationary kernels as correlations of the squared scaled distance r² = Σ (Δ_f / ℓ_f)². */

export interface Correlation {
  /** ρ(r²), 1 at 0. */
  of(squared: number): number;
  /** dρ / d(r²) */
  slope(squared: number): number;
}

export const CORRELATIONS: Readonly<Record<'matern-5/2' | 'squared-exponential', Correlation>> = {
  /** (1 + √5·r + 5/3·r²)·exp(−√5·r) (Rasmussen & Williams 2006, equation 4.17). */
  'matern-5/2': {
    of: (squared) => {
      const scaled = Math.sqrt(5 * squared);
      return (1 + scaled + (5 / 3) * squared) * Math.exp(-scaled);
    },
    slope: (squared) => {
      const scaled = Math.sqrt(5 * squared);
      return (-5 / 6) * (1 + scaled) * Math.exp(-scaled);
    },
  },
  /** exp(−r²/2) (equation 4.9). */
  'squared-exponential': {
    of: (squared) => Math.exp(-squared / 2),
    slope: (squared) => -Math.exp(-squared / 2) / 2,
  },
};
