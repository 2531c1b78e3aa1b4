/** A mistake that whoever starts the server can mend, told in a sentence and without a stack. */
export class StartupError extends Error {}
