/** Fusions as they are asked for: a name, a rule, and the metrics that are joined. */
import { expected } from '../base/errors.js';
import { unknownName } from '../base/names.js';
import { modules } from '../catalog.js';

export interface Fusion {
  /** How reports call it. */
  readonly name: string;
  /** `log-rank` or `vote`. */
  readonly rule: string;
  /** Names of metrics, two or more. */
  readonly of: readonly string[];
}

const FORM = /^([^=()\s]+)=([^=()\s]+)\(([^()]*)\)$/;

/**
 * `mine=log-rank(naswot,synflow)` as a fusion.
 * @throws NascentError `usage`
 */
export function parseFusion(text: string): Fusion {
  const [, name, rule, of] = FORM.exec(text.trim()) ?? [];
  if (name === undefined) throw expected('the fusion', 'of the form NAME=RULE(METRIC,METRIC,…)', text);
  return { name, rule, of: of.split(',').map((metric) => metric.trim()) };
}

/**
 * Refuses rules that there are not, fusions of fewer than two metrics, and names that are taken. Whether the metrics exist is found out where they
 * are resolved.
 * @param metrics names that a fusion must not have
 */
export async function checkFusions(fusions: readonly Fusion[], metrics: readonly string[]): Promise<void> {
  const { FUSION_RULES } = await modules.fusion();
  const taken = new Set(metrics);
  for (const { name, rule, of } of fusions) {
    if (!Object.hasOwn(FUSION_RULES, rule)) throw unknownName('the fusion rule', rule, Object.keys(FUSION_RULES));
    if (new Set(of).size < 2) throw expected(`the metrics of the fusion ${name}`, 'two or more different ones', of);
    if (taken.has(name)) throw expected('the name of a fusion', 'one that no metric and no other fusion has', name);
    taken.add(name);
  }
}

/** @param meritOf higher is better, NaN for a failure, by name of the metric @returns higher is better */
export async function fuse(fusion: Fusion, meritOf: (metric: string) => Float64Array): Promise<Float64Array> {
  const { FUSION_RULES } = await modules.fusion();
  return FUSION_RULES[fusion.rule as keyof typeof FUSION_RULES](fusion.of.map(meritOf));
}
