const mysql = require('mysql2/promise');

const { MYSQL_PORT: port, PASSWORD: password } = process.env;
const options = { host: '127.0.0.1', port: Number(port), user: 'hook', password, database: 'users' };
// Made at the top level, as authors do: it connects in the execution.
const pool = mysql.createPool(options);

exports.handler = async () => {
  const [rows] = await pool.execute('select * from people where name = ?', ['jim']);
  console.log(JSON.stringify(rows));
  const [[counted], [field]] = await pool.query('select count(*) as number from people where id < 3');
  console.log(counted.number, field.name);
  const connection = await mysql.createConnection({ ...options, host: 'localhost', ssl: { ca: process.env.CA } });
  console.log(JSON.stringify((await connection.query("show status like 'Ssl_version'"))[0]));
  await connection.beginTransaction();
  await connection.execute('insert into people (name) values (?)', ['gone']);
  await connection.rollback();
  console.log((await connection.execute('select count(*) as number from people where name = ?', ['gone']))[0]);
  await connection.query('select * from nowhere').catch((error) => console.log(error.code, error.sqlState));
  await connection.end();
  await mysql.createConnection({ ...options, password: 'wrong' }).catch((error) => console.log(error.code));
  await pool.end();
  return { success: true, user: { policy_id: 1 } };
};
