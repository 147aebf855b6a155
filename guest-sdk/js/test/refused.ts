/** Mistakes that authors make. Each marked line must be an error; where it is not, the mark itself is one. */

import type { Context, ContextVersion, Handler, HookType, Result } from '@hookbox/types';

// @ts-expect-error no such hook type
export type NoType = Handler<'post-login'>;

// @ts-expect-error no such version
export type NoVersion = Context<'pre-authentication', '2.0.0'>;

// @ts-expect-error a version of another hook type
export type OtherVersion = Context<'user-migration', '1.1.0'>;

// @ts-expect-error not a hook type
export const hookType: HookType = 'user_migration';

// @ts-expect-error not a version of it
export const version: ContextVersion<'user-migration'> = '1.1.0';

// @ts-expect-error nothing is returned
export const forgetful: Handler<'pre-authentication'> = async (context) => {
  context.user.policy_id = 5;
};

// @ts-expect-error one path returns nothing
export const halfForgetful: Handler<'pre-authentication'> = async (context) => {
  if (context.device.is_mobile) return { user: context.user };
};

// @ts-expect-error an env var is a string, a policy a number
export const textPolicy: Handler<'pre-authentication'> = async () => ({ user: { policy_id: process.env.POLICY ?? '' } });

// @ts-expect-error without success, an allow needs its user
export const noUser: Handler<'pre-authentication'> = async () => ({});

// @ts-expect-error a migration needs the user to be made
export const noMigratedUser: Handler<'user-migration'> = async () => ({ success: true });

// @ts-expect-error the time is a function
export const timeLeft: Handler<'pre-authentication'> = async (context, invocation) => (invocation.getRemainingTimeInMillis > 100 ? null : null);

// @ts-expect-error an allow needs a policy
export const noPolicy: Handler<'pre-authentication'> = async () => ({ success: true, user: { user_identifier: 'ada' } });

// @ts-expect-error a bare boolean is no decision
export const bare: Handler<'pre-authentication'> = async () => true;

// @ts-expect-error success is a boolean
export const textSuccess: Handler<'pre-authentication'> = async (context) => ({ success: 'false', user: context.user });

export const guarded: Handler<'pre-authentication'> = async (context) => {
  // @ts-expect-error absent unless risk_enabled is on
  if (context.risk.score > 90) return null;
  // @ts-expect-error absent unless location_enabled is on
  if (context.location.country_code === 'TW') return null;
  // @ts-expect-error absent unless mfa_device_info_enabled is on
  if (context.mfa_devices.length === 0) return null;
  // @ts-expect-error no such field
  if (context.device.os === 'linux') return null;
  return { user: context.user };
};

export const older: Handler<'pre-authentication', '1.0.0'> = async (context) => {
  // @ts-expect-error came with 1.1.0
  console.log(context.user.last_login_success, context.user.user_identifier);
  // @ts-expect-error came with 1.1.0
  console.log(context.app);
  return { user: context.user };
};

// @ts-expect-error a created user needs a name
export const nameless: Handler<'user-migration'> = async (context) => ({
  success: true,
  user: { username: 'ada', password: context.password, email: 'ada@example.com' },
});

export const otherContext: Handler<'user-migration'> = async (context) => {
  // @ts-expect-error a migration has no user yet
  console.log(context.user);
  return null;
};

// @ts-expect-error the result of another hook type
export const otherResult: Result<'user-migration'> = { success: true, user: { policy_id: 1 } };
