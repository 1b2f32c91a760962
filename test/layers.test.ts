/**
 * The import table of docs/architecture.md, and the size limits of the house rules, checked on every source file.
 * A new line in the table is a decision: change it here and say why in docs/architecture.md.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const LONGEST_FILE = 400;
const LONGEST_FUNCTION = 60;

/** Folders of `src/kernels` that are engines: only those who compute may name one. */
const ENGINES = ['reference', 'onnxruntime', 'tensorflow'];

const BASICS = ['contracts', 'base'];
const STAGES = ['sample', 'score', 'predict', 'train', 'log', 'export'];
const SOURCES = ['network', 'spaces', 'kernels', 'optimise', 'data', 'tables'];

/** What puts the whole together may import all of it. */
const EVERYTHING = [
  ...STAGES,
  ...SOURCES,
  'draw',
  'catalog.ts',
  'workers',
  'search',
  'study',
  'correlate',
  'ui',
  'testing',
  ...BASICS,
];

/** What each folder may import, besides itself. `kernels/program` stands for the kernel backend without its engines. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  contracts: ['base'],
  kernels: BASICS,
  data: BASICS,
  tables: BASICS,
  sample: BASICS,
  predict: BASICS,
  log: BASICS,
  draw: BASICS,
  network: ['kernels/program', ...BASICS],
  optimise: ['kernels/program', ...BASICS],
  score: ['network', 'optimise', 'kernels', 'data', ...BASICS],
  train: ['network', 'optimise', 'kernels', 'data', ...BASICS],
  export: ['network', 'kernels', 'draw', ...BASICS],
  spaces: ['network', 'kernels/program', ...BASICS],
  'search-spaces': ['spaces', 'network', 'kernels/program', ...BASICS],
  predictors: ['network', 'optimise', 'kernels', ...BASICS],
  testing: ['network', 'kernels', 'score', ...BASICS],
  'catalog.ts': [...STAGES, ...SOURCES, 'search-spaces', 'predictors', ...BASICS],
  workers: ['catalog.ts', ...BASICS],
  search: [...STAGES, 'workers', 'catalog.ts', ...BASICS],
  correlate: ['search', 'workers', 'log', 'tables', 'draw', 'catalog.ts', ...BASICS],
  study: ['search', 'workers', 'log', 'tables', 'draw', 'catalog.ts', ...BASICS],
  ui: ['draw', ...BASICS],
  cli: EVERYTHING,
  'index.ts': EVERYTHING,
};

/** Checked for imports and sizes; the others are checked for sizes. */
const PRODUCT = ['src', 'search-spaces', 'predictors'];
const BESIDE = ['test', 'examples', 'bench'];

interface SourceText {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly tree: ts.SourceFile;
}

interface Reference {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
}

function sourcesOf(folders: readonly string[]): SourceText[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.gen.ts'))
    .map((entry) => parse(join(entry.parentPath, entry.name)));
}

function parse(file: string): SourceText {
  return sourceOf(relative(ROOT, file).replaceAll('\\', '/'), readFileSync(file, 'utf8'));
}

function sourceOf(path: string, text: string): SourceText {
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Every node of a file, parents first. */
function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** Static and dynamic imports, re-exports, imported types, and files started by `new URL('./x.js', import.meta.url)`. */
function referencesOf({ tree }: SourceText): Reference[] {
  const found: Reference[] = [];
  for (const node of nodesOf(tree)) {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push({ specifier, line: lineOf(tree, node.getStart(tree)) });
  }
  return found;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'URL') {
    const text = textOf(node.arguments?.[0]);
    // From sources a thread starts at the .ts file itself.
    return text !== undefined && /\.[jt]s$/.test(text) ? text.replace(/\.ts$/, '.js') : undefined;
  }
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** `src/kernels/onnxruntime/model.ts` -> `kernels`; `src/catalog.ts` -> `catalog.ts`; `search-spaces/…` -> `search-spaces`. */
function layerOf(path: string): string {
  const [top, second] = path.split('/');
  return top === 'src' ? second : top;
}

/** As `layerOf`, but what is no engine's is `kernels/program`. */
function importedLayerOf(path: string): string {
  const [top, second, third] = path.split('/');
  return top === 'src' && second === 'kernels' && !ENGINES.includes(third) ? 'kernels/program' : layerOf(path);
}

/** Why this import is against the table; undefined where it is not. */
function objectionTo(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    return layerOf(from) === 'base' && !specifier.startsWith('node:')
      ? 'base imports nothing but Node itself'
      : undefined;
  }
  if (!/\.(js|json)$/.test(specifier)) return 'a relative import ends in .js';
  const target = posix.normalize(posix.join(posix.dirname(from), specifier)).replace(/\.js$/, '.ts');
  const layer = layerOf(from);
  const imported = importedLayerOf(target);
  if (target === 'package.json' || layer === layerOf(target)) return undefined;
  const allowed = MAY_IMPORT[layer];
  if (allowed === undefined) return `${layer} has no line in the import table`;
  if (allowed.includes(imported)) return undefined;
  return imported === 'kernels/program' && allowed.includes('kernels')
    ? undefined
    : `${layer} may not import ${imported}`;
}

function objections(source: SourceText): string[] {
  return referencesOf(source).flatMap(({ specifier, line }) => {
    const objection = objectionTo(source.path, specifier);
    return objection === undefined ? [] : [`${source.path}:${line} imports ${specifier}: ${objection}`];
  });
}

/** Functions that are too long. A test file's `describe` blocks are tables of contents, not functions. */
function longFunctions({ path, tree }: SourceText): string[] {
  const found: string[] = [];
  for (const node of nodesOf(tree)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || isDescribeBlock(node)) continue;
    const first = lineOf(tree, node.getStart(tree));
    const lines = lineOf(tree, node.end) - first + 1;
    if (lines > LONGEST_FUNCTION) found.push(`${path}:${first} has a function of ${lines} lines`);
  }
  return found;
}

function isDescribeBlock(node: ts.Node): boolean {
  const call = node.parent;
  return ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText());
}

function usesOfAny({ path, tree }: SourceText): string[] {
  return [...nodesOf(tree)]
    .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
    .map((node) => `${path}:${lineOf(tree, node.getStart(tree))} says any`);
}

const product = sourcesOf(PRODUCT);
const everything = [...product, ...sourcesOf(BESIDE)];

describe('the import table', () => {
  test('holds for every file of the product', () => {
    expect(product.length).toBeGreaterThan(50);
    expect(product.flatMap(objections)).toEqual([]);
  });

  test('has no line for a folder that imports upwards: the layers form no circle', () => {
    const order: string[] = [];
    const visit = (layer: string, above: readonly string[]): void => {
      expect(above, `${layer} is below itself`).not.toContain(layer);
      if (order.includes(layer)) return;
      for (const below of MAY_IMPORT[layer] ?? []) visit(below.replace('/program', ''), [...above, layer]);
      order.push(layer);
    };
    for (const layer of Object.keys(MAY_IMPORT)) visit(layer, []);
  });

  test('lets no stage import another', () => {
    for (const stage of STAGES) {
      expect(MAY_IMPORT[stage].filter((layer) => STAGES.includes(layer))).toEqual([]);
    }
  });

  test('lets only the catalogue reach search-spaces/ and predictors/', () => {
    const reaching = Object.keys(MAY_IMPORT).filter((layer) =>
      MAY_IMPORT[layer].some((imported) => ['search-spaces', 'predictors'].includes(imported)),
    );
    expect(reaching).toEqual(['catalog.ts']);
  });

  test('names folders that a relative import can reach', () => {
    const missing = product.flatMap((source) =>
      referencesOf(source)
        .filter(({ specifier }) => specifier.startsWith('.') && specifier.endsWith('.js'))
        .map(({ specifier }) => join(ROOT, dirname(source.path), specifier.replace(/\.js$/, '')))
        .filter((target) => !existsSync(`${target}.ts`) && !existsSync(`${target}.tsx`))
        .map((target) => `${source.path} imports ${relative(ROOT, target)}, which is not there`),
    );
    expect(missing).toEqual([]);
  });
});

describe('what the import check sees', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['src/network/layers.ts', "import { x } from '../kernels/reference/index.js';", 'network may not import kernels'],
    ['src/score/naswot.ts', "import type { X } from '../train/loop.js';", 'score may not import train'],
    ['src/workers/pool.ts', "await import('../score/naswot.js');", 'workers may not import score'],
    ['src/sample/x.ts', "type X = import('../data/load.js').X;", 'sample may not import data'],
    ['src/cli/main.ts', "export * from '../../search-spaces/a/index.js';", 'cli may not import search-spaces'],
    ['src/search/x.ts', "new URL('../cli/main.js', import.meta.url);", 'search may not import cli'],
    ['src/base/x.ts', "import groupBy from 'lodash/groupBy.js';", 'base imports nothing but Node itself'],
    ['src/log/x.ts', "import { x } from './y';", 'a relative import ends in .js'],
    ['src/nowhere/x.ts', "import { x } from '../base/names.js';", 'nowhere has no line in the import table'],
  ];
  test.each(refused)('%s refuses %s', (path, text, reason) => {
    expect(objections(sourceOf(path, text)).join()).toContain(reason);
  });

  const allowed: readonly (readonly [string, string])[] = [
    ['src/network/trace.ts', "import { x } from '../kernels/program.js';"],
    ['src/train/loop.ts', "import { x } from '../optimise/sgd.js';"],
    ['search-spaces/a/index.ts', "import { x } from '../../src/contracts/network.js';"],
    ['src/catalog.ts', "await import('../search-spaces/a/index.js');"],
    ['src/cli/main.ts', "import own from '../../package.json' with { type: 'json' };"],
  ];
  test.each(allowed)('%s accepts %s', (path, text) => {
    expect(objections(sourceOf(path, text))).toEqual([]);
  });
});

describe('house rules', () => {
  test(`no file has more than ${LONGEST_FILE} lines`, () => {
    const lengths = everything.map(({ path, tree }) => ({ path, lines: tree.text.trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > LONGEST_FILE)).toEqual([]);
  });

  test(`no function has more than ${LONGEST_FUNCTION} lines`, () => {
    expect(everything.flatMap(longFunctions)).toEqual([]);
    const long = `function f() {\n${'  f();\n'.repeat(LONGEST_FUNCTION)}}`;
    expect(longFunctions(sourceOf('x.ts', long))).toHaveLength(1);
  });

  test('nothing is of type any', () => {
    expect(everything.flatMap(usesOfAny)).toEqual([]);
    expect(usesOfAny(sourceOf('x.ts', 'let x: any;'))).toHaveLength(1);
  });
});
