const { Client, Pool } = require('pg');

const { PG_PORT: port, PASSWORD: password } = process.env;
const options = { host: '127.0.0.1', port: Number(port), user: 'postgres', password, database: 'postgres' };
const pool = new Pool(options);

exports.handler = async () => {
  console.log(JSON.stringify((await pool.query('select * from people where name = $1', ['jim'])).rows));
  console.log((await Promise.all([1, 2, 3].map((number) => pool.query('select $1::int as v', [number])))).map(({ rows: [row] }) => row.v));
  await pool.end();
  const client = new Client({ ...options, host: 'localhost', ssl: { ca: process.env.CA } });
  await client.connect();
  console.log(JSON.stringify((await client.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()')).rows));
  await client.query('select nothing').catch((error) => console.log(error.code, error.message));
  await client.query('begin');
  await client.query("insert into people (name) values ('gone')");
  await client.query('rollback');
  console.log((await client.query("select count(*) from people where name = 'gone'")).rows);
  await client.end();
  await new Client({ ...options, password: 'wrong' }).connect().catch((error) => console.log(error.code, error.message));
  await new Client({ ...options, host: 'localhost', ssl: true }).connect().catch((error) => console.log(error.code));
  return { success: true, user: { policy_id: 1 } };
};
