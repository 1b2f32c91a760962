/** Which engine computes: the one that was asked for, or with `auto` the fastest that this machine has. */
import { NascentError } from '../base/errors.js';
import { modules, resolve } from '../catalog.js';
import type { KernelBackend } from '../contracts/kernel-backend.js';

/** What `auto` takes where nothing else is found, or nothing else is clearly faster. */
const DEFAULT_ENGINE = 'onnxruntime';

/** What `auto` looks at besides. onnxruntime's other providers are asked for by name: a driver that hangs would stop every search. */
const OTHER_ENGINES = ['tensorflow'];

/** Another engine must be faster by this much: probes are short, and the same machine should choose the same engine each time. */
const CLEARLY_FASTER = 1.25;

export interface ChosenEngine {
  /** In the catalogue. */
  readonly name: string;
  readonly engine: KernelBackend;
  /** In words how `auto` came to it, where there was more than one to choose from. */
  readonly choice?: string;
}

/**
 * @param asked a name of the catalogue, or `auto`
 * @throws NascentError `usage` for a name that is unknown, `engine` where the engine does not work here
 */
export async function chooseEngine(asked: string): Promise<ChosenEngine> {
  if (asked !== 'auto') return { name: asked, engine: await makeEngine(asked) };
  const others = await Promise.all(OTHER_ENGINES.map(async (name) => ({ name, ...(await tryEngine(name)) })));
  const working = others.flatMap(({ name, engine }) => (engine ? [{ name, engine }] : []));
  const standard = { name: DEFAULT_ENGINE, engine: await makeEngine(DEFAULT_ENGINE) };
  return working.length === 0 ? standard : fastest(standard, working);
}

async function makeEngine(name: string): Promise<KernelBackend> {
  return (await resolve('engines', name))();
}

/** An engine that is not installed, or does not work, is no candidate; `nascent doctor` says why. */
async function tryEngine(name: string): Promise<{ readonly engine?: KernelBackend }> {
  try {
    return { engine: await makeEngine(name) };
  } catch (thrown) {
    if (thrown instanceof NascentError && thrown.code === 'engine') return {};
    throw thrown;
  }
}

async function fastest(standard: ChosenEngine, others: readonly ChosenEngine[]): Promise<ChosenEngine> {
  const { secondsOfStep } = await modules.speed();
  const times: { readonly candidate: ChosenEngine; readonly seconds: number }[] = [];
  // One after the other, so that none takes the processor from another.
  for (const candidate of [standard, ...others]) {
    const seconds = await secondsOfStep(candidate.engine);
    times.push({ candidate, seconds });
  }
  const [first, ...rest] = times;
  const best = rest.reduce((least, time) => (time.seconds < least.seconds ? time : least));
  const { candidate } = best.seconds * CLEARLY_FASTER < first.seconds ? best : first;
  const measured = times.map((time) => `${time.candidate.name} ${Math.round(time.seconds * 1000)} ms`).join(', ');
  return { ...candidate, choice: `Engine auto chose ${candidate.name}; a short probe took ${measured}.` };
}
