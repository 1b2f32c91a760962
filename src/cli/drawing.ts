/** Pictures of architectures in a terminal. */
import type { Drawing } from '../contracts/drawing.js';
import type { SearchSpace } from '../contracts/search-space.js';

/** As the space says, or its cell; a space that says neither has no picture. */
export function drawingIn(space: SearchSpace, text: string): Drawing | undefined {
  const architecture = space.parse(text);
  return space.drawing?.(architecture) ?? (space.graph && [{ graph: space.graph(architecture) }]);
}

/** The lines of an architecture's picture, at most `width` characters each; none where its space has no pictures. */
export async function drawingOf(
  space: SearchSpace,
  ascii: boolean,
): Promise<(architecture: string, width: number) => string[]> {
  const { drawArchitecture } = await import('../draw/architecture.js');
  return (architecture, width) => {
    const drawing = drawingIn(space, architecture);
    return drawing === undefined ? [] : drawArchitecture(drawing, { width, ascii }).split('\n');
  };
}
