/**
 * Lines and words on a grid of characters. Lines that meet are joined: each cell keeps the directions in which it has a
 * line.
 */

export interface LineStyle {
  /** Broken lines give way to whole ones where both run. */
  readonly broken?: boolean;
}

/** Directions of a cell's lines, as bits. */
const UP = 1;
const DOWN = 2;
const LEFT = 4;
const RIGHT = 8;

/** One character for each set of directions. */
const BOX = ' ╵╷│╴┘┐┤╶└┌├─┴┬┼';
const ASCII = ' |||-+++-+++-+++';
const BROKEN_BOX: Readonly<Record<number, string>> = { [UP | DOWN]: '╎', [LEFT | RIGHT]: '╌' };
const BROKEN_ASCII: Readonly<Record<number, string>> = { [UP | DOWN]: ':', [LEFT | RIGHT]: '.' };

interface Cell {
  directions: number;
  whole: boolean;
  text?: string;
}

export class CharacterCanvas {
  private readonly rows: Cell[][];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rows = Array.from({ length: height }, () =>
      Array.from({ length: width }, () => ({ directions: 0, whole: false })),
    );
  }

  /** From (x1, y1) to (x2, y2), both included; one of the two coordinates stays. */
  line(
    [x1, y1]: readonly [number, number],
    [x2, y2]: readonly [number, number],
    { broken = false }: LineStyle = {},
  ): void {
    const steps = Math.abs(x2 - x1) + Math.abs(y2 - y1);
    const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
    for (let i = 0; i <= steps; i++) {
      const cell = this.rows[y1 + i * dy][x1 + i * dx];
      if (i > 0) cell.directions |= direction(-dx, -dy);
      if (i < steps) cell.directions |= direction(dx, dy);
      cell.whole ||= !broken;
    }
  }

  rectangle(left: number, top: number, right: number, bottom: number): void {
    this.line([left, top], [right, top]);
    this.line([right, top], [right, bottom]);
    this.line([right, bottom], [left, bottom]);
    this.line([left, bottom], [left, top]);
  }

  text(x: number, y: number, text: string): void {
    [...text].forEach((character, i) => {
      this.rows[y][x + i].text = character;
    });
  }

  /** Writes over a line, as near to the middle of [left, right] as no other line or word is in the way. */
  label(left: number, right: number, y: number, text: string): void {
    const last = right - text.length + 1;
    const middle = left + Math.max(0, Math.floor((last - left) / 2));
    const places = Array.from({ length: Math.max(0, last - left + 1) }, (_, i) => left + i);
    const nearest = places.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const place = nearest.find((x) => [...text].every((_, i) => this.isPlain(x + i, y)));
    this.text(place ?? middle, y, text);
  }

  private isPlain(x: number, y: number): boolean {
    const { directions, text } = this.rows[y][x];
    return text === undefined && (directions & (UP | DOWN)) === 0;
  }

  /** @param ascii no characters beyond ASCII */
  toString(ascii = false): string {
    return this.rows
      .map((row) =>
        row
          .map((cell) => character(cell, ascii))
          .join('')
          .trimEnd(),
      )
      .join('\n');
  }
}

function direction(dx: number, dy: number): number {
  if (dx !== 0) return dx > 0 ? RIGHT : LEFT;
  return dy > 0 ? DOWN : UP;
}

function character({ text, directions, whole }: Cell, ascii: boolean): string {
  if (text !== undefined) return text;
  const broken = whole ? undefined : (ascii ? BROKEN_ASCII : BROKEN_BOX)[directions];
  return broken ?? (ascii ? ASCII : BOX)[directions];
}
