/** Pictures of architectures in a terminal. */
import type { SearchSpace } from '../contracts/search-space.js';

/** The lines of an architecture's picture, at most `width` characters each; none where its space has no pictures. */
export async function drawingOf(
  space: SearchSpace,
  ascii: boolean,
): Promise<(architecture: string, width: number) => string[]> {
  const { drawCell } = await import('../draw/cell.js');
  return (architecture, width) =>
    space.graph ? drawCell(space.graph(space.parse(architecture)), { width, ascii }).split('\n') : [];
}
