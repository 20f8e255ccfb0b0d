import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

// biome-ignore lint/suspicious/noExplicitAny: message contents are JSON whose fields depend on msg_type
export type Json = Record<string, any>;

export interface Message {
  identities: Buffer[];
  header: Header;
  parent: Header | Record<string, never>;
  metadata: Json;
  content: Json;
}

const DELIMITER = Buffer.from('<IDS|MSG>');
/** 5.4 adds the welcome to subscribers. */
export const PROTOCOL_VERSION = '5.4';

/**
 * The wire format of the Jupyter protocol: `[identity…, <IDS|MSG>, signature, header, parent, metadata, content]`, where the
 * signature is the HMAC-SHA256 of the last four under the connection's key (an empty key means unsigned).
 *
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
export class Wire {
  readonly #key: string;
  readonly #session = randomUUID();

  constructor(key: string) {
    this.#key = key;
  }

  /** @throws when the frames are no message, or not signed with our key: the sender is not our client */
  decode(frames: Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (at < 0 || frames.length < at + 6) throw new Error(`a message needs a delimiter and 5 frames after it: got ${frames.length} frames`);
    const parts = frames.slice(at + 2, at + 6);
    if (!this.#isSignedBy(frames[at + 1], parts)) throw new Error('a message is not signed with the key of the connection file');
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString('utf8')));
    return { identities: frames.slice(0, at), header, parent, metadata, content };
  }

  encode(type: string, content: Json, parent: Header | undefined, identities: Buffer[] = [], metadata: Json = {}): Buffer[] {
    const header: Header = {
      msg_id: randomUUID(),
      session: this.#session,
      username: 'kernel',
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    };
    const parts = [header, parent ?? {}, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...identities, DELIMITER, this.#sign(parts), ...parts];
  }

  #sign(parts: Buffer[]): Buffer {
    if (!this.#key) return Buffer.alloc(0);
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    return Buffer.from(hmac.digest('hex'));
  }

  #isSignedBy(signature: Buffer, parts: Buffer[]): boolean {
    const expected = this.#sign(parts);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
}
