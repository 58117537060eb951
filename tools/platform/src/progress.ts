/** Told of each step of a set-up that takes a while: a plain line, without a line break at its end. */
export type Progress = (line: string) => void;

export const silent: Progress = () => {};
