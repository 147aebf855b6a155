// Lets every login go on as it is, and logs what the hook was called with: the first hook to deploy.

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  console.log('context:', context);
  return { success: true, user: context.user };
};
