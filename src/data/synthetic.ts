/**
 * The built-in data set: pictures drawn at run time, so that a search works with no file at hand. 32×32 RGB, ten classes
 * (`synthetic-classes.ts`), each picture one figure at a random place, size, turn and pair of colours, over a sloping
 * background, between clutter, under noise. Figure and ground swap colours at random, so that a class shows in no mean
 * colour and hardly to a linear classifier.
 */
import { type Random, random } from '../base/random.js';
import type { ImageSet } from '../contracts/dataset.js';
import { disc, drawFigure, type Figure, SYNTHETIC_CLASS_NAMES } from './synthetic-classes.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;

/** The set's own seed: its pictures are the same in every run. A change to the drawing needs a new one. */
const SEED = 'nascent synthetic 1';

/** Least difference in brightness (mean of the channels) between figure and ground, in pixel values. */
const LEAST_CONTRAST = 55;

/** How far a channel lies from the grey of its colour, pixel values. */
const MOST_TINT = 38;

/** Turn of a figure either way, radians. */
const MOST_TURN = 0.6;

type Color = readonly [number, number, number];

/**
 * The first `count` pictures of a part, uint8 [count, 3, 32, 32]; labels go round the classes 0 to 9. A shorter part is the
 * beginning of a longer one. No randomness but the set's own: equal arguments give equal sets on every machine.
 */
export function drawSynthetic(part: 'train' | 'test', count: number): ImageSet {
  const stream = random(SEED).child(part);
  const noise = noiseTable();
  const classes = SYNTHETIC_CLASS_NAMES.length;
  const images = new Uint8Array(count * CHANNELS * PLANE);
  const labels = new Int32Array(count);
  const canvas = new Float32Array(CHANNELS * PLANE);
  for (let row = 0; row < count; row++) {
    labels[row] = row % classes;
    drawPicture(canvas, labels[row], stream);
    addNoise(images, row * CHANNELS * PLANE, canvas, noise, stream);
  }
  return { images, labels, count, shape: [CHANNELS, SIDE, SIDE], classes };
}

function drawPicture(canvas: Float32Array, label: number, stream: Random): void {
  const [ground, ink] = drawColors(stream);
  fillSlope(canvas, ground, stream);
  const clutter = 1 + stream.integer(4);
  for (let i = 0; i < clutter; i++) drawClutter(canvas, stream);
  const radius = 9 + 5 * stream.uniform();
  // The figure may touch the border but not leave the picture by more than a quarter of its width.
  const play = SIDE / 2 - 0.75 * radius;
  const x = SIDE / 2 + play * (2 * stream.uniform() - 1);
  const y = SIDE / 2 + play * (2 * stream.uniform() - 1);
  const turn = MOST_TURN * (2 * stream.uniform() - 1);
  paint(canvas, drawFigure(label, stream), { x, y, turn, radius, stretch: 1 }, ink);
  if (stream.integer(2) === 0) drawClutter(canvas, stream);
}

/** Ground and ink: either may be the lighter one. */
function drawColors(stream: Random): readonly [Color, Color] {
  for (;;) {
    const ground = drawColor(stream);
    const ink = drawColor(stream);
    if (Math.abs(ground[0] + ground[1] + ground[2] - ink[0] - ink[1] - ink[2]) >= CHANNELS * LEAST_CONTRAST)
      return [ground, ink];
  }
}

/** A grey with a tint: were all three channels independent, colour would drown the figures. */
function drawColor(stream: Random): Color {
  const grey = 55 + 145 * stream.uniform();
  const tint = () => grey + MOST_TINT * (2 * stream.uniform() - 1);
  return [tint(), tint(), tint()];
}

/** A background that changes evenly across the picture, by up to 30 either way in each channel. */
function fillSlope(canvas: Float32Array, color: Color, stream: Random): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const slopeX = (60 * stream.uniform() - 30) / SIDE;
    const slopeY = (60 * stream.uniform() - 30) / SIDE;
    for (let y = 0; y < SIDE; y++) {
      const start = channel * PLANE + y * SIDE;
      const edge = color[channel] + slopeY * (y - SIDE / 2) - (slopeX * SIDE) / 2;
      for (let x = 0; x < SIDE; x++) canvas[start + x] = edge + slopeX * x;
    }
  }
}

/** A small spot or stroke of any colour. */
function drawClutter(canvas: Float32Array, stream: Random): void {
  const place = {
    x: SIDE * stream.uniform(),
    y: SIDE * stream.uniform(),
    turn: 2 * Math.PI * stream.uniform(),
    radius: 1.2 + 1.7 * stream.uniform(),
    stretch: 1 + 2 * stream.uniform(),
  };
  paint(canvas, disc, place, drawColor(stream));
}

interface Place {
  /** Middle, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Radians. */
  readonly turn: number;
  /** Pixels. */
  readonly radius: number;
  /** Length over width. */
  readonly stretch: number;
}

/** Paints a figure in one colour, its edge softened over one pixel. */
function paint(canvas: Float32Array, figure: Figure, place: Place, color: Color): void {
  const cos = Math.cos(place.turn) / place.radius;
  const sin = Math.sin(place.turn) / place.radius;
  // Outlines lie within 1.2 radii of the middle.
  const reach = 1.2 * place.radius * place.stretch + 1;
  const firstX = Math.max(0, Math.floor(place.x - reach));
  const lastX = Math.min(SIDE - 1, Math.ceil(place.x + reach));
  const firstY = Math.max(0, Math.floor(place.y - reach));
  const lastY = Math.min(SIDE - 1, Math.ceil(place.y + reach));
  for (let y = firstY; y <= lastY; y++) {
    const down = y + 0.5 - place.y;
    for (let x = firstX; x <= lastX; x++) {
      const right = x + 0.5 - place.x;
      const u = (cos * right + sin * down) / place.stretch;
      const v = cos * down - sin * right;
      const cover = 0.5 - figure(u, v) * place.radius;
      if (cover > 0) blend(canvas, y * SIDE + x, color, Math.min(1, cover));
    }
  }
}

function blend(canvas: Float32Array, pixel: number, color: Color, cover: number): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const at = channel * PLANE + pixel;
    canvas[at] += cover * (color[channel] - canvas[at]);
  }
}

/** 2¹⁵ standard normal numbers: drawing three thousand new ones for each picture would take most of the time. */
function noiseTable(): Float32Array {
  const stream = random(SEED).child('noise');
  return Float32Array.from({ length: 1 << 15 }, () => stream.normal());
}

/** Adds noise of a random strength (deviation 5 to 14) and rounds to bytes; each row of pixels reads the table elsewhere. */
function addNoise(images: Uint8Array, start: number, canvas: Float32Array, noise: Float32Array, stream: Random): void {
  const strength = 5 + 9 * stream.uniform();
  for (let row = 0; row < CHANNELS * PLANE; row += SIDE) {
    const offset = stream.integer(noise.length - SIDE);
    for (let x = 0; x < SIDE; x++) {
      const value = Math.round(canvas[row + x] + strength * noise[offset + x]);
      images[start + row + x] = Math.min(255, Math.max(0, value));
    }
  }
}
