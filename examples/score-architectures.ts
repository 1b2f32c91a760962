/**
 * Scores of given architectures, several at once, and what counting parameters alone would say.
 *
 *     npx tsx examples/score-architectures.ts [--quick]
 */
import { localPool, networkCost, resolve, type ScoreJob } from '../src/index.js'; // from 'nascent', where it is installed

const architectures = [
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  '|nor_conv_1x1~0|+|skip_connect~0|nor_conv_1x1~1|+|skip_connect~0|none~1|nor_conv_1x1~2|',
  '|avg_pool_3x3~0|+|none~0|skip_connect~1|+|skip_connect~0|none~1|avg_pool_3x3~2|',
];
const skeleton = process.argv.includes('--quick') ? { channels: 4, cells: 1 } : { channels: 16, cells: 5 };

const space = (await resolve('spaces', 'nas-bench-201'))();
const pool = localPool();
try {
  const results = await Promise.all(
    architectures.map((architecture) => {
      const job: ScoreJob = {
        kind: 'score',
        network: { space: space.name, spaceOptions: {}, skeleton, architecture },
        data: { data: 'synthetic:train=400,test=100', seed: 1 },
        metrics: ['naswot'],
        batch: 32,
        seed: 1,
        engine: 'onnxruntime',
        threads: 1,
      };
      return pool.run(job);
    }),
  );
  results.forEach(({ scores, seconds }, i) => {
    const score = scores.naswot;
    const { parameters } = networkCost(space.network(space.parse(architectures[i]), skeleton));
    const told = 'value' in score ? score.value.toFixed(2) : `no score: ${score.failure}`;
    console.log(`${told}  ${parameters} parameters  ${seconds.toFixed(2)} s  ${architectures[i]}`);
  });
} finally {
  await pool.close();
}
