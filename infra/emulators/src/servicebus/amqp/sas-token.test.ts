import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GrantedAccess } from './granted-access.ts';
import { checkSasToken } from './sas-token.ts';

const rule = { keyName: 'root', key: 'the key' };

function token(resource: string, expirySeconds: number, key = rule.key, keyName = 'root'): string {
  const encoded = encodeURIComponent(resource);
  const signature = createHmac('sha256', key)
    .update(`${encoded}\n${expirySeconds}`)
    .digest('base64');
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expirySeconds}&skn=${keyName}`;
}

const check = (text: string, address: string): number =>
  checkSasToken(text, address, rule, 1_000_000);

describe('shared access signatures', () => {
  it('are good for their resource and what is below it, until they expire', () => {
    const signed = token('sb://host:1/Topic', 1001);
    expect(check(signed, 'amqp://host/topic')).toBe(1_001_000);
    expect(check(signed, 'amqp://host/topic/Subscriptions/one')).toBe(1_001_000);
    expect(() => check(signed, 'amqp://host/topics')).toThrow(/InvalidAudience/);
    expect(check(token('sb://host', 1001), 'amqp://host/any')).toBe(1_001_000);
  });

  it('are refused of another key, another rule, too old or malformed', () => {
    const address = 'sb://host/topic';
    expect(() => check(token(address, 1001, 'other'), address)).toThrow(/InvalidSignature/);
    expect(() => check(token(address, 1001, rule.key, 'x'), address)).toThrow(/InvalidSignature/);
    expect(() => check(token(address, 1000), address)).toThrow(/ExpiredToken/);
    expect(() => check('SharedAccessSignature sr=a', address)).toThrow(/MalformedToken/);
    expect(() => check('a.b.c', address)).toThrow(/InvalidTokenType/);
  });
});

describe('GrantedAccess', () => {
  it('ends with the token, and begins again with a newer one', () => {
    const access = new GrantedAccess();
    expect(() => access.check('topic', 0)).toThrow(/Unauthorized/);
    access.grant('amqp://host/topic', 10);
    access.check('Topic/Subscriptions/one', 9);
    expect(() => access.check('topic', 10)).toThrow(/Unauthorized/);
    access.grant('amqp://host/topic', 20);
    access.check('topic', 10);
    expect(() => access.check('other', 10)).toThrow(/Unauthorized/);
  });
});
