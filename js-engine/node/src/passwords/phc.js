// The text that Argon2's hashes are kept as, `$argon2id$v=19$m=65536,p=4,t=3$salt$hash`, read and written as the package `@phc/format` does.
import { Buffer } from '../buffer.js';

const NAME = /^[a-z0-9-]{1,32}$/;
const VALUE = /^[a-zA-Z0-9/+.-]+$/;
const BASE64 = /^([a-zA-Z0-9/+.-]+|)$/;
const DECIMAL = /^((-)?[1-9]\d*|0)$/;
const VERSION = /^v=(\d+)$/;

const base64 = (bytes) => bytes.toString('base64').split('=')[0];

function checkName(id) {
  if (typeof id !== 'string') throw new TypeError('id must be a string');
  if (!NAME.test(id)) throw new TypeError(`id must satisfy ${NAME}`);
}

function checkParams(names, values) {
  if (!names.every((name) => NAME.test(name))) throw new TypeError(`params names must satisfy ${NAME}`);
  if (!values.every((value) => typeof value === 'string')) throw new TypeError('params values must be strings');
  if (!values.every((value) => VALUE.test(value))) throw new TypeError(`params values must satisfy ${VALUE}`);
}

function textOf(value) {
  if (typeof value === 'number') return String(value);
  return Buffer.isBuffer(value) ? base64(value) : value;
}

export function serialize({ id, version, params, salt, hash }) {
  checkName(id);
  if (typeof version !== 'number' || version < 0 || !Number.isInteger(version)) throw new TypeError('version must be a positive integer number');
  const entries = Object.entries(params).map(([name, value]) => [name, textOf(value)]);
  checkParams(entries.map(([name]) => name), entries.map(([, value]) => value));
  if (!Buffer.isBuffer(salt)) throw new TypeError('salt must be a Buffer');
  if (!Buffer.isBuffer(hash)) throw new TypeError('hash must be a Buffer');
  return `$${id}$v=${version}$${entries.map((entry) => entry.join('=')).join(',')}$${base64(salt)}$${base64(hash)}`;
}

function paramsOf(text) {
  const params = {};
  for (const entry of text.split(',')) {
    const [name, ...rest] = entry.split('=');
    if (rest.length === 0) throw new TypeError('params must be in the format name=value');
    params[name] = rest.join('=');
  }
  checkParams(Object.keys(params), Object.values(params));
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, DECIMAL.test(value) ? Number.parseInt(value, 10) : value]));
}

// The last fields, as far as they can be a salt and a hash.
function bytesOf(fields) {
  if (!BASE64.test(fields.at(-1))) return [];
  const texts = fields.length > 1 && BASE64.test(fields.at(-2)) ? fields.splice(-2) : [fields.pop()];
  return texts.map((text) => Buffer.from(text, 'base64'));
}

// What is not there is undefined.
export function deserialize(text) {
  if (typeof text !== 'string' || text === '') throw new TypeError('pchstr must be a non-empty string');
  if (text[0] !== '$') throw new TypeError('pchstr must contain a $ as first char');
  const fields = text.slice(1).split('$');
  const most = VERSION.test(fields[1]) ? 5 : 4;
  if (fields.length > most) throw new TypeError(`pchstr contains too many fileds: ${fields.length}/${most}`);
  const id = fields.shift();
  checkName(id);
  const version = VERSION.test(fields[0]) ? Number.parseInt(VERSION.exec(fields.shift())[1], 10) : 0;
  const [salt, hash] = bytesOf(fields);
  const params = fields.length > 0 ? paramsOf(fields.pop()) : undefined;
  if (fields.length > 0) throw new TypeError(`pchstr contains unrecognized fileds: ${fields}`);
  return { id, version: version || undefined, params, salt, hash };
}
