import type { Server } from '../src/http/server.ts'

/** An app of which only the log and the hooks are used. */
export function fakeApp() {
  const hooks = new Map<string, (done: () => void) => unknown>()
  const logged: string[] = []
  const app = {
    log: { error: (_: object, message: string) => logged.push(message) },
    addHook: (name: string, hook: (done: () => void) => unknown) => hooks.set(name, hook),
  } as unknown as Pick<Server, 'addHook' | 'log'>
  return { app, logged, run: (name: string) => hooks.get(name)?.(() => undefined) }
}
