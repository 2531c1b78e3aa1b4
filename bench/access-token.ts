import { findApp } from '../src/api/oauth/installs/apps.ts'
import { findInstall, installApp } from '../src/api/oauth/installs/install.ts'
import { createGrant, signAccessToken } from '../src/api/oauth/tokens/grants.ts'
import type { AppSettings } from '../src/context.ts'
import { demo } from '../src/demo/ids.ts'

/** An access token of the demo app for a location. */
export async function accessToken(
  { db, keys, now }: Pick<AppSettings, 'db' | 'keys' | 'now'>,
  locationId: string,
): Promise<string> {
  const { clientId, companyId } = demo
  const app = await findApp(db, clientId)
  if (!app) throw new Error('The demo world has no app')
  const scopes = ['opportunities.readonly', 'opportunities.write', 'contacts.readonly']
  const consent = { app, companyId, locationId, userId: demo.admin.id, scopes, isBulk: false }
  const noFutureLocations = { approveAllLocations: false, installToFutureLocations: false }
  const redirectUri = demo.redirectUris[0]
  await installApp(
    db,
    { ...consent, ...noFutureLocations, approvedLocations: [], redirectUri },
    now(),
  )
  const installId = await findInstall(db, { clientId, companyId, locationId })
  if (!installId) throw new Error('The demo app is not installed')
  const grantRequest = {
    installId,
    userType: 'Location',
    locationId,
    byAgency: false,
    scopes,
  } as const
  const grant = await createGrant(db, grantRequest, now())
  return signAccessToken(keys, grant, { serial: 'bench', issuedAt: now() })
}
