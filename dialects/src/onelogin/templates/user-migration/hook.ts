import type { Handler } from '@hookbox/types';

interface Known {
  password: string;
  firstname: string;
  lastname: string;
}

// Runs when somebody logs in whom nobody knows yet. It looks the user up in the directory that is left behind, checks the password there,
// and returns the user to be made; `success: false` says that there is no such user, or that the password is wrong.
const USERS: Record<string, Known> = {
  'ada@example.com': { password: 'correct horse battery staple', firstname: 'Ada', lastname: 'Lovelace' },
};

export const handler: Handler<'user-migration'> = async (context) => {
  const found = USERS[context.user_identifier];
  if (!found || found.password !== context.password) {
    console.warn('not migrated', context.user_identifier);
    return { success: false, user: null };
  }
  console.log('migrated', context.user_identifier);
  return {
    success: true,
    user: {
      username: context.user_identifier,
      password: context.password,
      firstname: found.firstname,
      lastname: found.lastname,
      email: context.user_identifier,
    },
  };
};
