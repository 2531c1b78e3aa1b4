import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { getCompany } from './get.ts'

export function companies(app: Server, house: House): void {
  getCompany(app, house)
}
