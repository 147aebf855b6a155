const { createClient } = require('redis');

const { REDIS_PORT: port, REDIS_TLS_PORT: tlsPort, PASSWORD: password, CA: ca } = process.env;

exports.handler = async () => {
  const client = createClient({ url: `redis://:${password}@127.0.0.1:${port}` });
  client.on('error', (error) => console.log('error', error.message));
  await client.connect();
  await client.del(['key', 'number']);
  await client.set('key', 'väl', { EX: 10 });
  console.log(await client.get('key'), await client.multi().incr('number').get('key').exec());
  await client.lPush('key', 'x').catch((error) => console.log(error.message));
  await client.quit();
  const secure = createClient({ url: `rediss://:${password}@localhost:${tlsPort}`, socket: { tls: true, ca } });
  await secure.connect();
  console.log(await secure.ping());
  await secure.disconnect();
  return { success: true, user: { policy_id: 1 } };
};
