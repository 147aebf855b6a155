const mail = require('@sendgrid/mail');

mail.setApiKey('SG.one');
mail.client.setDefaultRequest('baseUrl', `http://${process.env.UPSTREAM}/`);

exports.handler = async () => {
  const [{ statusCode, headers }, body] = await mail.send({ to: 'jim@example.com', from: 'us@example.com', subject: 'Login', text: 'Zoë logs in' });
  console.log(statusCode, headers['x-asked'], JSON.stringify(body));
  await mail.send({ to: 'jim@example.com', from: 'bad@example.com', subject: 'Login', text: 'x' }).catch((error) => console.log(error.code, error.message, JSON.stringify(error.response.body)));
  return { success: true, user: { policy_id: 1 } };
};
