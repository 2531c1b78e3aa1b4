/** A mistake of whoever starts the server, which is printed as a sentence without a stack. */
export class StartupError extends Error {}
