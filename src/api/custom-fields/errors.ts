import { ApiError, frameworkError, unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'
import { notFoundById } from '../../resource/refusals.ts'

/** DEVIATION: keys of custom fields that do not exist. */
export const customFieldsNotFound = (keys: readonly string[]) =>
  unprocessable(
    keys.slice(0, limits.violationsMax).map((key) => `Custom field with key ${key} not found`),
  )

/** DEVIATION: custom fields without `id` and `key`. */
export const customFieldsWithoutId = (indexes: readonly number[]) =>
  unprocessable(
    indexes.slice(0, limits.violationsMax).map((i) => `customFields.${i}.id should not be empty`),
  )

/** DEVIATION: a row that is too long for a page of them. */
export const customFieldsTooLong = (charsMax: number) =>
  unprocessable([`customFields must be shorter than or equal to ${charsMax} characters`])

/** UPSTREAM: behaviour-contacts.md §6.2: options are trimmed there, and objects are none. */
export const optionsNotTexts = () => frameworkError(400, 'v.trim is not a function')

/** UPSTREAM: behaviour-contacts.md §6.2 of `urlValidation`; DEVIATION: the same of options. */
export const isRequired = (member: string) => frameworkError(400, `${member} is required`)

/** DEVIATION: a field without `dataType`. */
export const dataTypeMissing = () => unprocessable(['dataType should not be empty'])

/**
 * A name that another has. UPSTREAM: behaviour-contacts.md §6.3 of folders. DEVIATION: a field with
 * the name of another is refused as a folder is.
 */
export const documentExists = (documentType: 'field' | 'folder', existingId: string) =>
  new ApiError({
    statusCode: 400,
    message: `${documentType === 'folder' ? 'Folder' : 'Custom field'} already exists`,
    meta: { existingId },
  })

/** DEVIATION: a folder that does not exist, or is of the other model. */
export const folderNotFound = (id: string) => notFoundById('Folder', id)
