/** The table of hook types and context versions, and the handler of each. A new hook type begins here. */

import type { PreAuthenticationContext_1_0_0, PreAuthenticationContext_1_1_0, PreAuthenticationResult } from './pre-authentication.js';
import type { UserMigrationContext_1_0_0, UserMigrationResult } from './user-migration.js';

interface HookTypes {
  'pre-authentication': {
    contexts: { '1.0.0': PreAuthenticationContext_1_0_0; '1.1.0': PreAuthenticationContext_1_1_0 };
    latest: '1.1.0';
    result: PreAuthenticationResult;
  };
  'user-migration': {
    contexts: { '1.0.0': UserMigrationContext_1_0_0 };
    latest: '1.0.0';
    result: UserMigrationResult;
  };
}

/** The events a hook can be attached to. */
export type HookType = keyof HookTypes;

/** The context versions of a hook type: what its `context_version` can resolve to. */
export type ContextVersion<T extends HookType> = keyof HookTypes[T]['contexts'];

/** The version that a hook gets when its `context_version` says nothing. */
export type LatestVersion<T extends HookType> = HookTypes[T]['latest'];

/** What the function is called with. */
export type Context<
  T extends HookType,
  V extends ContextVersion<T> = LatestVersion<T> & ContextVersion<T>,
> = HookTypes[T]['contexts'][V];

/** What the function returns, or its promise resolves to. */
export type Result<T extends HookType> = HookTypes[T]['result'];

/**
 * The function that a hook exports as `handler`.
 *
 * In JavaScript: `/** @type {import('@hookbox/types').Handler<'pre-authentication'>} *\/`, on the line above `exports.handler = ...`.
 */
export type Handler<
  T extends HookType,
  V extends ContextVersion<T> = LatestVersion<T> & ContextVersion<T>,
> = (context: Context<T, V>) => Result<T> | Promise<Result<T>>;
