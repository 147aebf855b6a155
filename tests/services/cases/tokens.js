const crypto = require('crypto');
const jwks = require('jwks-rsa');
const jwks2 = require('jwks-rsa-2');

const { UPSTREAM: upstream, PRIVATE_KEY: key, EC_KEY: ecKey } = process.env;

exports.handler = async () => {
  const jose = await import('jose');
  for (const jwt of [require('jsonwebtoken-8'), require('jsonwebtoken')]) {
    for (const algorithm of ['HS256', 'RS256', 'RS512', 'PS256', 'ES256']) {
      const secret = algorithm.startsWith('HS') ? 'a secret of its own' : algorithm.startsWith('ES') ? ecKey : key;
      const token = jwt.sign({ sub: 'jim', iat: 1700000000 }, secret, { algorithm, keyid: 'one', audience: 'me' });
      const check = algorithm.startsWith('HS') ? secret : crypto.createPublicKey(secret).export({ type: 'spki', format: 'pem' });
      console.log(algorithm, jwt.verify(token, check, { algorithms: [algorithm], audience: 'me' }).sub);
      for (const wrong of [`${token.slice(0, -4)}AAAA`, 'a.b', '']) {
        try { jwt.verify(wrong, check, { algorithms: [algorithm] }); } catch (error) { console.log(error.name, error.message); }
      }
      try { jwt.verify(token, check, { algorithms: [algorithm], maxAge: '1h' }); } catch (error) { console.log(error.name, error.message); }
    }
    const token = jwt.sign({ sub: 'jim' }, key, { algorithm: 'RS256', keyid: 'one', issuer: 'us' });
    for (const find of [jwks, jwks2]) {
      const client = find({ jwksUri: `http://${upstream}/jwks`, timeout: 5000 });
      const getKey = (header, done) => client.getSigningKey(header.kid, (error, found) => done(error, found && (found.publicKey || found.rsaPublicKey || found.getPublicKey())));
      console.log(await new Promise((done) => { jwt.verify(token, getKey, { issuer: 'us' }, (error, payload) => done(error ? error.message : payload.sub)); }));
      await new Promise((done) => { client.getSigningKey('other', (error) => { console.log(error.name, error.message); done(); }); });
    }
    const set = jose.createRemoteJWKSet(new URL(`http://${upstream}/jwks`));
    const { payload, protectedHeader } = await jose.jwtVerify(token, set, { issuer: 'us' });
    console.log(payload.sub, protectedHeader.kid);
    await jose.jwtVerify(token, set, { issuer: 'them' }).catch((error) => console.log(error.code, error.message));
  }
  const signed = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'ES256' }).setExpirationTime('2h').sign(await jose.importPKCS8(ecKey, 'ES256'));
  console.log(signed.split('.').length, jose.decodeJwt(signed).a);
  return { success: true, user: { policy_id: 1 } };
};
