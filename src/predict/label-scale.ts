/**
 * The scale on which accuracies are learned. As they are, a few networks that learned nothing (10 % where good ones have 94) take up the
 * whole range, and the differences among the good vanish; ranks alone forget how far apart the best are. The scale is the mean of both:
 * normal scores of the ranks, and the values with what lies far below the median drawn in.
 */
import { mean } from '../base/rank-statistics.js';

export interface LabelScale {
  /** The labels on the scale, standardised. */
  readonly values: Float64Array;
  /** A value on the scale in the units of the labels; beyond the labels it goes on in a straight line. */
  toUnits(value: number): number;
}

/** Below the median, labels count at most this many times the distance from there to the best. */
const DRAWN_IN = 2;

export function labelScale(labels: Float64Array): LabelScale {
  const raw = standardised(drawnIn(labels));
  const ranks = normalScores(labels);
  const values = standardised(raw.map((value, i) => value + ranks[i]));
  return { values, toUnits: interpolation(values, labels) };
}

function drawnIn(labels: Float64Array): Float64Array {
  const sorted = labels.slice().sort();
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  const lowest = median - DRAWN_IN * (sorted[sorted.length - 1] - median);
  return labels.map((label) => Math.max(label, lowest));
}

/** Φ⁻¹((rank − ½) / n) (van der Waerden's scores, nearly); equal labels have the score of their mean rank. */
function normalScores(labels: Float64Array): Float64Array {
  const order = [...labels.keys()].sort((a, b) => labels[a] - labels[b]);
  const scores = new Float64Array(labels.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && labels[order[end]] === labels[order[start]]) end++;
    const middle = (start + end) / 2 / order.length;
    for (let i = start; i < end; i++) scores[order[i]] = normalQuantile(middle);
    start = end;
  }
  return scores;
}

function standardised(values: Float64Array): Float64Array {
  // Of equal values the computed mean may be another, by rounding.
  if (values.every((value) => value === values[0])) return new Float64Array(values.length);
  const centre = mean([...values]);
  const deviation = Math.sqrt(mean([...values].map((value) => (value - centre) ** 2)));
  return values.map((value) => (value - centre) / deviation);
}

/** Piecewise linear through the pairs. */
function interpolation(from: Float64Array, to: Float64Array): (value: number) => number {
  const order = [...from.keys()].sort((a, b) => from[a] - from[b]);
  const knots: { x: number; y: number }[] = [];
  for (const i of order)
    if (knots.length === 0 || from[i] > knots[knots.length - 1].x) knots.push({ x: from[i], y: to[i] });
  if (knots.length < 2) return () => knots[0].y;
  return (value) => {
    const above = knots.findIndex(({ x }) => x >= value);
    const right = knots[above < 0 ? knots.length - 1 : Math.max(1, above)];
    const left = knots[knots.indexOf(right) - 1];
    return left.y + ((value - left.x) / (right.x - left.x)) * (right.y - left.y);
  };
}

/** Φ⁻¹(p), 0 < p < 1, to 5e-4 (Abramowitz & Stegun, 26.2.23): enough for an order and its spacing. */
function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return numerator / denominator - t;
}
