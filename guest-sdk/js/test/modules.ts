/** The built-in modules, with and without `node:`, by every form of import. */

import { cache, type CacheValue } from 'hookbox';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer as SameBuffer } from 'buffer';
import { createHmac, pbkdf2Sync, scryptSync, timingSafeEqual, createCipheriv, createDecipheriv, createVerify } from 'crypto';
import * as nodeCrypto from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect, promisify, types } from 'node:util';
import { StringDecoder } from 'string_decoder';
import { URL as SameUrl, parse } from 'url';
import assert = require('node:assert');
import EventEmitter = require('events');
import os = require('os');
import path = require('path');
import querystring = require('querystring');
import perf = require('node:perf_hooks');

export const mac: string = createHmac('sha256', 'key').update('data').digest('hex');
export const raw: Buffer = nodeCrypto.createHash('sha512').update(SameBuffer.from('x')).digest();
export const equal: boolean = timingSafeEqual(scryptSync('p', 's', 32, { N: 16384 }), pbkdf2Sync('p', 's', 1000, 32, 'sha256'));
export const derived: Promise<Buffer> = promisify((done: (error: Error | null, key: Buffer) => void) =>
  nodeCrypto.scrypt('p', 's', 32, done),
)();

const secret = raw.subarray(0, 32);
const sealed = createCipheriv('aes-256-gcm', secret, nodeCrypto.randomBytes(12));
sealed.setAAD(Buffer.from('name')).update('x', 'utf8', 'hex');
sealed.final();
createDecipheriv('aes-256-gcm', secret, nodeCrypto.randomBytes(12)).setAuthTag(sealed.getAuthTag());

export const shown: string = inspect(new Map(), { depth: null });
export const host: string | null = parse('https://example.com').host ?? new SameUrl('https://example.com').host;
export const query: string = querystring.stringify({ a: 1, b: ['x'] }) + path.join('a', 'b') + os.EOL;
export const decoded: string = new StringDecoder('utf8').end(Buffer.from('x'));
export const now: number = perf.performance.now();

const store = new AsyncLocalStorage<{ id: number }>();
export const stored: number | undefined = store.run({ id: 1 }, () => store.getStore()?.id);

const emitter = new EventEmitter.EventEmitter();
emitter.once('x', (value) => assert.strictEqual(value, 1));
export const waited: Promise<number> = wait(5, 1);

export function narrowed(value: unknown): number {
  assert(typeof value === 'number');
  return types.isDate(value) ? 0 : value;
}

createCipheriv('aes-256-ecb', secret, null);
const pair = nodeCrypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const signature: Buffer = nodeCrypto.sign('sha256', raw, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
export const pem: string = pair.publicKey.export({ type: 'spki', format: 'pem' });
export const good: boolean = createVerify('SHA256').update('x').verify({ key: pem, dsaEncoding: 'ieee-p1363' }, 'c2ln', 'base64');
export const curve: string | undefined = nodeCrypto.createPublicKey(pem).asymmetricKeyDetails?.namedCurve;
export const until = (certificate: string): string => new nodeCrypto.X509Certificate(certificate).validTo;

export const token: Promise<string | undefined> = cache.get<string>('token', { shared: true });
export const anything: Promise<CacheValue | undefined> = cache.get('token');
export const set: Promise<void> = cache.set('token', { names: ['a', null], bytes: 5 }, { ttl: 300 });

/** Never called: a hook is what is above. */
export function refused(): void {
  // @ts-expect-error a mode that a hook does not have
  createCipheriv('aes-256-xts', raw, raw);
  // @ts-expect-error nothing that JSON can hold
  cache.set('token', () => 1, { ttl: 1 });
  // @ts-expect-error no such cipher
  createCipheriv('rc4', raw, raw);
}

// @ts-expect-error no files
import fs = require('fs');
// @ts-expect-error no network
import https = require('node:https');
// @ts-expect-error no processes
import child = require('child_process');
export { child, fs, https };
