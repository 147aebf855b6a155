// Logs mobile devices in under a policy of their own.

const MOBILE_POLICY = 1234;

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  const { user, device } = context;
  if (device.is_mobile) {
    user.policy_id = MOBILE_POLICY;
  }
  return { success: true, user };
};
