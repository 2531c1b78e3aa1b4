import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { getCompany } from './get.ts'

export function companies(app: Server, context: AppContext): void {
  getCompany(app, context)
}
