// Picks a policy by country from the env var POLICY_BY_COUNTRY. A mistake in the hook must not lock anybody out:
// whatever goes wrong is logged, and the login goes on under the policy it had.

/** @param {string | null | undefined} country */
function policyFor(country) {
  const table = new Map(Object.entries(JSON.parse(process.env.POLICY_BY_COUNTRY ?? '{}')));
  const policy = table.get(country ?? '');
  if (policy !== undefined && !Number.isInteger(policy)) {
    throw new TypeError(`the policy for ${country} is not a number`);
  }
  return policy;
}

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  const { user, location } = context;
  try {
    return { success: true, user: { ...user, policy_id: policyFor(location?.country_code) ?? user.policy_id } };
  } catch (error) {
    console.error('kept the policy:', error);
    return { success: true, user };
  }
};
