import { judge, once, type Scenario, times, told } from './scenario.js';

/** Something breaks: a connection, the store, the process. */
export const crashes: readonly Scenario[] = [
  {
    promise: 'An answer that is lost on its way is given to the retry',
    story: 'the client’s connection breaks when the effect has happened',
    async play(effect) {
      effect.gate.hold('after');
      const client = new AbortController();
      const lost = effect.send({ signal: client.signal });
      await effect.gate.reached('after');
      client.abort();
      await lost;
      effect.gate.release('after');
      const retry = await effect.insist();
      return once(effect, retry.status);
    },
  },
  {
    promise: 'Nothing runs unprotected while the store can’t be reached',
    story: 'the store is cut off, a request comes, the store is back, the request is retried',
    async play(effect) {
      effect.stage.cutStore();
      const refused = await effect.send();
      const meanwhile = effect.gate.runs;
      effect.stage.mendStore();
      const retry = await effect.insist();
      const count = await effect.happened();
      return judge(
        refused.status >= 500 && meanwhile === 0 && count === 1 && retry.status === 201,
        `${told(refused.status)}, handler ran ${meanwhile} times unprotected; retry ${told(retry.status)}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: 'A store that fails between the effect and its record makes no second effect',
    story: 'the store is cut off when the effect has happened, comes back, the request is retried',
    async play(effect) {
      effect.gate.hold('after');
      const first = effect.send();
      await effect.gate.reached('after');
      effect.stage.cutStore();
      effect.gate.release('after');
      const { status } = await first;
      effect.stage.mendStore();
      const retry = await effect.insist();
      return once(effect, retry.status, `first ${told(status)}`);
    },
  },
  {
    promise: 'A process that dies before the effect leaves no stuck key',
    story: 'kill -9 in the handler before the effect, the process is started again, retries for 8 s',
    async play(effect) {
      effect.gate.hold('before');
      const first = effect.send();
      await effect.gate.reached('before');
      await effect.stage.kill();
      await first;
      effect.gate.release('before');
      const retry = await effect.insist();
      return once(effect, retry.status);
    },
  },
  {
    promise: 'A process that dies after the effect makes no second one, and the retry is answered',
    story: 'kill -9 when the effect has happened, before its record; retries for 8 s',
    async play(effect) {
      effect.gate.hold('after');
      const first = effect.send();
      await effect.gate.reached('after');
      await effect.stage.kill();
      await first;
      effect.gate.release('after');
      const retry = await effect.insist();
      return once(effect, retry.status);
    },
  },
  {
    promise: 'A stored answer outlives the process',
    story: 'answered, kill -9, the process is started again, the same request',
    async play(effect) {
      const first = await effect.send();
      await effect.stage.kill();
      const retry = await effect.insist();
      const count = await effect.happened();
      return judge(
        retry.body === first.body && retry.status === 201 && count === 1,
        `retry ${told(retry.status)}, ${retry.body === first.body ? 'same bytes' : 'another body'}, effect ${times(count)}`,
      );
    },
  },
];
