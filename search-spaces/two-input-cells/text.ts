/**
 * The notation of the published genotypes:
 *
 *     Genotype(normal=[('sep_conv_3x3', 0), …], normal_concat=[2, 3, 4, 5], reduce=[…], reduce_concat=[2, 3, 4, 5])
 *
 * The concatenated states follow from the edges; they are written, and checked when read. `range(2, 6)` is read as the list it stands for.
 */
import { expected, NascentError } from '../../src/base/errors.js';
import { unknownName } from '../../src/base/names.js';
import {
  type Cell,
  type CellKind,
  type CellRules,
  concatenatedStates,
  type Edge,
  type Genotype,
  INPUTS,
} from './genotype.js';

const FORM =
  /^Genotype\(\s*normal\s*=\s*(\[.*?\])\s*,\s*normal_concat\s*=\s*(.+?)\s*,\s*reduce\s*=\s*(\[.*?\])\s*,\s*reduce_concat\s*=\s*(.+?)\s*\)$/s;
const EXAMPLE = '"Genotype(normal=[(\'sep_conv_3x3\', 0), …], normal_concat=[…], reduce=[…], reduce_concat=[…])"';
const PAIR = /^\(\s*(['"])(\w+)\1\s*,\s*(\d+)\s*\)$/;
const BETWEEN_PAIRS = /(?<=\))\s*,\s*/;
const RANGE = /^range\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;
const LIST = /^\[\s*(?:\d+\s*(?:,\s*\d+\s*)*)?\]$/;

export function format({ normal, reduce }: Genotype, { concat }: CellRules): string {
  const written = (cell: Cell, kind: CellKind) => {
    const edges = cell.map(({ operation, input }) => `('${operation}', ${input})`);
    return `${kind}=[${edges.join(', ')}], ${kind}_concat=[${concatenatedStates(cell, concat).join(', ')}]`;
  };
  return `Genotype(${written(normal, 'normal')}, ${written(reduce, 'reduce')})`;
}

/**
 * Reads the notation; space around its parts is ignored.
 * @throws NascentError of code 'usage' that names the first edge or list that is wrong.
 */
export function parse(text: string, rules: CellRules): Genotype {
  const [matched, normal, normalConcat, reduce, reduceConcat] = FORM.exec(text.trim()) ?? [];
  if (matched === undefined) throw expected('the architecture', `of the form ${EXAMPLE}`, text);
  return {
    normal: parseCell('normal', normal, normalConcat, rules),
    reduce: parseCell('reduce', reduce, reduceConcat, rules),
  };
}

function parseCell(kind: CellKind, text: string, concatText: string, rules: CellRules): Cell {
  const inner = text.slice(1, -1).trim();
  const pairs = inner === '' ? [] : inner.split(BETWEEN_PAIRS);
  if (pairs.length !== 2 * rules.nodes) {
    throw new NascentError(
      'usage',
      `Expected \`${kind}\` to have ${2 * rules.nodes} edges, two for each of ${rules.nodes} nodes, got ${pairs.length}.`,
    );
  }
  const cell = pairs.map((pair, i) => parseEdge(`edge ${i + 1} of \`${kind}\``, pair, Math.floor(i / 2), rules));
  requireDifferentInputs(kind, cell, rules);
  requireConcat(kind, cell, concatText, rules);
  return cell;
}

function parseEdge(what: string, text: string, node: number, { operations }: CellRules): Edge {
  const [matched, , name, state] = PAIR.exec(text) ?? [];
  if (matched === undefined) throw expected(what, "an operation and a state, as in ('sep_conv_3x3', 0)", text);
  const operation = operations.find((known) => known === name);
  if (operation === undefined) throw unknownName(`the operation of ${what}`, name, operations);
  const input = Number(state);
  if (input >= node + INPUTS) throw expected(`the state of ${what}`, `one from 0 to ${node + INPUTS - 1}`, input);
  return { operation, input };
}

function requireDifferentInputs(kind: CellKind, cell: Cell, { differentInputs = false }: CellRules): void {
  const second = cell.findIndex(({ input }, i) => i % 2 === 1 && cell[i - 1].input === input);
  if (!differentInputs || second < 0) return;
  const states = [cell[second - 1].input, cell[second].input];
  throw expected(`the states of edges ${second} and ${second + 1} of \`${kind}\``, 'different', states);
}

function requireConcat(kind: CellKind, cell: Cell, text: string, { concat }: CellRules): void {
  const states = concatenatedStates(cell, concat);
  const given = numbersIn(text);
  if (given !== undefined && given.toSorted((a, b) => a - b).join() === states.join()) return;
  const rule = concat === 'all' ? 'all nodes' : 'the nodes that no other reads';
  throw expected(`\`${kind}_concat\``, `[${states.join(', ')}], ${rule}`, text);
}

function numbersIn(text: string): number[] | undefined {
  const [range, first, end] = RANGE.exec(text) ?? [];
  if (range !== undefined) {
    return Array.from({ length: Math.min(100, Math.max(0, Number(end) - Number(first))) }, (_, i) => Number(first) + i);
  }
  return LIST.test(text) ? (text.match(/\d+/g) ?? []).map(Number) : undefined;
}
