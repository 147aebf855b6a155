// Moves users over from an older directory at their first login: checks the password against the hash the old directory kept.

const { scryptSync, timingSafeEqual } = require('crypto');

const HASH_BYTES = 32;

/**
 * One user of the old directory. The hash is `salt:key`, both in hex, the key made by scrypt with Node's default cost.
 * @typedef {{ hash: string, firstname: string, lastname: string, department?: string }} OldUser
 */

/** Users by e-mail address in lower case. @type {Map<string, OldUser>} */
const directory = new Map(Object.entries(JSON.parse(process.env.OLD_USERS ?? '{}')));

// What an unknown user is checked against, so that the time of a denial does not tell who exists. No password matches it.
const NOBODY = `${'00'.repeat(16)}:${'00'.repeat(HASH_BYTES)}`;

/**
 * @param {string} password
 * @param {string} hash
 */
function matches(password, hash) {
  const [salt = '', key = ''] = hash.split(':');
  const expected = Buffer.from(key, 'hex');
  const actual = scryptSync(password, Buffer.from(salt, 'hex'), HASH_BYTES);
  return expected.length === HASH_BYTES && timingSafeEqual(actual, expected);
}

/** @type {import('@hookbox/types').Handler<'user-migration'>} */
exports.handler = async ({ user_identifier, password }) => {
  const email = user_identifier.trim().toLowerCase();
  const user = directory.get(email);
  if (!matches(password, user?.hash ?? NOBODY) || !user) {
    console.warn('denied: unknown user or wrong password'); // The context holds the password: never log it.
    return { success: false, user: {} };
  }
  const { firstname, lastname, department } = user;
  return { success: true, user: { username: email, email, password, firstname, lastname, department } };
};
