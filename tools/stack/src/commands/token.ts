import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { foldersOf, root } from '../folders.js';
import { localAuthority, signToken } from '../tokens/sign-token.js';
import { ensureKeys, readPrivateKey, signingKeyFile } from '../tokens/signing-key.js';

/**
 * Prints a bare JWT. In a container the environment says what to sign with: AUTH_SIGNING_KEY (the path of a private
 * JWK), AUTH_ISSUER, AUTH_AUDIENCE; in a clone it is the key of its stack.
 */
export async function token(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const program = new Command('token')
    .description('Prints a JWT for the running stack, valid for 24 hours.')
    .requiredOption('--sub <customer>', 'whom it is for: the subject', notEmpty)
    .addOption(new Option('--role <role>', 'what else he may do').choices(['operator']))
    .addHelpText(
      'after',
      '\nExample: curl -H "Authorization: Bearer $(npm run -s token -- --sub alice)" http://127.0.0.1:3001/orders',
    )
    .parse(args, { from: 'user' });
  const { sub, role } = program.opts<{ sub: string; role?: string }>();
  const file = env.AUTH_SIGNING_KEY ?? join(foldersOf(root).keys, signingKeyFile);
  const key = await readPrivateKey(file);
  if (key === undefined) {
    process.stderr.write(`There is no signing key at ${file}: npm start makes one.\n`);
    return 1;
  }
  const authority = {
    issuer: env.AUTH_ISSUER ?? localAuthority.issuer,
    audience: env.AUTH_AUDIENCE ?? localAuthority.audience,
  };
  process.stdout.write(`${await signToken(key, { sub, role }, authority)}\n`);
  return 0;
}

/** Makes the key pair in a folder, for a stack in containers; does nothing where it is there. */
export async function makeKeys(args: readonly string[]): Promise<number> {
  const program = new Command('make-keys')
    .description('Makes the key pair that signs and verifies local tokens, where the folder has none.')
    .argument('<folder>')
    .parse(args, { from: 'user' });
  process.stdout.write(`${await ensureKeys(join(String(program.args[0]), signingKeyFile))}\n`);
  return 0;
}

function notEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('A subject has at least one character.');
  return value;
}
