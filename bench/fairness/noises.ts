/** What a noisy tenant does, or strangers do, as long as `seconds`. */
export const noises = {
  passwords: '90 password changes at once',
  bulks: '8 keyed bulks of 500 at a time',
  lock: 'a locked row with 24 waiting PUTs',
  strangers: '29 strangers signing in at once',
  connections: 'GET over 2,000 connections',
} as const

export type Noise = {
  kind: keyof typeof noises | 'load'
  ports: readonly number[]
  databaseUrl: string
  seconds: number
  /** Of `load`. */
  connections?: number
  name: string
}

export type NoiseResult = {
  accepted: number
  refused: number
  perSecond: number
  /** Of those that were accepted. */
  p50: number
  p99: number
}
