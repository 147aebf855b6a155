const okta = require('@okta/okta-sdk-nodejs');

const client = new okta.Client({ orgUrl: `http://${process.env.UPSTREAM}`, token: 'an api token', testing: { disableHttpsCheck: true }, requestExecutor: new okta.RequestExecutor() });

exports.handler = async () => {
  const user = await client.userApi.getUser({ userId: 'jim' });
  console.log(user.id, user.status, user.profile.email);
  await client.userApi.getUser({ userId: 'none' }).catch((error) => console.log(error.name, error.status, error.errorCode, error.errorSummary));
  return { success: true, user: { policy_id: 1 } };
};
