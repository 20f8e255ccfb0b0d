import { XPublisher } from 'zeromq';

const ZMQ_SUBSCRIBE = 6;
const ZMQ_UNSUBSCRIBE = 7;

/**
 * The IOPub socket. ZeroMQ of itself admits a subscriber while some message is being sent, which then reaches it before the welcome
 * does; with `manual` it waits to be told. What is told holds for whoever sent the event that was received last.
 */
export class Publisher extends XPublisher {
  constructor() {
    super({ sendHighWaterMark: 0, linger: 500, manual: true });
  }

  admit(topic: Buffer): void {
    this.setStringOption(ZMQ_SUBSCRIBE, topic.length ? topic : null);
  }

  dismiss(topic: Buffer): void {
    this.setStringOption(ZMQ_UNSUBSCRIBE, topic.length ? topic : null);
  }
}
