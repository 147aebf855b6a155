// Writes tests/*.json anew, with new keys: `node make-tests.mjs && hookbox test --update`, and look at what has changed.
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const ISSUER = 'https://login.old.example';
const CLIENT_ID = 'hookbox-migration';
const IN_2100 = 4102444800;
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [provider, impostor] = [pair(), pair()];

const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token({ key = provider, kid = 'k1', exp = IN_2100, aud = CLIENT_ID } = {}) {
  const head = text({ alg: 'RS256', kid, typ: 'JWT' });
  const body = text({ iss: ISSUER, aud, exp, iat: exp - 300, sub: '17', email: 'ada@example.com', given_name: 'Ada', family_name: 'Lovelace' });
  return `${head}.${body}.${sign('RSA-SHA256', Buffer.from(`${head}.${body}`), key.privateKey).toString('base64url')}`;
}

const jwks = {
  request: { method: 'GET', url: `${ISSUER}/.well-known/jwks.json` },
  respond: { json: { keys: [{ ...provider.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] } },
};

const asked = {
  method: 'POST',
  url: `${ISSUER}/oauth/token`,
  headers: { authorization: 'Basic aG9va2JveC1taWdyYXRpb246c2VjcmV0', 'content-type': 'application/x-www-form-urlencoded*' },
  body: 'grant_type=password&scope=openid+email+profile&username=ada%40example.com&password=correct+horse+battery+staple',
};

function test(name, respond, more, expect) {
  const http = [{ request: asked, respond }, ...more];
  const env = { ISSUER, CLIENT_ID, CLIENT_SECRET: 'secret' };
  writeFileSync(new URL(`tests/${name}.json`, import.meta.url), `${JSON.stringify({ context: '../samples/ada.json', env, http, in_order: true, expect }, null, 2)}\n`);
}

const granted = (options) => ({ json: { access_token: 'opaque', token_type: 'Bearer', id_token: token(options) } });
const user = { username: 'ada@example.com', email: 'ada@example.com', password: 'correct horse battery staple', firstname: 'Ada', lastname: 'Lovelace' };
const failed = (error) => ({ outcome: 'failed', error });
test('success', granted(), [jwks], { decision: 'allow', result: { success: true, user } });
test('wrong-password', { status: 400, json: { error: 'invalid_grant' } }, [], { decision: 'deny' });
test('wrong-client', { status: 401, json: { error: 'invalid_client' } }, [], failed('the token endpoint answers 401: invalid_client'));
test('wrong-signature', granted({ key: impostor }), [jwks], failed('the signature of the id token is wrong'));
test('unknown-key', granted({ key: impostor, kid: 'k2' }), [jwks], failed('signed with a key that nobody knows'));
test('expired', granted({ exp: 1577836800 }), [jwks], failed('the id token has expired'));
test('other-audience', granted({ aud: 'somebody-else' }), [jwks], failed('the id token is for somebody else'));
test('no-keys', granted(), [{ ...jwks, respond: { status: 503 } }], failed('the keys are not there: 503'));
test('provider-is-away', { error: 'ECONNREFUSED' }, [], failed('fetch failed'));
