/** What a command writes to stdout while it runs. */
export async function spoken(command: () => Promise<void>): Promise<string> {
  let said = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  try {
    await command();
  } finally {
    write.mockRestore();
  }
  return said;
}
