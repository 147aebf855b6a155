const Stripe = require('stripe');

const [host, port] = process.env.UPSTREAM.split(':');
const stripe = new Stripe('sk_test_1', { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });

exports.handler = async () => {
  const customer = await stripe.customers.create({ email: 'jim@example.com', metadata: { a: 'b c' } });
  console.log(customer.id, customer.asked);
  await stripe.customers.retrieve('none').catch((error) => console.log(error.type, error.code, error.message));
  const event = stripe.webhooks.constructEvent('{"id":"evt_1"}', stripe.webhooks.generateTestHeaderString({ payload: '{"id":"evt_1"}', secret: 'whsec' }), 'whsec');
  console.log(event.id);
  return { success: true, user: { policy_id: 1 } };
};
