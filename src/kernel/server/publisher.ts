import { setImmediate as turn } from 'node:timers/promises';
import { XPublisher } from 'zeromq';

const ZMQ_SUBSCRIBE = 6;
const ZMQ_UNSUBSCRIBE = 7;

/**
 * The IOPub socket. ZeroMQ of itself admits a subscriber while some message is being sent, which then reaches it before the welcome
 * does; with `manual` it waits to be told. What is told holds for whoever sent the event that was received last, and is lost without a
 * word if the socket was used in between: it may then take note of another subscriber's end, and forget whose the event was.
 */
export class Publisher extends XPublisher {
  constructor() {
    // Nothing is ever full, so no send need wait; zeromq.js lets one in some hundreds wait all the same, and refuses the welcome then.
    super({ sendHighWaterMark: 0, sendTimeout: 0, linger: 500, manual: true });
  }

  /** Admits whoever subscribes, until the socket is closed, and welcomes it before it hears anything else. */
  async admit(welcome: (topic: string) => Buffer[]): Promise<void> {
    try {
      for (await turn(); !this.closed; await turn()) {
        // In a turn of its own nothing else can send between an event that is there already and its answer.
        while (this.readable) await this.#answer(welcome);
        await this.#answer(welcome);
      }
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  async #answer(welcome: (topic: string) => Buffer[]): Promise<void> {
    const [event] = await this.receive();
    const topic = event.subarray(1);
    if (event[0] === 0) this.setStringOption(ZMQ_UNSUBSCRIBE, topic.length ? topic : null);
    if (event[0] !== 1) return;
    this.setStringOption(ZMQ_SUBSCRIBE, topic.length ? topic : null);
    await this.send(welcome(topic.toString()));
  }
}
