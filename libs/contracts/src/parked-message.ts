import { z } from 'zod';
import { Instant } from './instant.js';
import { ListQuery } from './list.js';

/** `replayed`: sent to its topic again. `discarded`: an operator decided that it shall never be processed. */
export const ParkedMessageState = z.enum(['parked', 'replayed', 'discarded']);
export type ParkedMessageState = z.infer<typeof ParkedMessageState>;

const encoding = z.enum(['utf8', 'base64']);

/** A message that could not be processed: why, from where, since when, and what became of it. */
export const ParkedMessage = z.object({
  id: z.uuid(),
  /** The topic that it was sent to, and where it lay there; null where the parking lot does not tell. */
  topic: z.string(),
  partition: z.int().nullable(),
  offset: z.string().nullable(),
  key: z.string().nullable(),
  keyEncoding: encoding,
  type: z.string().nullable(),
  reason: z.string(),
  error: z.string(),
  parkedAt: Instant,
  /** 1, and one more each time that it came back after a replay; then `predecessor` is what was replayed. */
  attempt: z.int().min(1),
  predecessor: z.uuid().nullable(),
  /** False where no consumer could take it, whatever is mended: without a readable key, or without a value. */
  replayable: z.boolean(),
  state: ParkedMessageState,
});
export type ParkedMessage = z.infer<typeof ParkedMessage>;

/** One parked message whole, with what was done to it and by whom. */
export const ParkedMessageDetail = ParkedMessage.extend({
  value: z.string().nullable(),
  valueEncoding: encoding,
  headers: z.record(z.string(), z.array(z.string())),
  acts: z.array(z.object({ act: z.enum(['replay', 'discard']), actor: z.string(), at: Instant })),
});
export type ParkedMessageDetail = z.infer<typeof ParkedMessageDetail>;

const filters = {
  topic: z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, { error: 'must be the name of a topic' }),
  key: z.string().min(1).max(255),
  reason: z.string().regex(/^[\x21-\x7e]{1,100}$/, { error: 'must be a reason, such as schema-violation' }),
  /** Parked at or after. */
  since: Instant,
};

/** The query of `GET /parked-messages`: what waits, newest first; another `state`, or `any`, on request. */
export const ListParkedMessagesQuery = ListQuery.extend({
  topic: filters.topic.optional(),
  key: filters.key.optional(),
  reason: filters.reason.optional(),
  since: filters.since.optional(),
  state: z.enum([...ParkedMessageState.options, 'any']).default('parked'),
});
export type ListParkedMessagesQuery = z.infer<typeof ListParkedMessagesQuery>;

/**
 * Which parked messages are meant: those that fit all that is given. All of them only where `all` says so. At most `limit` at a
 * time, oldest first; `cursor` is the `nextCursor` of the answer before.
 */
export const ParkedMessageSelection = z
  .strictObject({
    topic: filters.topic.optional(),
    key: filters.key.optional(),
    reason: filters.reason.optional(),
    since: filters.since.optional(),
    all: z.literal(true).optional(),
    limit: z.int().min(1).max(500).default(100),
    cursor: z.string().max(1_024).optional(),
  })
  .refine(
    ({ topic, key, reason, since, all }) =>
      [topic, key, reason, since, all].some((part) => part !== undefined),
    {
      error: 'must name topic, key, reason or since, or say "all": true',
    },
  );
export type ParkedMessageSelection = z.infer<typeof ParkedMessageSelection>;

/** How many messages a request has replayed or discarded. With a `nextCursor` there may be more that fit. */
export const ParkedMessagesChanged = z.object({ changed: z.int().min(0), nextCursor: z.string().nullable() });
export type ParkedMessagesChanged = z.infer<typeof ParkedMessagesChanged>;
