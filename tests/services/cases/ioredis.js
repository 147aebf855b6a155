const Redis = require('ioredis');

const { REDIS_PORT: port, REDIS_TLS_PORT: tlsPort, PASSWORD: password } = process.env;
const redis = new Redis({ host: '127.0.0.1', port: Number(port), password });

exports.handler = async () => {
  await redis.del('count', 'name', 'h');
  await redis.set('name', 'Zoë', 'EX', 100);
  console.log(await redis.get('name'), (await redis.ttl('name')) > 90);
  console.log(JSON.stringify(await redis.multi().incr('count').expire('count', 60).exec()));
  console.log(await redis.pipeline().set('x', 1).get('x').exec());
  console.log(await redis.eval('return redis.call("incrby", KEYS[1], ARGV[1])', 1, 'count', 5));
  await redis.lpush('name', 1).catch((error) => console.log(error.name, error.message));
  const secure = new Redis({ host: 'localhost', port: Number(tlsPort), password, tls: { ca: process.env.CA } });
  await secure.hset('h', { a: 1, b: 2 });
  console.log(await secure.ping(), await secure.hgetall('h'));
  await secure.quit();
  const wrong = new Redis({ host: '127.0.0.1', port: Number(port), password: 'wrong', maxRetriesPerRequest: 0, retryStrategy: null });
  wrong.on('error', () => {});
  await wrong.get('name').catch((error) => console.log(error.name, error.message));
  await redis.quit();
  return { success: true, user: { policy_id: 1 } };
};
