// A message that a provider sends, called with axios.
const express = require('express');
const bodyParser = require('body-parser');
const axios = require('axios');
const { url, apiKey, sender, authKey } = require('./config');

const app = express();
const PORT = 3000;
app.use(bodyParser.json());

const succeed = (res, umid, metadata) => {
  const action = { status: 'SUCCESSFUL', provider: '8x8', transactionId: umid, transactionMetadata: JSON.stringify(metadata) };
  res.status(200).json({ commands: [{ type: 'com.okta.telephony.action', value: [action] }] });
};
const fail = (res, { code, message }) => {
  res.status(500).json({ error: { errorSummary: `Code ${code}: ${message}` } });
};

app.post('/telephony-hook', async (req, res) => {
  console.log('Received:', req.body);
  if (req.headers.authorization !== authKey) {
    console.log('Unauthorized');
    return res.status(401).json({ error: 'Unauthorized' });
  }
  const { msgTemplate, phoneNumber } = req.body.data.messageProfile;
  if (!msgTemplate || !phoneNumber) return res.status(400).json({ error: 'Invalid' });
  try {
    const answer = await axios.post(url, { source: sender, destination: phoneNumber, text: msgTemplate, encoding: 'AUTO' },
      { headers: { Authorization: `Bearer ${apiKey}` } });
    console.log('Sent:', answer.data);
    succeed(res, answer.data.umid, answer.data);
  } catch (error) {
    console.log('Not sent:', error.message);
    fail(res, error.response?.data ?? { code: 'UNKNOWN', message: 'unknown' });
  }
});

app.listen(PORT, () => {
  console.log(`Server is running on port ${PORT}`);
});
