const request = require('request');
const { promisify } = require('util');

const { UPSTREAM: upstream, SECURE: secure, CA: ca } = process.env;
const address = `http://${upstream}`;
const headers = { 'user-agent': 'a test', accept: '*/*', 'accept-encoding': 'gzip' };

exports.handler = async () => {
  const call = promisify(request);
  const answered = await call({ url: `${address}/echo`, method: 'POST', json: { a: 1 }, headers, auth: { user: 'me', pass: 'secret' } });
  console.log(answered.statusCode, JSON.stringify(answered.body));
  console.log((await call({ url: `${address}/gzip`, gzip: true })).body.length, (await call(`${address}/redirect?code=302&to=/chunks`)).body);
  await call(`${address}/drop`).catch((error) => console.log(error.code, error.message));
  console.log((await call({ url: `https://${secure}/length`, ca })).statusCode);
  await call(`https://${secure}/length`).catch((error) => console.log(error.code));
  return { success: true, user: { policy_id: 1 } };
};
