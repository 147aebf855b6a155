// `require('assert')` is the package; it needs globals of ours in place before it is loaded.
import './web.js';
import assert from 'assert/build/assert.js';

export { assert };

export function isDeepStrictEqual(a, b) {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
