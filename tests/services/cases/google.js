const { admin } = require('@googleapis/admin');


exports.handler = async () => {
  const directory = admin({ version: 'directory_v1', auth: 'an api key', rootUrl: `http://${process.env.UPSTREAM}/` });
  const { data } = await directory.users.get({ userKey: 'jim@example.com' });
  console.log(data.primaryEmail, data.suspended);
  await directory.users.get({ userKey: 'none' }).catch((error) => console.log(error.name, error.status, error.code, error.message));
  return { success: true, user: { policy_id: 1 } };
};
