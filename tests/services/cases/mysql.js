const mysql = require('mysql');
const { promisify } = require('util');

const { MYSQL_PORT: port, PASSWORD: password } = process.env;
const options = { host: '127.0.0.1', port: Number(port), user: 'hook', password, database: 'users' };

exports.handler = async () => {
  const connection = mysql.createConnection(options);
  const query = promisify(connection.query).bind(connection);
  console.log(JSON.stringify(await query('select * from people where name = ?', ['jim'])));
  console.log(JSON.stringify(await query('select ? + 1 as number, name from people where id < 3 order by id', [41])));
  console.log((await query('insert into people set ?', { name: 'new' })).affectedRows);
  await query('select nothing').catch((error) => console.log(error.code, error.errno, error.sqlMessage));
  await promisify(connection.end).call(connection);
  const pool = mysql.createPool({ ...options, host: 'localhost', ssl: { ca: process.env.CA }, connectionLimit: 3 });
  const asked = promisify(pool.query).bind(pool);
  console.log(JSON.stringify(await asked("show status like 'Ssl_version'")));
  console.log((await Promise.all([1, 2, 3].map((number) => asked('select ? as v', [number])))).map(([row]) => row.v));
  await promisify(pool.end).call(pool);
  const wrong = mysql.createConnection({ ...options, password: 'wrong' });
  await new Promise((done) => { wrong.connect((error) => { console.log(error.code); done(); }); });
  const untrusted = mysql.createConnection({ ...options, host: 'localhost', ssl: {} });
  await new Promise((done) => { untrusted.connect((error) => { console.log(error.code); done(); }); });
  return { success: true, user: { policy_id: 1 } };
};
