const got = require('got');

const { UPSTREAM: upstream, SECURE: secure, CA: ca } = process.env;
const address = `http://${upstream}`;
const headers = { 'user-agent': 'a test', accept: '*/*', 'accept-encoding': 'gzip' };

exports.handler = async () => {
  const { statusCode, body } = await got.post(`${address}/echo`, { json: { name: 'Zoë' }, responseType: 'json', headers, retry: 0 });
  console.log(statusCode, JSON.stringify(body));
  console.log((await got(`${address}/gzip`)).body.length, (await got(`${address}/redirect?code=302&to=/chunks`)).body);
  for (const path of ['/status?code=404', '/drop']) {
    await got(`${address}${path}`, { retry: 0 }).catch((error) => console.log(path, error.name, error.code, error.message));
  }
  await got(`${address}/silent`, { timeout: 100, retry: 0 }).catch((error) => console.log(error.name, error.code));
  console.log((await got(`https://${secure}/length`, { https: { certificateAuthority: ca } })).statusCode);
  return { success: true, user: { policy_id: 1 } };
};
