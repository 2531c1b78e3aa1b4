/**
 * The form in which names are compared without regard to case. It is not left to the
 * database, whose `lower` depends on its locale beyond A to Z.
 */
export const nameKey = (name: string): string => name.normalize('NFC').toLowerCase()
