// Tells a user by SMS that somebody with a high risk begins to log in as them. Who cannot be told is not let in.

const RISKY = 70;
const TRIES = 2;

/** What the provider says when it does not take a message. */
class ProviderError extends Error {}

/**
 * Sends one message. An answer of 5xx may be better the next time; one of 4xx says what is wrong with the message.
 * @param {string} destination
 * @param {string} text
 * @returns {Promise<string>} the provider's id of the message
 */
async function send(destination, text) {
  const { SMS_API_KEY, SMS_SENDER, SMS_SUBACCOUNT } = process.env;
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`https://sms.8x8.com/api/v1/subaccounts/${SMS_SUBACCOUNT}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SMS_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ source: SMS_SENDER, destination, text, encoding: 'AUTO' }),
      signal: AbortSignal.timeout(3000),
    });
    if (response.status >= 500 && attempt < TRIES) {
      await response.body?.cancel();
      continue;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer.umid) return answer.umid;
    throw new ProviderError(`the provider answers ${response.status}: ${answer.message ?? 'nothing that says why'} (${answer.code ?? 'no code'})`);
  }
}

exports.handler = async ({ user, risk, location }) => {
  if ((risk?.score ?? 0) < RISKY) return { success: true, user };
  const phone = new Map(Object.entries(JSON.parse(process.env.PHONES ?? '{}'))).get(user.user_identifier);
  if (phone === undefined) {
    console.warn('denied: a high risk, and no phone to tell');
    return { success: false };
  }
  try {
    const id = await send(phone, `Somebody logs in as you, from ${location?.country_code ?? 'an unknown country'}. If that is not you, call us.`);
    console.log('told the user, message', id);
    return { success: true, user };
  } catch (error) {
    console.error('denied: the user could not be told:', error instanceof ProviderError ? error.message : (error.cause?.code ?? error.name));
    return { success: false };
  }
};
