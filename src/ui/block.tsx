/**
 * Text of a known size. Of a text that does not say its size, ink measures every version and remembers it as long as the process lives:
 * some kilobytes a frame, a gigabyte in a search of a few days.
 */
import { Text, type TextProps } from 'ink';
import { createElement } from 'react';

interface BlockProps extends Omit<TextProps, 'wrap'> {
  /** Characters a line; longer ones are cut. */
  readonly columns: number;
  /** Lines, 1 by default. */
  readonly rows?: number;
}

export function Block({ columns, rows = 1, ...text }: BlockProps) {
  const style = { width: columns, height: rows, flexGrow: 0, flexShrink: 0, textWrap: 'truncate' };
  return createElement('ink-text', { style } as object, <Text {...text} />);
}
