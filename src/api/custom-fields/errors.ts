import { unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'

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
