export type { Case } from './case.js';
export type { ContractRequest, ContractTarget, EngineUnderTest } from './contract/trial.js';
export { contractCases } from './contract-cases.js';
export { type CrashKind, type CrashPoint, crashKinds, crashPoints } from './crash.js';
export { type CrashTarget, crashCases, type Instance } from './crash-cases.js';
export type { Database } from './interpose.js';
export type { Reply, Sent } from './reply.js';
