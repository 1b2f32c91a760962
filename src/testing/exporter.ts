/**
 * The conformance suite of exporters: what passes writes files that say what the trained network said, and leaves nothing
 * behind where it cannot. Run it with any runner of the usual form:
 *
 *     exporterConformance({ describe, it, expect }, () => myExporter, { space, architectures, skeleton });
 *
 * The recorded predictions come from the reference engine, so that no exporter is compared with itself.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NascentError } from '../base/errors.js';
import { random } from '../base/random.js';
import type { Exporter, ExportRequest } from '../contracts/exporter.js';
import type { Tensor } from '../contracts/kernel-backend.js';
import type { ParameterSpec, TracedNetwork } from '../contracts/network.js';
import type { SearchSpace, SkeletonOptions } from '../contracts/search-space.js';
import type { CheckPredictions, Weights } from '../contracts/training.js';
import { referenceBackend } from '../kernels/reference/index.js';
import { sizeOf } from '../kernels/shapes.js';
import { traceNetwork } from '../network/trace.js';
import type { TestRunner } from './runner.js';

/** What is exported: small networks of a real space. */
export interface ExporterSubject {
  readonly space: SearchSpace;
  /** At least two, of different networks. */
  readonly architectures: readonly string[];
  readonly skeleton: SkeletonOptions;
}

const CHECK_IMAGES = 5;

export function exporterConformance(
  runner: TestRunner,
  makeExporter: () => Exporter | Promise<Exporter>,
  subject: ExporterSubject,
): void {
  const { describe, it, expect } = runner;
  it('has a name, a summary and an extension with its dot', async () => {
    const { name, summary, extension } = await makeExporter();
    expect([name, summary].every((text) => text.trim() !== '')).toBe(true);
    expect(/^\.[a-z0-9]+$/.test(extension), extension).toBe(true);
  });
  describe('what was trained', () => {
    for (const architecture of subject.architectures) {
      it(`is written and agrees: ${architecture}`, () =>
        inFolder(async (folder) => {
          const exporter = await makeExporter();
          const request = await exportRequest(subject, architecture);
          const check = await exporter.write(request, fileIn(folder, exporter));
          expect(await readdir(folder)).toEqual([`model${exporter.extension}`]);
          if (check === undefined) return;
          expect([check.agreeing, check.of]).toEqual([CHECK_IMAGES, CHECK_IMAGES]);
          expect(check.largestLogitDifference).toBeLessThanOrEqual(1e-3 * largestLogit(request.predictions));
        }));
    }
  });
  describeFiles(runner, makeExporter, subject);
  describeRefusals(runner, makeExporter, subject);
}

function describeFiles(
  { describe, it, expect }: TestRunner,
  makeExporter: () => Exporter | Promise<Exporter>,
  subject: ExporterSubject,
): void {
  const [first, second] = subject.architectures;
  describe('the file', () => {
    it('is the same for the same request', () =>
      inFolder(async (folder) => {
        const exporter = await makeExporter();
        const file = fileIn(folder, exporter);
        await exporter.write(await exportRequest(subject, first), file);
        const once = await readFile(file);
        await exporter.write(await exportRequest(subject, first), file);
        expect(once.equals(await readFile(file))).toBe(true);
      }));
    it('lands in a folder that was not there', () =>
      inFolder(async (folder) => {
        const exporter = await makeExporter();
        const file = join(folder, 'new', `model${exporter.extension}`);
        await exporter.write(await exportRequest(subject, first), file);
        expect((await readFile(file)).length > 0).toBe(true);
      }));
    it('takes the place of an earlier one', () =>
      inFolder(async (folder) => {
        const exporter = await makeExporter();
        const file = fileIn(folder, exporter);
        await exporter.write(await exportRequest(subject, first), file);
        const earlier = await readFile(file);
        await exporter.write(await exportRequest(subject, second), file);
        expect(earlier.equals(await readFile(file))).toBe(false);
        expect((await readdir(folder)).length).toBe(1);
      }));
  });
}

function describeRefusals(
  { describe, it, expect }: TestRunner,
  makeExporter: () => Exporter | Promise<Exporter>,
  subject: ExporterSubject,
): void {
  const [first, second] = subject.architectures;
  const refused = (change: (request: ExportRequest) => ExportRequest | Promise<ExportRequest>) => async () => {
    await inFolder(async (folder) => {
      const exporter = await makeExporter();
      const file = fileIn(folder, exporter);
      const request = await exportRequest(subject, first);
      // An exporter without weights in its files has no predictions to compare.
      if ((await exporter.write(request, file)) === undefined) return;
      const earlier = await readFile(file);
      await expectOneSentence(expect, exporter.write(await change(request), file));
      expect(earlier.equals(await readFile(file)), 'the earlier file is as it was').toBe(true);
      await rm(file);
      await expectOneSentence(expect, exporter.write(await change(request), file));
      expect(await readdir(folder)).toEqual([]);
    });
  };
  describe('leaves no file, throws one sentence', () => {
    it('where a recorded label differs', refused(withPredictions(changedLabel)));
    it('where a recorded logit differs', refused(withPredictions(changedLogit)));
    it('where a recorded logit is not a number', refused(withPredictions(lostLogit)));
    it('where the weights are of another network', refused(withWeightsOf(subject, second)));
    it('where the check batch is empty', refused(withEmptyCheckBatch));
    it('where the disk refuses', () =>
      inFolder(async (folder) => {
        const exporter = await makeExporter();
        await writeFile(join(folder, 'file'), '');
        const writing = exporter.write(await exportRequest(subject, first), join(folder, 'file', 'model'));
        const error = await expectOneSentence(expect, writing);
        expect([error.code, error.exitCode]).toEqual(['machine', 1]);
        expect(await readdir(folder)).toEqual(['file']);
      }));
  });
}

const withPredictions = (change: (predictions: CheckPredictions) => CheckPredictions) => (request: ExportRequest) => ({
  ...request,
  predictions: change(request.predictions),
});

function changedLabel(predictions: CheckPredictions): CheckPredictions {
  const classes = predictions.logits.length / predictions.labels.length;
  return { ...predictions, labels: predictions.labels.map((label, i) => (i === 0 ? (label + 1) % classes : label)) };
}

/** Smaller than before, where it is not the largest: the labels still agree. */
function changedLogit(predictions: CheckPredictions): CheckPredictions {
  const magnitude = largestLogit(predictions);
  const smallest = predictions.logits.indexOf(Math.min(...predictions.logits));
  return { ...predictions, logits: predictions.logits.with(smallest, predictions.logits[smallest] - 0.01 * magnitude) };
}

function largestLogit({ logits }: CheckPredictions): number {
  return logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
}

function lostLogit(predictions: CheckPredictions): CheckPredictions {
  return { ...predictions, logits: predictions.logits.with(0, Number.NaN) };
}

const withWeightsOf = (subject: ExporterSubject, architecture: string) => async (request: ExportRequest) => ({
  ...request,
  weights: (await exportRequest(subject, architecture)).weights,
});

function withEmptyCheckBatch(request: ExportRequest): ExportRequest {
  const predictions = { ...request.predictions, labels: [], logits: new Float32Array() };
  return { ...request, predictions, checkImages: new Float32Array() };
}

async function expectOneSentence(expect: TestRunner['expect'], writing: Promise<unknown>): Promise<NascentError> {
  const thrown: unknown = await writing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof NascentError)) throw new Error(`Expected a NascentError, got ${thrown}`);
  expect(thrown.message.startsWith('Expected ') && !thrown.message.includes('\n'), thrown.message).toBe(true);
  return thrown;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nascent-exporter-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const fileIn = (folder: string, { extension }: Exporter): string => join(folder, `model${extension}`);

/** A network with weights as after a training, and what the reference engine says of a check batch. */
export async function exportRequest(
  { space, skeleton }: ExporterSubject,
  architecture: string,
  images = CHECK_IMAGES,
): Promise<ExportRequest> {
  const network = space.network(space.parse(architecture), skeleton);
  const traced = traceNetwork(network, { batch: images, mode: 'evaluate' });
  const weights = asTrained(traced, architecture);
  const shape = [images, ...network.inputShape];
  const checkImages = normal(sizeOf(shape), 'images');
  return {
    space,
    architecture,
    network,
    weights,
    checkImages,
    normalization: { mean: [0.49, 0.48, 0.45], deviation: [0.25, 0.24, 0.26] },
    predictions: await predict(traced, weights, { dtype: 'float32', shape, data: checkImages }),
    provenance: { run: 'conformance', skeleton: { ...skeleton } },
  };
}

/** Initial weights moved a little, so that no scale is one, no offset zero, and no statistic what it started as. */
function asTrained({ parameters, statistics }: TracedNetwork, seed: string): Weights {
  const parameter = ({ name, shape, initialize }: ParameterSpec): Float32Array => {
    const noise = normal(sizeOf(shape), `${seed}/${name}`);
    return initialize(shape, random(seed).child(name)).map((value, i) => value + 0.1 * noise[i]);
  };
  // Upwards, as variances must stay positive.
  const statistic = ({ name, shape, initialize }: ParameterSpec): Float32Array => {
    const stream = random(seed).child(name);
    return initialize(shape, stream).map((value) => value + stream.uniform());
  };
  const tensor = (spec: ParameterSpec, data: Float32Array): [string, Tensor] => [
    spec.name,
    { dtype: 'float32', shape: spec.shape, data },
  ];
  return Object.fromEntries([
    ...parameters.map((spec) => tensor(spec, parameter(spec))),
    ...statistics.map((spec) => tensor(spec, statistic(spec))),
  ]);
}

async function predict(
  { builder, logits }: TracedNetwork,
  weights: Weights,
  images: Tensor,
): Promise<CheckPredictions> {
  const engine = referenceBackend();
  const labels = builder.op('argMax', [logits], {});
  const program = builder.finish({ logits, labels });
  const executable = await engine.compile(program, { constants: weights });
  const outputs = await executable.run({ images: engine.upload(images) });
  const [said, chosen] = await Promise.all([engine.download(outputs.logits), engine.download(outputs.labels)]);
  return { batch: `conformance-${images.shape[0]}`, labels: [...chosen.data], logits: Float32Array.from(said.data) };
}

function normal(count: number, seed: string): Float32Array {
  const stream = random(seed);
  return Float32Array.from({ length: count }, () => stream.normal());
}
