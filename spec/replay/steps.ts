import type { ModelStep } from './model-trace.js';
import type { Replay } from './replay.js';

interface Step {
  /** What the engine, or the database, does. */
  readonly does: string;
  take(replay: Replay, step: ModelStep): void | Promise<void>;
}

/** Every action of models/engine.qnt that can happen outside of it, and what it is in the engine and in PostgreSQL. */
export const steps: Readonly<Record<string, Step>> = {
  receive: {
    does: 'execute() is called; a connection is had, BEGIN is about to be sent',
    take: (replay, { picks, after }) => {
      replay.instance(picks).receive(picks.k ?? '', picks.r ?? '');
      return replay.connected(picks, after);
    },
  },
  locks: {
    does: 'BEGIN and lockKeys() are carried out; the look is about to be sent',
    take: (replay, { picks }) => replay.instance(picks).pass(),
  },
  looks: {
    does: 'lookUpKeys() is carried out, as is the savepoint: the handler is entered, or the locks are probed, or the caller is answered',
    take: (replay, { picks }) => replay.instance(picks).pass(),
  },
  hearsBusy: {
    does: 'probeLocks() is carried out: in flight, in doubt still, or the second look is about to be sent',
    take: (replay, { picks }) => replay.instance(picks).pass(),
  },
  executes: {
    does: 'the handler writes its effect and its event',
    take: (replay, { picks, after }) =>
      replay.instance(picks).open(String(after.work.get(picks.i ?? '')?.ran)),
  },
  fails: {
    does: 'the handler throws: ROLLBACK TO the savepoint, ROLLBACK',
    take: (replay, { picks }) => replay.instance(picks).open('fails'),
  },
  sendsCommit: {
    does: 'the handler answers; recordAnswers() is carried out, COMMIT is on its way',
    take: (replay, { picks }) => replay.instance(picks).open('answers'),
  },
  serverCommits: {
    does: 'COMMIT is carried out, whether anybody waits for its answer or not',
    take: (replay, { picks }) => replay.session(picks).carryOut(),
  },
  hearsCommit: {
    does: 'the acknowledgement of COMMIT arrives, and the caller is answered',
    take: (replay, { picks }) => replay.instance(picks).hearCommit(),
  },
  losesAcknowledgement: {
    does: 'instead of the acknowledgement the engine hears that its connection is gone',
    take: (replay, { picks }) => replay.instance(picks).loseConnection(),
  },
  asksAgain: {
    does: 'the engine, in doubt, has a new connection; BEGIN is about to be sent',
    take: (replay, { picks, after }) => {
      replay.instance(picks).open('connection');
      return replay.connected(picks, after);
    },
  },
  crashes: {
    does: 'the process is gone at that very point, its connection open at the server; another one is started',
    take: (replay, { picks }) => replay.crash(picks),
  },
  serverNotices: {
    does: 'the connection is cut, and the backend ends',
    take: (replay, { picks }) => replay.notice(picks),
  },
  sweeps: {
    does: 'the key expires, and the sweeper deletes it',
    take: (replay, { picks }) => replay.sweep(picks),
  },
};

/** Actions of the model that nothing outside of it corresponds to, and why. */
export const withoutCounterpart: Readonly<Record<string, string>> = {
  serverReleases:
    'part of COMMIT: PostgreSQL lets nobody in between. Traces are chosen so that it follows at once',
  stopsRetrying: 'callers do nothing more, and that is all',
  waits: 'nobody does anything',
  hearsRefusal:
    'needs a writer without the lock, which only a mutated model has; foreign-writer.int.spec.ts is one',
  recordsLate: 'a step of the mutation record-after-commit alone',
};
