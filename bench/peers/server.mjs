// A server of one function on Node: Express reads the JSON, an isolation of the user's choice runs the function, Express answers
// its result as JSON. Started as `node server.mjs ISOLATION FUNCTION LOG`; prints its address and serves until it is killed.
//
// What favours the peer is done wherever there is a choice: production mode, no ETag, the function's source compiled once where
// that is possible, log lines collected and written behind the requests' backs. No rights, no limits on requests, no ids.

import { createWriteStream, readFileSync } from 'node:fs';

import express from 'express';

const [isolation, functionFile, logFile] = process.argv.slice(2);
const source = readFileSync(functionFile, 'utf8');
const log = createWriteStream(logFile, { highWaterMark: 1 << 20 });

const { prepare } = await import(`./${isolation}.mjs`);
const run = await prepare(source, functionFile, log);

const app = express();
app.disable('x-powered-by');
app.disable('etag');
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
