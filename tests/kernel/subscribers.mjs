import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Subscriber } from 'zeromq';

const { address, seconds } = workerData;
const end = Date.now() + 1000 * seconds;
const first = new Set();
let times = 0;

function subscribed() {
  const subscriber = new Subscriber({ linger: 0, receiveTimeout: 10_000 });
  subscriber.subscribe();
  subscriber.connect(address);
  return subscriber;
}

async function leave() {
  while (Date.now() < end) {
    const subscriber = subscribed();
    await sleep(10 * Math.random());
    subscriber.close();
  }
}

async function hear() {
  for (; Date.now() < end; times++) {
    const subscriber = subscribed();
    first.add(
      await subscriber.receive().then(
        ([topic]) => topic.toString(),
        () => 'nothing',
      ),
    );
    subscriber.close();
  }
}

await Promise.all(Array.from({ length: 8 }, () => [leave(), hear()]).flat());
parentPort?.postMessage({ first: [...first], times });
