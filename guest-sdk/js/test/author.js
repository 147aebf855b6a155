/** A hook as authors write it in JavaScript: CommonJS, typed by one comment. */

const { createHash } = require('crypto');

const POLICY = Number(process.env.MOBILE_POLICY_ID);

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  console.log(createHash('sha256').update(context.user.user_identifier).digest('hex'));
  if (context.device.is_mobile) context.user.policy_id = POLICY;
  // @ts-expect-error the comment types the parameter, so a wrong name is seen
  console.log(context.users);
  // @ts-expect-error a policy is a number
  context.user.policy_id = process.env.MOBILE_POLICY_ID;
  return { user: context.user };
};
