/**
 * The form in which names are compared where case does not count. It is made here, as what the
 * database's `lower` makes of letters beyond A to Z depends on its locale.
 */
export const nameKey = (name: string): string => name.normalize('NFC').toLowerCase()
