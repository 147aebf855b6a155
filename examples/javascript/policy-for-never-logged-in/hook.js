// Logs users in under the policy NEW_USER_POLICY_ID until they have logged in once, for example one that has them enrol a second factor.

const POLICY = Number(process.env.NEW_USER_POLICY_ID);

if (!Number.isInteger(POLICY) || POLICY <= 0) {
  throw new Error('NEW_USER_POLICY_ID must be the number of a policy');
}

/** @type {import('@hookbox/types').Handler<'pre-authentication', '1.1.0'>} */
exports.handler = async (context) => {
  const { user } = context;
  if (!user.last_login_success) {
    console.log('first login of user', user.id);
    user.policy_id = POLICY;
  }
  return { success: true, user };
};
