import { ApiError, frameworkError } from '../../http/errors.ts'
import { notFoundById } from '../../resource/refusals.ts'

/** UPSTREAM: behaviour-contacts.md §12; the same for a contact of another location. */
export const contactNotFound = (id: string) => notFoundById('Contact', id)

/** UPSTREAM: behaviour.md §1.5 */
export const duplicateContact = (other: {
  contactId: string
  contactName: string | null
  matchingField: 'email' | 'phone'
}) =>
  new ApiError({
    statusCode: 400,
    message: 'This location does not allow duplicated contacts.',
    meta: other,
  })

/** One text, where other 422s have a list. UPSTREAM: behaviour-contacts.md §3.1 */
export const contactNameless = () =>
  frameworkError(422, 'Contacts without email, phone, firstName and lastName are not allowed.')

/** UPSTREAM: behaviour-contacts.md §3.1 */
export const keysMissing = () =>
  frameworkError(400, 'Pass at least one of number, email query parameter')

/** UPSTREAM: behaviour-contacts.md §3.6 */
export const assigneeInvalid = () => frameworkError(400, 'The assigned to field is invalid')

/** The status in the body is another than that of the answer. UPSTREAM: behaviour-contacts.md §5 */
export const dndNotAuthorized = (channel: string) => {
  const message = `Not authorized to update permanent dnd setting for ${channel}`
  return new ApiError({ statusCode: 400, message }, { statusCode: 401, message })
}
