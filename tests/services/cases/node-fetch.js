const fetch2 = require('node-fetch-2');

const { UPSTREAM: upstream } = process.env;
const address = `http://${upstream}`;
const headers = { 'user-agent': 'a test', accept: '*/*', 'accept-encoding': 'gzip' };

exports.handler = async () => {
  const { default: fetch3 } = await import('node-fetch-3');
  for (const fetch of [fetch2, fetch3]) {
    const answer = await fetch(`${address}/echo`, { method: 'POST', body: JSON.stringify({ a: 1 }), headers });
    console.log(answer.status, answer.ok, answer.headers.get('content-type'), JSON.stringify(await answer.json()));
    console.log((await (await fetch(`${address}/gzip`)).text()).length, (await (await fetch(`${address}/large`)).text()).length);
    const moved = await fetch(`${address}/redirect?code=307&to=/chunks`, { method: 'POST', body: 'x' });
    console.log(moved.redirected, await moved.text());
    await fetch(`${address}/drop`).catch((error) => console.log(error.name, error.code));
  }
  return { success: true, user: { policy_id: 1 } };
};
