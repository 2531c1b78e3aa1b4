import { Duplex } from 'node:stream'

/** AuthenticationOk and ReadyForQuery: what PostgreSQL says to a start-up message it accepts. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])

const terminate = 0x58

/** A "socket" for `pg.Client` whose other end is PGlite in its worker thread. */
export type PgliteWire = Duplex & { receive(bytes: Uint8Array): void }

/**
 * Makes one. `send` gets PostgreSQL's protocol as it is written, one call for all that was
 * written together; what the worker answers goes to `receive`.
 */
export function openPgliteWire(send: (bytes: Uint8Array) => void): PgliteWire {
  let started = false
  const write = (chunks: readonly Buffer[]) => {
    // Terminate would end PGlite's only session; here it ends the wire alone.
    if (chunks[0]?.[0] === terminate) return
    if (started) return send(new Uint8Array(Buffer.concat(chunks)))
    // PGlite's session is already there: the start-up message is for us.
    started = true
    wire.push(welcome)
  }
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      write([chunk])
      done()
    },
    writev(chunks, done) {
      write(chunks.map(({ chunk }) => chunk))
      done()
    },
    final(done) {
      wire.push(null)
      done()
    },
  })
  return Object.assign(wire, {
    receive: (bytes: Uint8Array) => {
      wire.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    },
    // What pg calls on a socket and has no meaning here.
    connect: () => process.nextTick(() => wire.emit('connect')),
    setNoDelay: () => wire,
    setKeepAlive: () => wire,
    ref: () => wire,
    unref: () => wire,
  })
}
