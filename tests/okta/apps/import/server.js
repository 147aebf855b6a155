// A password import: users of a list, Basic that the app checks itself, and a validator.
require('dotenv').config();
const express = require('express');
const basicAuth = require('express-basic-auth');
const { body, validationResult } = require('express-validator');
const users = require('./users');

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  console.log('asked with', req.headers.authorization);
  next();
});
app.use(basicAuth({ authorizer: isOurs }));

const listener = app.listen(8082, () => {
  console.log(`Listening on port ${listener.address().port}`);
});

function isOurs(name, password) {
  return basicAuth.safeCompare(name, process.env.BASIC_AUTH_USER) & basicAuth.safeCompare(password, process.env.BASIC_AUTH_PASSWORD);
}

app.post('/passwordImport', body('data.context.credential.username').isEmail(), async (req, res) => {
  const problems = validationResult(req);
  if (!problems.isEmpty()) {
    res.status(400).json({ errors: problems.array() });
    return;
  }
  const { username, password } = req.body.data.context.credential;
  console.log('credential', req.body.data.context.credential);
  const user = users.find((one) => one.username === username);
  if (user === undefined || user.password !== password) {
    console.log('Refused.');
    res.sendStatus(204);
    return;
  }
  console.log('Verified.');
  res.json({ commands: [{ type: 'com.okta.action.update', value: { credential: 'VERIFIED' } }] });
});

app.post('/orders/:id', (req, res) => {
  res.status(200).send(JSON.stringify({ debugContext: { id: req.params.id, query: req.query, ip: req.ip, protocol: req.protocol, path: req.path } }));
});

app.all('/redirect', (req, res) => res.redirect('/passwordImport'));
