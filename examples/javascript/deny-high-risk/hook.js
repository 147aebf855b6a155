// Denies a login whose risk score is above 90.

const HIGHEST_SCORE = 90;

/** @type {import('@hookbox/types').Handler<'pre-authentication'>} */
exports.handler = async (context) => {
  const score = context.risk?.score;
  if (typeof score !== 'number') {
    // Without a score every login would pass unseen. An exception leaves the decision to the hook's on_error: deny, by default.
    throw new Error('no risk score in the context: turn on the option risk_enabled');
  }
  if (score > HIGHEST_SCORE) {
    console.warn('denied: risk score', score);
    return { success: false, user: null };
  }
  return { success: true, user: context.user };
};
