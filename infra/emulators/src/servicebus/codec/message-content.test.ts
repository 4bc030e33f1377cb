import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { encodeDelivered } from './delivered-message.ts';
import { deliveryTag, tokenOfUuid, uuidBytes } from './lock-token.ts';
import { parseBatch, parseMessage, withApplicationProperties } from './message-content.ts';

const TOKEN = '00112233-4455-6677-8899-aabbccddeeff';

function delivered(encoded: Buffer, lockToken?: string) {
  const fields = {
    content: parseMessage(encoded),
    sequenceNumber: 7,
    enqueuedSequenceNumber: 5,
    enqueuedAtMs: 1000,
    deliveryCount: 2,
    state: 'active' as const,
    ttlMs: 500,
    lockedUntilMs: 2000,
    deadLetterSource: undefined,
  };
  return rhea.message.decode(encodeDelivered(fields, lockToken));
}

describe('message content', () => {
  it('reads what the broker has to know', () => {
    const encoded = rhea.message.encode({
      durable: true,
      ttl: 500,
      message_id: 'the id',
      group_id: 'the session',
      message_annotations: {
        'x-opt-scheduled-enqueue-time': rhea.types.wrap_timestamp(1_700_000_000_000),
      },
      body: 'a',
    });
    expect(parseMessage(encoded)).toMatchObject({
      durable: true,
      priority: 4,
      ttlMs: 500,
      messageId: 'the id',
      sessionId: 'the session',
      scheduledAtMs: 1_700_000_000_000,
    });
  });

  it('delivers everything else byte for byte, with the broker’s own annotations', () => {
    const message = {
      message_id: 'id',
      message_annotations: { 'x-opt-partition-key': 'k', 'x-opt-sequence-number': 99 },
      application_properties: { n: rhea.types.wrap_ushort(3), text: 'x'.repeat(300) },
      body: rhea.message.data_sections([Buffer.from('one'), Buffer.from('two')]),
    };
    const encoded = rhea.message.encode(message);
    const got = delivered(encoded, TOKEN);
    expect(got).toMatchObject({ delivery_count: 2, ttl: 500, message_id: 'id' });
    expect(got['message_annotations']).toMatchObject({
      'x-opt-partition-key': 'k',
      'x-opt-sequence-number': 7,
      'x-opt-enqueue-sequence-number': 5,
    });
    expect(got['application_properties']).toMatchObject({ n: 3 });
    expect((got['body'] as { content: Buffer[] }).content.map(String)).toEqual(['one', 'two']);
    const token = (got['delivery_annotations'] as Record<string, Buffer>)['x-opt-lock-token'];
    expect(tokenOfUuid(token!)).toBe(TOKEN);
    const { bare } = parseMessage(encoded);
    expect(encoded.subarray(encoded.length - bare.length)).toEqual(bare);
  });

  it('sets application properties and leaves the others as they are', () => {
    const encoded = rhea.message.encode({
      application_properties: { kept: rhea.types.wrap_ubyte(1), old: 'old' },
      body: 'a',
    });
    const changed = withApplicationProperties(parseMessage(encoded), { old: 'new', more: 2.5 });
    const got = rhea.message.decode(changed.encoded);
    expect(got['application_properties']).toEqual({ kept: 1, old: 'new', more: 2.5 });
    expect(got['body']).toBe('a');
    const alone = withApplicationProperties(parseMessage(rhea.message.encode({ body: 'a' })), {
      a: true,
    });
    expect(rhea.message.decode(alone.encoded)['application_properties']).toEqual({ a: true });
  });

  it('takes a batch apart', () => {
    const parts = ['a', 'b'].map((id) => rhea.message.encode({ message_id: id, body: id }));
    const batch = rhea.message.encode({ body: rhea.message.data_sections(parts) });
    expect(parseBatch(batch).map(({ messageId }) => messageId)).toEqual(['a', 'b']);
  });

  it('refuses bytes that end too early', () => {
    const encoded = rhea.message.encode({ message_id: 'a', body: 'a'.repeat(300) });
    expect(() => parseMessage(encoded.subarray(0, encoded.length - 1))).toThrow(RangeError);
  });

  it('spells a lock token as .NET does in a delivery tag', () => {
    expect(deliveryTag(TOKEN).toString('hex')).toBe('33221100554477668899aabbccddeeff');
    expect(tokenOfUuid(uuidBytes(TOKEN))).toBe(TOKEN);
  });
});
