// Runs when a one-time password is due. It hands the message to a provider over HTTP and tells Okta how that went; after anything but success
// Okta sends the message by itself. Give the provider's host to the hook (`allowed_hosts`), and its key as a sealed env var.
const PROVIDER = process.env.SMS_URL;

exports.handler = async (request) => {
  const { phoneNumber, msgTemplate, deliveryChannel } = request.data.messageProfile;
  if (!PROVIDER) {
    return { error: { errorSummary: 'No provider is set up: give the hook the env var SMS_URL' } };
  }
  const answer = await fetch(PROVIDER, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.SMS_KEY}` },
    body: JSON.stringify({ destination: phoneNumber, text: msgTemplate, channel: deliveryChannel }),
  });
  const sent = await answer.json();
  const status = answer.ok ? 'SUCCESSFUL' : 'FAILED';
  console.log(status, 'by', new URL(PROVIDER).host);
  return {
    commands: [{
      type: 'com.okta.telephony.action',
      value: [{ status, provider: new URL(PROVIDER).host, transactionId: String(sent.id ?? ''), transactionMetadata: JSON.stringify(sent) }],
    }],
  };
};
