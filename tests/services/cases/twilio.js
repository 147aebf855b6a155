const twilio = require('twilio');

const sid = `AC${'0'.repeat(32)}`;
const client = twilio(sid, 'a token of twilio');
client.api.baseUrl = `http://${process.env.UPSTREAM}`;

exports.handler = async () => {
  const message = await client.messages.create({ to: '+15551234567', from: '+15557654321', body: 'Your code: 1' });
  console.log(message.sid, message.status);
  await client.messages('none').fetch().catch((error) => console.log(error.name, error.status, error.code, error.message));
  console.log(twilio.validateRequest('a token', twilio.getExpectedTwilioSignature('a token', 'https://x.example/', { a: 'b' }), 'https://x.example/', { a: 'b' }));
  return { success: true, user: { policy_id: 1 } };
};
