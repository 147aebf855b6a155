import type { Handler } from '@hookbox/types';

// Runs at every login, after the user name and before the password. What it returns decides about the login: `success: false` denies it,
// and another `user.policy_id` lets it go on under another policy.
export const handler: Handler<'pre-authentication'> = async (context) => {
  const { user } = context;
  if (user.user_identifier.startsWith('blocked@')) {
    console.warn('denied', user.user_identifier);
    return { success: false, user: null };
  }
  console.log('allowed', user.user_identifier, 'with policy', user.policy_id);
  return { success: true, user };
};
