// Plain JavaScript, because in a fresh clone there is nothing else.
export async function whenBuilt() {
  try {
    return await import('./dist/index.js');
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stderr.write('This clone is not built yet: npm start builds it.\n');
    return process.exit(1);
  }
}
