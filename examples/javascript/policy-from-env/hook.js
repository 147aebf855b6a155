// Logs mobile devices in under the policy that the env var MOBILE_POLICY_ID names.

// An env var is a string, a policy id a number.
const POLICY = Number(process.env.MOBILE_POLICY_ID);

// Better a deployment that fails and says why than a login that does.
if (!Number.isInteger(POLICY) || POLICY <= 0) {
  throw new Error('MOBILE_POLICY_ID must be the number of a policy');
}

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  const { user, device } = context;
  return { success: true, user: device.is_mobile ? { ...user, policy_id: POLICY } : user };
};
