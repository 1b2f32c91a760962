/** A cell as it is drawn: nodes in the order of computation, and edges that each carry one operation. */

export interface CellEdge {
  /** Index of a node, smaller than `to`. */
  readonly from: number;
  readonly to: number;
  /** The operation. */
  readonly label: string;
  /** The edge adds nothing to its node (`none`): it is drawn faint. */
  readonly empty?: boolean;
}

export interface CellGraph {
  /** What each node is called. */
  readonly nodes: readonly string[];
  /** What each node computes, where nodes carry the operations and edges only join them; undefined for those that compute nothing. */
  readonly operations?: readonly (string | undefined)[];
  readonly edges: readonly CellEdge[];
}
