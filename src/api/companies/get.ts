import type { Static } from 'typebox'
import { callerOf } from '../../auth/bearer.ts'
import { otherCompany } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { CompanyAnswer, CompanyParams } from './shapes.ts'

type Company = Static<typeof CompanyAnswer>['company']

export function getCompany(app: Server, { db }: AppContext): void {
  app.get(
    '/companies/:companyId',
    {
      config: { scope: 'companies.readonly', access: ['Agency-Access'] },
      schema: {
        operationId: 'get-company',
        summary: 'Get Company',
        // UPSTREAM: misspelt there too.
        description: 'Get Comapny',
        tags: ['Companies'],
        params: CompanyParams,
        querystring: Strict({}),
        response: { 200: CompanyAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId } = callerOf(request)
      const company =
        request.params.companyId === companyId ? await findCompany(db, companyId) : undefined
      if (!company) throw otherCompany()
      return { company }
    },
  )
}

/** DEVIATION: of a company only what the server knows; plans, policies and billing are not here. */
async function findCompany(db: Queryable, id: string): Promise<Company | undefined> {
  const [row] = await db.query<{ company: Company }>(sql`
    select jsonb_strip_nulls(jsonb_build_object(
      'id', c.id, 'name', c.name, 'email', c.email, 'logoUrl', c.logo_url, 'phone', c.phone,
      'website', c.website, 'domain', c.domain, 'address', c.address, 'city', c.city,
      'postalCode', c.postal_code, 'country', c.country, 'state', c.state,
      'timezone', c.timezone,
      'locationCount', (select count(*) from locations l
        where l.company_id = c.id and l.deleted_at is null))) as company
    from companies c where c.id = ${id}`)
  return row?.company
}
