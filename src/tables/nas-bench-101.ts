/**
 * The published files of NAS-Bench-101 (Ying et al., ICML 2019), `nasbench_only108.tfrecord` and `nasbench_full.tfrecord`.
 *
 * A record is one training: a JSON array of module hash, epochs, adjacency matrix, operations and a ModelMetrics message in base64,
 * which holds evaluations before, half-way through and after the training. Each module was trained three times for each length.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { messageOf } from '../base/errors.js';
import type { TableColumn } from '../contracts/table.js';
import { TableBuilder } from './builder.js';
import { fileChunks } from './chunks.js';
import { moduleOfMatrix } from './nas-bench-101-text.js';
import { type ReadOptions, settledSpace, type TableReading } from './reader.js';
import { Malformed } from './refusal.js';
import { NAS_BENCH_101 } from './spaces.js';
import { records } from './tfrecord.js';

const DATASET = 'cifar10';
const TRIALS = 3;

export async function readNasBench101(path: string, source: string, options: ReadOptions): Promise<TableReading> {
  const { space, rule } = await settledSpace(NAS_BENCH_101, options);
  const builder = new TableBuilder(space, rule);
  /** Row of a module, and how many of its trainings were read, by epochs. */
  const modules = new Map<string, { readonly row: number; readonly trainings: Map<number, number> }>();
  let count = 0;
  for await (const data of records(fileChunks(path, options))) {
    const place = `record ${count++}`;
    const { hash, epochs, matrix, operations, metrics } = parseRecord(data, place);
    let module = modules.get(hash);
    if (!module) {
      module = { row: builder.row(moduleOfMatrix(matrix, operations), place), trainings: new Map() };
      modules.set(hash, module);
    }
    const trial = module.trainings.get(epochs) ?? 0;
    if (trial === TRIALS) {
      throw new Malformed(`hold ${TRIALS} trainings a module and length`, `one more of ${hash} for ${epochs} epochs`);
    }
    module.trainings.set(epochs, trial + 1);
    addTraining(builder, module.row, { epochs, trial }, finalEvaluation(metrics, place));
  }
  builder.addMeans();
  return { content: builder.finish(source), leftOut: ['evaluations half-way through', 'trainable parameters'] };
}

interface TrainingRecord {
  readonly hash: string;
  readonly epochs: number;
  readonly matrix: string;
  readonly operations: string;
  /** A ModelMetrics message. */
  readonly metrics: Uint8Array;
}

function parseRecord(data: Buffer, place: string): TrainingRecord {
  let fields: unknown;
  try {
    fields = JSON.parse(data.toString('utf8'));
  } catch {
    fields = undefined;
  }
  const [hash, epochs, matrix, operations, metrics] = Array.isArray(fields) ? fields : [];
  const texts = [hash, matrix, operations, metrics].every((field) => typeof field === 'string');
  if (!texts || !Number.isInteger(epochs) || epochs < 1) {
    throw new Malformed(
      'hold records of NAS-Bench-101 (hash, epochs, matrix, operations, metrics)',
      `${JSON.stringify(data.toString('latin1', 0, 60))} in ${place}`,
    );
  }
  return { hash, epochs, matrix, operations, metrics: Buffer.from(metrics, 'base64') };
}

/** Fields of EvaluationData that are wanted, by their number; all are doubles. */
const EVALUATION_FIELDS = { 2: 'seconds', 3: 'train', 4: 'validation', 5: 'test' } as const;

type Evaluation = Record<(typeof EVALUATION_FIELDS)[keyof typeof EVALUATION_FIELDS], number>;

/** ModelMetrics: field 1 is repeated EvaluationData, in the order of time. */
function finalEvaluation(metrics: Uint8Array, place: string): Evaluation {
  let last: Partial<Evaluation> = {};
  try {
    const reader = new BinaryReader(metrics);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 1 && type === WireType.LengthDelimited) last = parseEvaluation(reader.bytes());
      else reader.skip(type, field);
    }
  } catch (cause) {
    throw new Malformed('hold metrics of trainings', `${messageOf(cause)} in ${place}`);
  }
  const missing = Object.values(EVALUATION_FIELDS).find((name) => last[name] === undefined);
  if (missing !== undefined) throw new Malformed('hold metrics of trainings', `none of ${missing} in ${place}`);
  return last as Evaluation;
}

function parseEvaluation(bytes: Uint8Array): Partial<Evaluation> {
  const evaluation: Partial<Evaluation> = {};
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const name = EVALUATION_FIELDS[field as keyof typeof EVALUATION_FIELDS];
    if (name !== undefined && type === WireType.Bit64) evaluation[name] = reader.double();
    else reader.skip(type, field);
  }
  return evaluation;
}

function addTraining(
  builder: TableBuilder,
  row: number,
  training: Pick<TableColumn, 'epochs' | 'trial'>,
  { seconds, ...accuracies }: Evaluation,
): void {
  for (const [split, value] of Object.entries(accuracies) as [TableColumn['split'], number][]) {
    builder.set(row, { dataset: DATASET, split, measure: 'accuracy', ...training }, value);
  }
  builder.set(row, { dataset: DATASET, split: 'train', measure: 'seconds', ...training }, seconds);
}
