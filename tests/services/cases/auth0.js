const { AuthenticationClient, ManagementClient } = require('auth0');

exports.handler = async () => {
  // Nobody is at this address; what is compared is how it fails.
  const management = new ManagementClient({ domain: process.env.SECURE, token: 'a token of auth0', retry: { enabled: false } });
  await management.users.get({ id: 'auth0|1' }).catch((error) => console.log(error.name, error.message, error.cause && error.cause.message));
  const client = new AuthenticationClient({ domain: process.env.SECURE, clientId: 'us', clientSecret: 'a secret of ours', retry: { enabled: false } });
  await client.oauth.clientCredentialsGrant({ audience: 'x' }).catch((error) => console.log(error.name, error.message, error.cause && error.cause.message));
  return { success: true, user: { policy_id: 1 } };
};
