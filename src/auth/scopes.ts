import upstreamScopes from '../../generated/scopes.json' with { type: 'json' }

/** What a token may do, in upstream's names, of operations that are served here or not. */
export type Scope = keyof typeof upstreamScopes

export const scopes = Object.keys(upstreamScopes) as readonly Scope[]

export function isScope(text: string): text is Scope {
  return Object.hasOwn(upstreamScopes, text)
}
