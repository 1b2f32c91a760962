/** A chain of blocks as text: one block a line, its size as a bar. */
import type { ChainBlock } from '../contracts/drawing.js';

const LONGEST_BAR = 24;

/** @param width columns of the terminal; bars give way where it is narrow @param ascii no characters beyond ASCII */
export function drawChain(chain: readonly ChainBlock[], width = 80, ascii = false): string {
  const longest = (text: (block: ChainBlock) => string) => Math.max(0, ...chain.map((block) => text(block).length));
  const name = longest((block) => block.name);
  const operation = longest((block) => block.operation ?? '');
  const digits = longest(({ size }) => String(size ?? ''));
  const largest = Math.max(0, ...chain.map(({ size = 0 }) => size));
  const room = Math.min(LONGEST_BAR, width - (name + operation + digits + 8));
  const lines = chain.map((block, i) => {
    const words = [
      block.name.padEnd(name),
      (block.operation ?? '').padEnd(operation),
      sizeOf(block, largest, room, digits),
    ];
    return `${borderOf(i, chain.length)} ${words.join('  ')}`.trimEnd();
  });
  return lines.map((line) => (ascii ? inAscii(line) : line)).join('\n');
}

/** The number, and a bar of at least one character where there is room for bars. */
function sizeOf({ size }: ChainBlock, largest: number, room: number, digits: number): string {
  if (size === undefined) return '';
  const bar = room < 4 ? '' : '█'.repeat(Math.max(1, Math.round((room * size) / largest)));
  return `${String(size).padStart(digits)} ${bar}`;
}

function borderOf(i: number, count: number): string {
  if (count === 1) return '─';
  if (i === 0) return '┌';
  return i === count - 1 ? '└' : '├';
}

function inAscii(line: string): string {
  return line
    .replace(/[─┌├└]/g, '+')
    .replaceAll('█', '#')
    .replaceAll('×', 'x')
    .replace(/[^ -~]/g, '?');
}
