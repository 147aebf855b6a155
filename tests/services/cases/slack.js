const { WebClient, ErrorCode } = require('@slack/web-api');

const client = new WebClient('xoxb-1', { slackApiUrl: `http://${process.env.UPSTREAM}/slack/`, retryConfig: { retries: 0 } });

exports.handler = async () => {
  const sent = await client.chat.postMessage({ channel: '#logins', text: 'Zoë logs in', blocks: [{ type: 'divider' }] });
  console.log(sent.ok, sent.asked);
  await client.users.info({ user: 'U1' }).catch((error) => console.log(error.code === ErrorCode.PlatformError, error.message));
  return { success: true, user: { policy_id: 1 } };
};
