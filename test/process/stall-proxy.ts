import { once } from 'node:events'
import net from 'node:net'

/** A way to PostgreSQL that can stall: connections stay open, and nothing passes any more. */
export type StallProxy = {
  url: string
  stall(): void
  /** Lets through what waited, too. */
  resume(): void
  close(): void
}

export async function stallProxy(url: string): Promise<StallProxy> {
  const target = new URL(url)
  const sockets = new Set<net.Socket>()
  let isStalled = false
  const join = (from: net.Socket, to: net.Socket) => {
    sockets.add(from)
    from.on('data', (bytes) => to.write(bytes))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (isStalled) from.pause()
  }
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname)
    join(near, far)
    join(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = new URL(url)
  address.port = String((server.address() as net.AddressInfo).port)
  return {
    url: address.href,
    stall() {
      isStalled = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      isStalled = false
      for (const socket of sockets) socket.resume()
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
