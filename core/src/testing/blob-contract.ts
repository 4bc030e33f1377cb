import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../canonical/sha256.ts';
import type { BlobStore } from '../ports/blob-store.ts';

/** The conformance suite of `BlobStore`. */
export function blobContract(name: string, open: () => Promise<BlobStore>): void {
  describe(`blob contract: ${name}`, () => {
    it('returns a text as it was, whatever is in it', async () => {
      const blobs = await open();
      const text = JSON.stringify({
        big: '12345678901234567890',
        text: '\u0000 \u2028 <&> "quoted" \\ \\u0041 é 漢 😀 %20 +/=',
      });
      await blobs.put('contract', sha256Hex(text), text);
      expect(await blobs.get('contract', sha256Hex(text))).toBe(text);
    });

    it('takes a text that looks like base64, or like a quoted string, for what it is', async () => {
      const blobs = await open();
      for (const text of ['QUJDRA==', '"quoted"', '123']) {
        await blobs.put('contract', sha256Hex(text), text);
        expect(await blobs.get('contract', sha256Hex(text))).toBe(text);
      }
    });

    it('takes two megabytes, and the same again', async () => {
      const blobs = await open();
      const text = `"${'large '.repeat(350_000)}"`;
      const sha256 = sha256Hex(text);
      await blobs.put('contract', sha256, text);
      await blobs.put('contract', sha256, text);
      expect((await blobs.get('contract', sha256))?.length).toBe(text.length);
    });

    it('has nothing under an unknown hash, nor of another tenant', async () => {
      const blobs = await open();
      const text = `"of one tenant ${Date.now()}"`;
      const sha256 = sha256Hex(text);
      await blobs.put('contract', sha256, text);
      expect(await blobs.get('contract', sha256Hex('nothing'))).toBeUndefined();
      expect(await blobs.get('another', sha256)).toBeUndefined();
    });

    it('removes a text of one tenant alone, and again', async () => {
      const blobs = await open();
      const text = `"of two tenants ${Date.now()}"`;
      const sha256 = sha256Hex(text);
      await blobs.put('contract', sha256, text);
      await blobs.put('another', sha256, text);
      await blobs.remove('contract', sha256);
      await blobs.remove('contract', sha256);
      expect(await blobs.get('contract', sha256)).toBeUndefined();
      expect(await blobs.get('another', sha256)).toBe(text);
    });
  });
}
