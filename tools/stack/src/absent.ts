/** For `readFile(…).catch(absentAs(undefined))`: a file that is not there is an answer, every other failure stays one. */
export function absentAs<T>(answer: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return answer;
    throw error;
  };
}
