export type { Case } from './case.js';
export type { LeasedContractTarget, LeasedEngineUnderTest } from './contract/leased.js';
export type { ContractRequest, ContractTarget, EngineUnderTest } from './contract/trial.js';
export { contractCases, leasedContractCases } from './contract-cases.js';
export { type CrashKind, type CrashPoint, crashKinds, crashPoints } from './crash.js';
export { type CrashTarget, crashCases, type Instance } from './crash-cases.js';
export type { Database } from './interpose.js';
export type { Reply, Sent } from './reply.js';
