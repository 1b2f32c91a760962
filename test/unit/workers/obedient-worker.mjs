/** A worker whose jobs do what their architecture says. Plain JavaScript: threads load it as it is. */
import { setTimeout as wait } from 'node:timers/promises';

let jobs = 0;

export default async function work({ job, port }) {
  jobs++;
  try {
    const [word, number] = job.network.architecture.split(' ');
    if (word === 'exit') process.exit(3);
    if (word === 'heap') fillHeap();
    if (word === 'wait') await wait(Number(number));
    if (word === 'refuse')
      return { failure: { name: 'NascentError', code: 'shape', message: 'Expected a shape.', exitCode: 2 } };
    if (word === 'epochs') return await epochs(Number(number), port);
    return { result: { score: { value: jobs }, cost: { parameters: 0, multiplyAdds: 0 }, seconds: 0 } };
  } finally {
    port?.close();
  }
}

function fillHeap() {
  const held = [];
  while (true) held.push({ numbers: new Array(1000).fill(held.length) });
}

async function epochs(count, port) {
  let stop = false;
  let answered = () => {};
  port.on('message', (order) => {
    stop ||= order === 'stop';
    answered();
  });
  for (let epoch = 1; epoch <= count && !stop; epoch++) {
    const answer = new Promise((resolve) => {
      answered = resolve;
    });
    port.postMessage({ epoch: { epoch }, checkpoint: { epoch, tensors: {} } });
    await answer;
  }
  if (stop) return { failure: { name: 'AbortError', message: 'stopped' } };
  return { result: { failure: 'trained on nothing', seconds: count } };
}
