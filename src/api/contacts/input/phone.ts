import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * A phone number as it is stored: in E.164, by its country where it is national; one that begins
 * with `+` and is no number is kept as typed. Undefined when it is none.
 * UPSTREAM: behaviour-contacts.md §3.4
 */
export function readPhone(text: string, country: string | null): string | undefined {
  const typed = text.trim()
  const isInternational = typed.startsWith('+')
  const number = parsePhoneNumberFromString(typed, {
    extract: false,
    ...(country && isSupportedCountry(country) && { defaultCountry: country }),
  })
  if (number && (isInternational || number.isPossible())) return number.number
  const digits = typed.replace(/\D/g, '')
  return isInternational && digits ? `+${digits}` : undefined
}
