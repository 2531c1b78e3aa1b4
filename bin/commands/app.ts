import {
  createApp,
  listApps,
  redirectUriFault,
  rotateClientSecret,
  type Target,
  targets,
} from '../../src/api/oauth/installs/apps.ts'
import { findInstall, uninstallApp } from '../../src/api/oauth/installs/install.ts'
import { rotateSigningKey } from '../../src/auth/signing-keys.ts'
import type { Config } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { administer, requiredFlag, scopesOf, tenantAmbiguous } from './administration.ts'
import type { Flags } from './secret-input.ts'

const textFlag = { type: 'string' } as const

/** `groundlevel app …`: what upstream's developer portal does, and the key that signs tokens. */
export function app(args: string[]): Promise<number> {
  const flags = {
    name: textFlag,
    'redirect-uris': textFlag,
    scopes: textFlag,
    target: textFlag,
    'webhook-url': textFlag,
    'client-id': textFlag,
    location: textFlag,
    company: textFlag,
    now: { type: 'boolean' },
  } as const
  return administer(args, flags, {
    create: createNewApp,
    list: listApps,
    'rotate-secret': rotateSecret,
    uninstall,
    'rotate-signing-key': rotateKeyOfServer,
  })
}

async function createNewApp(db: Database, flags: Flags): Promise<object> {
  const newApp = {
    name: requiredFlag(flags, 'name'),
    redirectUris: readRedirectUris(requiredFlag(flags, 'redirect-uris')),
    scopes: scopesOf(flags),
    target: readTarget(flags.target ?? 'both'),
    webhookUrl: readWebhookUrl(flags['webhook-url']),
  }
  return createApp(db, newApp, new Date())
}

function readRedirectUris(list: string): string[] {
  const uris = list.split(',').map((uri) => uri.trim())
  for (const uri of uris) {
    const fault = redirectUriFault(uri)
    if (fault) throw new StartupError(`The redirect URI "${uri}" ${fault}.`)
  }
  return uris
}

function readTarget(value: string | boolean): Target {
  const target = targets.find((known) => known === value)
  if (!target) throw new StartupError(`--target is one of ${targets.join(', ')}.`)
  return target
}

function readWebhookUrl(value: string | boolean | undefined): string | null {
  if (typeof value !== 'string') return null
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new StartupError(`--webhook-url is an http or https address, not "${value}".`)
}

async function rotateSecret(db: Database, flags: Flags): Promise<object> {
  const clientId = requiredFlag(flags, 'client-id')
  const clientSecret = await rotateClientSecret(db, clientId, new Date())
  if (!clientSecret) throw new StartupError(`There is no app with the client id ${clientId}.`)
  return { clientId, clientSecret }
}

async function rotateKeyOfServer(
  db: Database,
  flags: Flags,
  { secretKey }: Config,
): Promise<object> {
  const oldTokensEnd = flags.now === true ? 'now' : 'later'
  const kid = await rotateSigningKey(db, secretKey, new Date(), oldTokensEnd)
  const consequence =
    oldTokensEnd === 'now'
      ? 'older access tokens end with that; refresh tokens stay good.'
      : 'older tokens stay good until they expire.'
  return { kid, note: `Servers sign with it within a minute; ${consequence}` }
}

async function uninstall(db: Database, flags: Flags): Promise<object> {
  const clientId = requiredFlag(flags, 'client-id')
  if (flags.location && flags.company) throw tenantAmbiguous()
  const locationId = flags.location ? requiredFlag(flags, 'location') : ''
  const companyId = locationId ? '' : requiredFlag(flags, 'company')
  const installId = await findInstall(db, { clientId, companyId, locationId })
  if (!installId) {
    throw new StartupError(`${clientId} is not installed in ${locationId || companyId}.`)
  }
  return { uninstalled: await uninstallApp(db, installId, new Date()) }
}
