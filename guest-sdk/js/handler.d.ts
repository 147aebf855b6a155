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

/** The second argument of a handler, as AWS Lambda's runtimes for Node have it. */
export interface Invocation<T extends HookType> {
  /** Whether what the callback is given is used only once nothing is left to do; true unless the handler says otherwise. */
  callbackWaitsForEmptyEventLoop: boolean;
  /** The hook's id. */
  readonly functionName: string;
  /** The hook's version. */
  readonly functionVersion: string;
  /** The hook's memory limit, in MiB. */
  readonly memoryLimitInMB: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** The id of the execution, as the log has it. */
  readonly awsRequestId: string;
  readonly clientContext: undefined;
  readonly identity: undefined;
  readonly tenantId: undefined;
  /** Milliseconds until the execution has to be over. */
  getRemainingTimeInMillis(): number;
  /** Answers with a result, at once. */
  succeed(result?: Result<T>): void;
  /** Answers with an error. */
  fail(error?: unknown): void;
  /** Answers with either, at once. */
  done(error?: unknown, result?: Result<T>): void;
}

/** The third argument of a handler, for one that answers neither by returning nor by a promise. The first answer counts. */
export type Callback<T extends HookType> = (error?: unknown, result?: Result<T>) => void;

/**
 * The function that a hook exports as `handler`. One that answers through its callback is a `CallbackHandler`.
 *
 * In JavaScript: `/** @type {import('@hookbox/types').Handler<'pre-authentication'>} *\/`, on the line above `exports.handler = ...`.
 */
export type Handler<
  T extends HookType,
  V extends ContextVersion<T> = LatestVersion<T> & ContextVersion<T>,
> = (context: Context<T, V>, invocation: Invocation<T>, callback: Callback<T>) => Result<T> | Promise<Result<T>>;

/** A handler that returns nothing and answers through its callback, or through `succeed`, `fail` or `done` of its second argument. */
export type CallbackHandler<
  T extends HookType,
  V extends ContextVersion<T> = LatestVersion<T> & ContextVersion<T>,
> = (context: Context<T, V>, invocation: Invocation<T>, callback: Callback<T>) => void;
