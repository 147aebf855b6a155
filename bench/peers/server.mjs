// A server of one function on Node: Express reads the JSON, an isolation of the user's choice runs the function, Express answers
// its result as JSON. Started as `node server.mjs ISOLATION FUNCTION`; prints its address and serves until it is killed.
//
// Express is as it comes, in production mode. The function's source is compiled once where that is possible, and its log lines go
// through Node's own console to a file. No rights, no limits on requests, no ids.

import { Console } from 'node:console';
import { readFileSync } from 'node:fs';

import express from 'express';

const [isolation, functionFile] = process.argv.slice(2);
const source = readFileSync(functionFile, 'utf8');
// Standard output is for the address.
const log = new Console(process.stderr);

const { prepare } = await import(`./${isolation}.mjs`);
const run = await prepare(source, functionFile, log);

const app = express();
app.use(express.json());
app.post('/', async (request, response, next) => {
  try {
    response.json(await run(request.body));
  } catch (error) {
    next(error);
  }
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
