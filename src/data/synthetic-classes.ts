/** The ten classes of the synthetic set, as signed distances. */
import type { Random } from '../base/random.js';

/**
 * Signed distance from a point to the edge of a figure, negative inside; the figure's radius is 1 and its middle 0.
 */
export type Figure = (u: number, v: number) => number;

/** What varies within a class besides place, size, turn and colour. */
interface Variation {
  /** Length of one period of a texture, in radii. */
  readonly period: number;
  /** Where in its period a texture starts, [0, 1). */
  readonly phase: number;
  /** What a texture is cut out of: says nothing about the class. */
  readonly outline: Figure;
}

/** Five outlines and five textures; a texture's outline is one of the simple ones, so that it has to be looked into. */
const CLASSES: readonly { readonly name: string; readonly figure: (variation: Variation) => Figure }[] = [
  { name: 'disc', figure: () => disc },
  { name: 'square', figure: () => square },
  { name: 'triangle', figure: () => triangle },
  { name: 'ring', figure: () => (u, v) => Math.abs(Math.sqrt(u * u + v * v) - 0.68) - 0.22 },
  { name: 'cross', figure: () => cross },
  { name: 'stripes', figure: (variation) => within(variation, (u) => wave(u, variation)) },
  { name: 'zigzags', figure: (variation) => within(variation, (u, v) => wave(u + zigzag(v, variation), variation)) },
  { name: 'checks', figure: (variation) => within(variation, checks(variation)) },
  { name: 'dots', figure: (variation) => within(variation, dots(variation)) },
  { name: 'target', figure: (variation) => within(variation, (u, v) => wave(Math.sqrt(u * u + v * v), variation)) },
];

export const SYNTHETIC_CLASS_NAMES: readonly string[] = CLASSES.map(({ name }) => name);

/** A figure of a class, its variation drawn from `random` (three draws, whatever the class). */
export function drawFigure(label: number, random: Random): Figure {
  const variation = {
    period: 0.5 + 0.3 * random.uniform(),
    phase: random.uniform(),
    outline: random.pick([disc, square, triangle]),
  };
  return CLASSES[label].figure(variation);
}

/** The class figure of the plainest look, used as clutter too. */
export function disc(u: number, v: number): number {
  return Math.sqrt(u * u + v * v) - 0.9;
}

function square(u: number, v: number): number {
  return Math.max(Math.abs(u), Math.abs(v)) - 0.78;
}

function triangle(u: number, v: number): number {
  return Math.max(0.866 * Math.abs(u) + 0.5 * v, -v) - 0.58;
}

function cross(u: number, v: number): number {
  const across = Math.abs(u);
  const along = Math.abs(v);
  return Math.min(Math.max(across - 0.95, along - 0.3), Math.max(along - 0.95, across - 0.3));
}

function within({ outline }: Variation, texture: Figure): Figure {
  return (u, v) => Math.max(outline(u, v), texture(u, v));
}

/** Signed distance to the edges of bars, half a period wide, along one coordinate. */
function wave(x: number, { period, phase }: Variation): number {
  return (Math.abs(fraction(x / period + phase) - 0.5) - 0.25) * period;
}

/** A triangular shift along the bars. */
function zigzag(x: number, { period, phase }: Variation): number {
  return Math.abs(fraction(x / (2 * period) + phase) - 0.5) * 2 * period;
}

function checks(variation: Variation): Figure {
  const coarse = { ...variation, period: 1.4 * variation.period };
  return (u, v) => {
    const a = wave(u, coarse);
    const b = wave(v, coarse);
    return Math.max(Math.min(a, b), -Math.max(a, b));
  };
}

function dots({ period, phase }: Variation): Figure {
  return (u, v) => {
    const x = fraction(u / period + phase) - 0.5;
    const y = fraction(v / period + phase) - 0.5;
    return (Math.sqrt(x * x + y * y) - 0.36) * period;
  };
}

function fraction(x: number): number {
  return x - Math.floor(x);
}
