import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

describe('Wire', () => {
  it('signs header, parent, metadata and content with HMAC-SHA256 in hexadecimal', () => {
    const frames = new Wire('key').encode('status', { execution_state: 'idle' }, undefined, [Buffer.from('topic')]);
    expect(frames.slice(0, 2).map(String)).toEqual(['topic', '<IDS|MSG>']);
    expect(String(frames[2])).toBe(
      createHmac('sha256', 'key')
        .update(Buffer.concat(frames.slice(3)))
        .digest('hex'),
    );
    expect(frames.slice(3).map((frame) => JSON.parse(String(frame)))).toMatchObject([
      { msg_type: 'status' },
      {},
      {},
      { execution_state: 'idle' },
    ]);
  });

  it('reads what it wrote, and nothing of another key or without a delimiter', () => {
    const wire = new Wire('key');
    const frames = wire.encode('stream', { text: 'π' }, undefined, [Buffer.from([0, 1])]);
    expect(wire.decode(frames)).toMatchObject({ identities: [Buffer.from([0, 1])], content: { text: 'π' } });
    expect(() => new Wire('other').decode(frames)).toThrow('not signed with the key');
    expect(() => wire.decode(frames.slice(2))).toThrow('a message needs a delimiter');
  });
});
