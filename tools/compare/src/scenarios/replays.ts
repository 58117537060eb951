import { judge, once, type Scenario, times, told } from './scenario.js';

/** One client after itself: nothing is in flight, nothing dies. */
export const replays: readonly Scenario[] = [
  {
    promise: 'A retry gets the first answer, byte for byte',
    story: 'the same request twice',
    async play(effect) {
      const first = await effect.send();
      const again = await effect.insist();
      const count = await effect.happened();
      const same = again.body === first.body && again.status === first.status;
      return judge(
        same && first.status === 201 && count === 1,
        `${told(first.status)} and ${told(again.status)}, ${same ? 'same bytes' : 'another body'}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: 'Location and ETag of the first answer come back with it',
    story: 'the same request twice',
    async play(effect) {
      const first = await effect.send();
      const again = await effect.insist();
      const lost = ['location', 'etag', 'content-type'].filter(
        (name) => again.headers.get(name) !== first.headers.get(name),
      );
      return judge(
        lost.length === 0,
        lost.length === 0 ? 'all three the same' : `lost or changed: ${lost.join(', ')}`,
      );
    },
  },
  {
    promise: 'The client can tell a replay from a first answer',
    story: 'the same request twice, headers compared',
    async play(effect) {
      const first = await effect.send();
      const again = await effect.insist();
      const marks = [...again.headers.keys()].filter(
        (name) => /replay|hit/i.test(name) && first.headers.get(name) !== again.headers.get(name),
      );
      return marks.length > 0
        ? { verdict: 'kept', seen: `\`${marks.join('`, `')}\`` }
        : { verdict: 'not offered', seen: 'no header differs' };
    },
  },
  {
    promise: 'Members of a JSON body in another order make the same request',
    story: '{a, b}, then {b, a}, with one key',
    async play(effect) {
      await effect.send({ body: `{"name":"${effect.name}","amount":1}` });
      const again = await effect.insist({ body: `{ "amount": 1, "name": "${effect.name}" }` });
      return once(effect, again.status);
    },
  },
  {
    promise: '`Idempotency-Key: "k"` and `k` are the same key',
    story: 'first quoted (a structured field, as the IETF draft has it), then bare',
    async play(effect) {
      await effect.send({ key: `"${effect.key}"` });
      const again = await effect.insist();
      return once(effect, again.status);
    },
  },
  {
    promise: 'A key belongs to its caller',
    story: 'another caller sends the same key and body',
    async play(effect) {
      const first = await effect.send();
      const other = await effect.insist({ caller: 'mallory' });
      const count = await effect.happened();
      const leaked = other.body === first.body;
      return judge(
        !leaked && count === 2,
        leaked
          ? 'the other caller was given the first one’s answer'
          : `${told(other.status)}, effect ${times(count)}, one each`,
      );
    },
  },
  {
    promise: 'A key that was used for another request is refused',
    story: 'another body under a finished key',
    async play(effect) {
      await effect.send({ body: effect.body({ amount: 1 }) });
      const other = await effect.send({ body: effect.body({ amount: 2 }) });
      const count = await effect.happened();
      return judge(
        other.status >= 400 && other.status < 500 && count === 1,
        `${told(other.status)}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: 'Numbers beyond 2^53 are told apart',
    story: '9007199254740992 and …993 under one key',
    async play(effect) {
      await effect.send({ body: `{"name":"${effect.name}","amount":9007199254740992}` });
      const other = await effect.send({ body: `{"name":"${effect.name}","amount":9007199254740993}` });
      return judge(
        other.status >= 400 && other.status < 500,
        other.status === 201 ? 'taken for the same request' : told(other.status),
      );
    },
  },
  {
    promise: 'A refusal of the operation (4xx) is an answer: stored and replayed',
    story: 'the handler refuses, then would accept',
    async play(effect) {
      effect.gate.instruction = 'refuse';
      const first = await effect.send();
      effect.gate.instruction = 'go';
      const again = await effect.send();
      const count = await effect.happened();
      return judge(
        again.status === first.status && again.body === first.body && count === 0,
        `${told(first.status)}, then ${told(again.status)}, effect ${times(count)}`,
      );
    },
  },
  {
    promise: 'A defect (5xx) leaves nothing, and the retry runs',
    story: 'the handler throws after its insert, then works',
    async play(effect) {
      effect.gate.instruction = 'fail';
      const first = await effect.send();
      effect.gate.instruction = 'go';
      const again = await effect.insist({}, 3_000);
      return once(effect, again.status, told(first.status));
    },
  },
  {
    promise: 'A request that does not validate leaves its key free',
    story: 'a body without its member, then the corrected one, same key',
    async play(effect) {
      const bad = await effect.send({ body: '{}' });
      const good = await effect.send();
      return once(effect, good.status, told(bad.status));
    },
  },
  {
    promise: 'A missing key is refused where one is required',
    story: 'no Idempotency-Key at all',
    async play(effect) {
      const { status } = await effect.stage.send({ body: effect.body() });
      const count = await effect.happened();
      return status === 201
        ? { verdict: 'not offered', seen: `ran without one, effect ${times(count)}` }
        : judge(status === 400 && count === 0, told(status));
    },
  },
  {
    promise: 'An empty or endless key is refused, not used',
    story: 'an empty key, then one of 300 characters',
    async play(effect) {
      const empty = await effect.send({ key: '' });
      const long = await effect.send({ key: 'x'.repeat(300) });
      return judge(
        empty.status === 400 && long.status === 400,
        `${told(empty.status)} and ${told(long.status)}`,
      );
    },
  },
  {
    promise: 'A key is forgotten when its life is over, and not before',
    story: 'keys live 2 s: the same request at once, and again later',
    settings: { RETENTION_SECONDS: '2' },
    async play(effect) {
      await effect.send();
      await effect.send();
      const early = await effect.happened();
      const deadline = Date.now() + 6_000;
      let late = early;
      while (late === early && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await effect.send();
        late = await effect.happened();
      }
      return judge(
        early === 1 && late === 2,
        `${times(early)} at first, ${late === early ? 'never again' : 'again later'}`,
      );
    },
  },
];
