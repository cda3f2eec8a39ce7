/**
 * A secret with fewer characters can be guessed. It is all that a facts document tells of the
 * length of a secret input.
 */
export const SHORTEST_SECRET = 16;
