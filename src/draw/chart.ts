/** What every chart is told: its words, its size, its axes and the lines that values are compared with. */

export interface ChartFrame {
  readonly title: string;
  readonly subtitle?: string;
  /** Pixels; default 860. */
  readonly width?: number;
  /** Pixels; default 520, charts with named rows: what their rows need. */
  readonly height?: number;
}

export interface ChartAxis {
  readonly label: string;
  /** Written behind the label, in brackets. */
  readonly unit?: string;
  /** Default 'linear'. A logarithmic axis refuses values of 0 and below. */
  readonly scale?: 'linear' | 'log';
  /** The low end is right or on top. Default false. */
  readonly reversed?: boolean;
  /** Both ends; what lies outside is cut off. Default: what the data needs. */
  readonly range?: readonly [low: number, high: number];
}

/** A broken line across the plot, at a value of one axis. */
export interface ReferenceLine {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly label: string;
}

/** In pixels from the top left corner of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** In pixels; `top` is less than `bottom`. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
