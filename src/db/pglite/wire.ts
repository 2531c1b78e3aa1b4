import { Duplex } from 'node:stream'

/** AuthenticationOk and ReadyForQuery, which PostgreSQL answers to an accepted start-up message. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])

const terminate = 0x58

/** A "socket" for `pg.Client` whose other end is PGlite in its worker thread. */
export type PgliteWire = Duplex & { receive(bytes: Uint8Array): void }

/**
 * Makes one. `send` gets the bytes of PostgreSQL's protocol, one call for all that was written
 * together; the answers of the worker go to `receive`.
 */
export function openPgliteWire(send: (bytes: Uint8Array) => void): PgliteWire {
  let hasStarted = false
  const write = (chunks: readonly Buffer[]) => {
    // Terminate would end PGlite's only session, and is kept back.
    if (chunks[0]?.[0] === terminate) return
    if (hasStarted) return send(new Uint8Array(Buffer.concat(chunks)))
    // PGlite's session exists already, so the start-up message is answered here.
    hasStarted = true
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
    // pg calls these on a socket; they have no meaning here.
    connect: () => process.nextTick(() => wire.emit('connect')),
    setNoDelay: () => wire,
    setKeepAlive: () => wire,
    ref: () => wire,
    unref: () => wire,
  })
}

/** PostgreSQL's message for a text without parameters. */
export function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`Q\0\0\0\0${text}\0`)
  body.writeInt32BE(body.length - 1, 1)
  return new Uint8Array(body)
}
