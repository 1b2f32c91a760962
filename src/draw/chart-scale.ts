/** Scales of charts: from values to shares of an axis, and the ticks that people read them by. */
import { expected } from '../base/errors.js';
import type { ChartAxis } from './chart.js';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly ticks: readonly Tick[];
  /** Values of small ticks without a label: those between the decades of a logarithmic axis. */
  readonly minor: readonly number[];
  /** Where a value lies: 0 at the low end, 1 at the high end, whichever way the axis is drawn. */
  share(value: number): number;
}

export interface ScaleOptions {
  /** Most ticks with a label; less than 2 is taken as 2. */
  readonly room: number;
  /** Added at each end, as a share of the axis. Default 0. */
  readonly padding?: number;
  /** A linear axis shows zero. Default false. */
  readonly zero?: boolean;
}

/** Differences below this share of the values are rounding errors, not a range. */
const EQUAL = 1e-9;
/** So that sums and differences of values stay finite. */
const LARGEST = 1e300;
/** A linear axis whose data begins this close to zero, as a share of the data's range, begins at zero. */
const NEAR_ZERO = 0.05;
const MULTIPLES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * A scale that holds all finite values.
 * @throws NascentError `usage` if there is none, or the axis is logarithmic and one is not above 0
 */
export function scaleOf(axis: ChartAxis, values: Iterable<number>, options: ScaleOptions): Scale {
  const log = axis.scale === 'log';
  const [low, high] = axis.range ? givenRange(axis, axis.range, log) : dataRange(axis, values, options);
  const room = Math.max(2, options.room);
  const ticks = log ? logTicks(low, high, room) : linearTicks(low, high, room);
  const share = log
    ? (value: number) => (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
    : (value: number) => (value - low) / (high - low);
  return { low, high, log, ticks, minor: log ? minorTicks(low, high, ticks) : [], share };
}

function givenRange(axis: ChartAxis, range: readonly [number, number], log: boolean): readonly [number, number] {
  const [low, high] = range;
  const held = [low, high].every((end) => Math.abs(end) <= LARGEST) && low < high && (!log || low > 0);
  if (held) return range;
  throw expected(`the range of "${axis.label}"`, `two numbers${log ? ' above 0' : ''}, the lower first`, range);
}

function dataRange(axis: ChartAxis, values: Iterable<number>, options: ScaleOptions): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (Math.abs(value) > LARGEST) throw expected(`values of "${axis.label}"`, `at most ${LARGEST}`, value);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) throw expected(`the values of "${axis.label}"`, 'at least one finite number', 'none');
  return axis.scale === 'log' ? logRange(axis, low, high, options) : linearRange(low, high, options);
}

function logRange(axis: ChartAxis, low: number, high: number, { padding = 0 }: ScaleOptions): [number, number] {
  if (low <= 0) throw expected(`values of "${axis.label}" on a logarithmic axis`, 'above 0', low);
  if (high / low < 1 + EQUAL) return [low / 2, high * 2];
  const factor = Math.exp(padding * (Math.log(high) - Math.log(low)));
  return [low / factor, high * factor];
}

function linearRange(low: number, high: number, { padding = 0, zero = false }: ScaleOptions): [number, number] {
  let [from, to] = zero ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
  if (to - from <= EQUAL * Math.max(Math.abs(from), Math.abs(to))) {
    const half = from === 0 ? 0.5 : 0.02 * Math.abs(from);
    return [from - half, to + half];
  }
  const added = padding * (to - from);
  // No space beyond a zero that no value lies beyond.
  from = from >= 0 && from - added <= NEAR_ZERO * (to - from) ? 0 : from - added;
  to = to <= 0 && to + added >= 0 ? 0 : to + added;
  return [from, to];
}

/** Multiples of 1, 2 or 5 times a power of ten: as many as there is room for, but two, for one alone says nothing. */
function linearTicks(low: number, high: number, room: number): Tick[] {
  const step = tickStep(low, high, room);
  const [first, last] = [Math.ceil(low / step - EQUAL), Math.floor(high / step + EQUAL)];
  const values = Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step));
  const format = numberFormat(Math.max(Math.abs(low), Math.abs(high)), step);
  return values.map((value) => ({ value, label: format(value) }));
}

function tickStep(low: number, high: number, room: number): number {
  const count = (step: number) => Math.floor(high / step + EQUAL) - Math.ceil(low / step - EQUAL) + 1;
  const first = Math.floor(Math.log10((high - low) / room));
  let finer = 10 ** (first - 1);
  for (let power = first; ; power++)
    for (const digit of [1, 2, 5]) {
      const step = digit * 10 ** power;
      if (count(step) <= room) return count(step) < 2 ? finer : step;
      finer = step;
    }
}

/** Division by a whole power of ten is exact where a product with its inverse is not: .3, not .30000000000000004. */
function multiple(times: number, step: number): number {
  const inverse = Math.round(1 / step);
  return step < 1 && Number.isSafeInteger(inverse) ? times / (1 / step) : times * step + 0;
}

/**
 * How numbers on an axis (or beside it) are written: all with the decimals that `step` needs, thousands apart; as
 * powers of ten where that would be long.
 * @param largest of the numbers' absolute values
 */
export function numberFormat(largest: number, step: number): (value: number) => string {
  const exponent = Math.floor(Math.log10(step) + EQUAL);
  if (largest < 1e7 && exponent >= -5) return (value) => plain(value, Math.max(0, -exponent));
  const power = Math.floor(Math.log10(largest) + EQUAL);
  return (value) => (value === 0 ? '0' : `${plain(value / 10 ** power, Math.max(0, power - exponent))}${ten(power)}`);
}

/** With a comma between thousands and a true minus. */
function plain(value: number, decimals: number): string {
  const [whole, part] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part === undefined ? '' : `.${part}`);
  return value < 0 && Number(digits.replaceAll(',', '')) !== 0 ? `−${digits}` : digits;
}

function ten(power: number): string {
  return `×10${superscript(power)}`;
}

function superscript(power: number): string {
  return [...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('');
}

/** A range too short for decades has the ticks of a linear axis. */
function logTicks(low: number, high: number, room: number): Tick[] {
  if (high / low < 5) return linearTicks(low, high, room);
  const values = logTickValues(low, high, room);
  const long = values.some((value) => value < 1e-4 || value > 1e6);
  return values.map((value) => ({ value, label: long ? powerLabel(value) : plain(value, decimalsOf(value)) }));
}

/** 1-2-5 or 1-3 a decade where there is room, else whole decades; two at least. */
function logTickValues(low: number, high: number, room: number): number[] {
  const [fine, coarse, decades] = [[1, 2, 5], [1, 3], [1]].map((digits) => decadeValues(low, high, digits));
  if (fine.length <= room) return fine;
  if (coarse.length <= room) return coarse;
  if (decades.length < 2) return [fine[0], fine[fine.length - 1]];
  const stride = Math.ceil(decades.length / room);
  return decades.filter((_, i) => i % stride === 0);
}

/** All `digits` times a power of ten in the range, in order. */
function decadeValues(low: number, high: number, digits: readonly number[]): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  // By its text, for 10 ** -5 is not the number nearest to 1e-5.
  const values = powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
  return values.filter((value) => value >= low * (1 - EQUAL) && value <= high * (1 + EQUAL));
}

function minorTicks(low: number, high: number, ticks: readonly Tick[]): number[] {
  if (high / low < 5 || high / low > 1e12) return [];
  const labelled = new Set(ticks.map(({ value }) => value));
  return decadeValues(low, high, MULTIPLES).filter((value) => !labelled.has(value));
}

function decimalsOf(value: number): number {
  return Math.max(0, -Math.floor(Math.log10(value) + EQUAL));
}

function powerLabel(value: number): string {
  const power = Math.floor(Math.log10(value) + EQUAL);
  const digit = Math.round(value / 10 ** power);
  return digit === 1 ? `10${superscript(power)}` : `${digit}${ten(power)}`;
}
