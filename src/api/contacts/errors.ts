import { notFoundById } from '../../resource/refusals.ts'

/** UPSTREAM: behaviour-contacts.md §12; the same for a contact of another location. */
export const contactNotFound = (id: string) => notFoundById('Contact', id)
