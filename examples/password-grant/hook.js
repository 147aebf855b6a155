// Moves users over from an older OpenID provider at their first login: asks its token endpoint with the password, and believes the id token
// that comes back only if one of the provider's own keys has signed it, for us, for this user, and not too long ago.

const { createPublicKey, verify } = require('crypto');

/** @param {string} part */
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/**
 * The tokens for a user, or nothing where the password is wrong.
 * @param {string} username
 * @param {string} password
 */
async function grant(username, password) {
  const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
  const response = await fetch(`${ISSUER}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'password', scope: 'openid email profile', username, password }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  if (answer.error === 'invalid_grant') return undefined;
  throw new Error(`the token endpoint answers ${response.status}: ${answer.error}`);
}

/**
 * The claims of an id token that was checked.
 * @param {string} token
 */
async function claims(token) {
  const { ISSUER, CLIENT_ID } = process.env;
  const [header, payload, signature] = token.split('.');
  const { alg, kid } = decoded(header);
  if (alg !== 'RS256') throw new Error(`the id token is signed with ${alg}`);
  const response = await fetch(`${ISSUER}/.well-known/jwks.json`);
  if (!response.ok) throw new Error(`the keys are not there: ${response.status}`);
  const { keys } = await response.json();
  const key = keys.find((key) => key.kid === kid && key.kty === 'RSA');
  if (key === undefined) throw new Error('the id token is signed with a key that nobody knows');
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature of the id token is wrong');
  }
  const { iss, aud, exp, ...rest } = decoded(payload);
  if (iss !== ISSUER || ![aud].flat().includes(CLIENT_ID)) throw new Error('the id token is for somebody else');
  if (!(exp * 1000 > Date.now())) throw new Error('the id token has expired');
  return rest;
}

exports.handler = async ({ user_identifier, password }) => {
  const email = user_identifier.trim().toLowerCase();
  const tokens = await grant(email, password);
  if (tokens === undefined) {
    console.warn('denied: the old provider does not take the password');
    return { success: false, user: {} };
  }
  const user = await claims(tokens.id_token);
  if (user.email?.toLowerCase() !== email) throw new Error('the id token is that of another user');
  return { success: true, user: { username: email, email, password, firstname: user.given_name, lastname: user.family_name } };
};
