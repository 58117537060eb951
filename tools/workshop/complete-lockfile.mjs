// npm locks only those native parts of a tool that the registry showed it while it ran: behind a mirror that lacks
// some of them, or over an existing node_modules (npm/cli#4828), the parts for other machines are left out. Then
// `npm ci` refuses the lockfile everywhere ("Missing: … from lock file"). This writes the missing lines. They carry
// no integrity: npm adds it once it sees the package.
import { readFileSync, writeFileSync } from 'node:fs';

const lockfile = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockfile, 'utf8'));
const machine =
  /[.-](?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-(?<libc>gnu|musl)?(?:eabi|eabihf|msvc)?)?$/;

let added = 0;
for (const [parent, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (`node_modules/${name}` in lock.packages || `${parent}/node_modules/${name}` in lock.packages)
      continue;
    const { os, cpu, libc } = machine.exec(name)?.groups ?? {};
    if (os === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(
        `${parent} wants ${name}@${version}: which machine is that for? Run npm install where it exists.`,
      );
    }
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(libc === undefined ? {} : { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }),
      optional: true,
      os: [os],
    };
    added += 1;
  }
}

const order = ([one], [other]) => one.localeCompare(other, 'en');
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(order));
writeFileSync(lockfile, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} native parts added`);
