/** Architectures as they are drawn: one or several parts, each a cell or a chain of blocks. */
import type { CellGraph } from './cell-graph.js';

export interface ChainBlock {
  readonly name: string;
  /** What it computes, in a few words. */
  readonly operation?: string;
  /** Channels, or what else tells how large blocks are beside each other: drawn as the length of a bar. */
  readonly size?: number;
}

/** A part of an architecture; `title` says which, where there are several. */
export type DrawingPart =
  | { readonly title?: string; readonly graph: CellGraph }
  /** Blocks that run one after the other, in their order. */
  | { readonly title?: string; readonly chain: readonly ChainBlock[] };

export type Drawing = readonly DrawingPart[];
