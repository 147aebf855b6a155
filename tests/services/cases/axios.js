// The versions are told apart by their package's name.
const axios = require('PACKAGE');
const https = require('https');

const { UPSTREAM: upstream, SECURE: secure, CA: ca } = process.env;

exports.handler = async () => {
  const api = axios.create({ baseURL: `http://${upstream}`, headers: { 'user-agent': 'a test', accept: '*/*', 'accept-encoding': 'gzip' } });
  const { data, status, headers } = await api.post('/echo?a=1', { name: 'Zoë' }, { params: { b: 'x y' }, auth: { username: 'me', password: 'ö' } });
  console.log(status, headers['content-type'], JSON.stringify(data));
  console.log((await api.get('/gzip')).data.length, (await api.get('/large')).data.length, (await api.get('/chunks')).data);
  console.log((await api.get('/redirect?code=302&to=/length')).status);
  for (const path of ['/status?code=404', '/status?code=500', '/drop', '/cut', '/redirect?code=302&to=/redirect%3Fcode=302%26to=/empty']) {
    await api.get(path, { maxRedirects: 1, validateStatus: (code) => code < 400 })
      .then((answer) => console.log(path, answer.status), (error) => console.log(path, error.code, error.message, error.response && error.response.status));
  }
  await api.get('/silent', { timeout: 100 }).catch((error) => console.log(error.code, error.message));
  await axios.get('http://127.0.0.1:1/').catch((error) => console.log(error.code, error.message));
  console.log((await axios.get(`https://${secure}/length`, { httpsAgent: new https.Agent({ ca }) })).status);
  await axios.get(`https://${secure}/length`).catch((error) => console.log(error.code, error.message));
  const text = await api.get('/chunks', { responseType: 'arraybuffer' });
  console.log(Buffer.isBuffer(text.data), text.data.length);
  api.interceptors.request.use((config) => { config.headers['x-added'] = 'yes'; return config; });
  console.log((await api.get('/echo')).data.headers.some(([name]) => name === 'x-added'));
  return { success: true, user: { policy_id: 1 } };
};
