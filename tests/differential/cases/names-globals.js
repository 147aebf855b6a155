// The globals: how they are called and declared, and what their members are.
const kind = (value) => (typeof value === 'function' ? `${value.name}/${value.length}` : value === null ? 'null' : typeof value);
const names = ['AbortController', 'AbortSignal', 'Blob', 'Buffer', 'ByteLengthQueuingStrategy', 'CompressionStream', 'CountQueuingStrategy', 'Crypto', 'CryptoKey', 'CustomEvent', 'DOMException', 'DecompressionStream', 'Event', 'EventTarget', 'File', 'FormData', 'Headers', 'Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'PerformanceObserverEntryList', 'PerformanceResourceTiming', 'ReadableByteStreamController', 'ReadableStream', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest', 'ReadableStreamDefaultController', 'ReadableStreamDefaultReader', 'Request', 'Response', 'SubtleCrypto', 'TextDecoder', 'TextDecoderStream', 'TextEncoder', 'TextEncoderStream', 'TransformStream', 'TransformStreamDefaultController', 'URL', 'URLSearchParams', 'WritableStream', 'WritableStreamDefaultController', 'WritableStreamDefaultWriter', 'atob', 'btoa', 'clearImmediate', 'clearInterval', 'clearTimeout', 'console', 'crypto', 'fetch', 'global', 'globalThis', 'performance', 'process', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone'];
// First: Node puts another in the place of process.chdir when fetch is looked at.
for (const name of Object.keys(process).filter((name) => !name.startsWith('_')).sort()) t(`process.${name}`, () => (typeof process[name] === 'function' ? kind(process[name]) : typeof process[name]));
for (const name of names) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  t(name, () => kind(globalThis[name]));
  t(`${name} declared`, () => [descriptor?.enumerable, descriptor?.configurable]);
  const value = globalThis[name];
  if (typeof value !== 'function' || !/^[A-Z]/.test(name)) continue;
  t(`${name} above`, () => [Object.getPrototypeOf(value).name, Object.getPrototypeOf(value.prototype)?.constructor?.name, Object.prototype.toString.call(value.prototype)]);
  if (name === 'Buffer') continue;
  for (const [key, { get, value: member, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(value.prototype))) {
    if (key !== 'constructor') t(`${name}.prototype.${key}`, () => [get ? `accessor ${get.name}` : kind(member), enumerable]);
  }
  for (const [key, { get, value: member, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!['length', 'name', 'prototype', 'arguments', 'caller'].includes(key)) t(`${name}.${key}`, () => [get ? 'accessor' : typeof member === 'number' ? member : kind(member), enumerable]);
  }
}
t('enumerable', () => Object.keys(globalThis).sort());
for (const name of Object.keys(console).filter((name) => !name.startsWith('_')).sort()) t(`console.${name}`, () => kind(console[name]));
