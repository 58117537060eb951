import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import { IdempotencyOptionsError, RecordUnreadableError } from '../errors.js';
import { lengthPrefixed } from '../identity.js';
import type { Answer, Operation } from '../operation.js';

/** An answer as a row holds it. */
export interface AnswerRow {
  /** Which key sealed it; null: it lies open. */
  readonly response_seal: string | null;
  readonly response_status: number | null;
  readonly response_headers: string | null;
  readonly response_body: Buffer | null;
}

type Identified = Pick<Operation, 'scope' | 'key' | 'fingerprint'>;

/** How answers lie in the table. */
export interface Vault {
  put(operation: Identified, answer: Answer): AnswerRow;
  /** @throws RecordUnreadableError for what can't be opened: the operation is then neither replayed nor run again */
  take(operation: Identified, row: AnswerRow): Answer;
}

/** Readable by whoever may read the table. */
export const openVault: Vault = {
  put: (_, { status, headers, body }) => ({
    response_seal: null,
    response_status: status,
    response_headers: headers ? JSON.stringify(headers) : null,
    response_body: body ?? null,
  }),
  take: (_, row) => {
    if (row.response_seal !== null)
      throw new RecordUnreadableError('it is encrypted and no key is configured');
    return {
      status: row.response_status ?? 200,
      ...(row.response_headers !== null && { headers: JSON.parse(row.response_headers) }),
      ...(row.response_body !== null && { body: row.response_body }),
    };
  },
};

interface SealingKey {
  readonly name: string;
  readonly key: Buffer;
}

/**
 * AES-256-GCM (NIST SP 800-38D) over headers and body, a fresh 96-bit nonce each. The record's identity is associated
 * data: a row that is copied to another key, caller or request does not open.
 *
 * @param secrets the first one seals, all of them open: put a new one in front to rotate. 32 bytes, or a text of at
 * least 32 characters from which a key is derived (HKDF, RFC 5869)
 */
export function sealedVault(secrets: readonly (string | Buffer)[]): Vault {
  const keys = secrets.map(sealingKey);
  const [first] = keys;
  if (!first) throw new IdempotencyOptionsError('encryption.keys', '[]', 'give at least one key.');
  return {
    put: (operation, { status, headers, body }) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce);
      cipher.setAAD(associatedData(operation));
      const head = Buffer.from(JSON.stringify({ headers, hasBody: body !== undefined }));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(head.length);
      const sealed = Buffer.concat([
        cipher.update(Buffer.concat([length, head, body ?? Buffer.alloc(0)])),
        cipher.final(),
      ]);
      return {
        response_seal: first.name,
        response_status: status,
        response_headers: null,
        response_body: Buffer.concat([nonce, cipher.getAuthTag(), sealed]),
      };
    },
    take: (operation, row) => {
      const sealedBy = keys.find(({ name }) => name === row.response_seal);
      if (row.response_seal === null || row.response_body === null) {
        throw new RecordUnreadableError('it lies open although answers are encrypted');
      }
      if (!sealedBy)
        throw new RecordUnreadableError(`it was sealed by key ${row.response_seal}, which is not configured`);
      return { status: row.response_status ?? 200, ...unseal(operation, row.response_body, sealedBy.key) };
    },
  };
}

function unseal(operation: Identified, sealed: Buffer, key: Buffer): Pick<Answer, 'headers' | 'body'> {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(associatedData(operation));
    decipher.setAuthTag(sealed.subarray(12, 28));
    const plain = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    const end = 4 + plain.readUInt32BE(0);
    const { headers, hasBody }: { headers?: Record<string, string>; hasBody: boolean } = JSON.parse(
      plain.subarray(4, end).toString(),
    );
    return { ...(headers && { headers }), ...(hasBody && { body: plain.subarray(end) }) };
  } catch (cause) {
    throw new RecordUnreadableError('it does not belong to this key, or was changed', { cause });
  }
}

function associatedData({ scope, key, fingerprint }: Identified): Buffer {
  return Buffer.from(lengthPrefixed([scope, key, fingerprint]));
}

function sealingKey(secret: string | Buffer, index: number): SealingKey {
  const option = `encryption.keys[${index}]`;
  if (typeof secret === 'string' && secret.trim() !== secret) {
    throw new IdempotencyOptionsError(option, 'a text with white space around it', 'trim it.');
  }
  if (Buffer.isBuffer(secret) ? secret.length !== 32 : typeof secret !== 'string' || secret.length < 32) {
    throw new IdempotencyOptionsError(
      option,
      'too weak',
      'give a Buffer of 32 bytes or a text of at least 32 characters.',
    );
  }
  const key = Buffer.isBuffer(secret)
    ? secret
    : Buffer.from(hkdfSync('sha256', secret, '', 'semel/idempotency/answers/1', 32));
  return {
    name: hash('sha256', Buffer.concat([Buffer.from('semel key name'), key]), 'hex').slice(0, 16),
    key,
  };
}
