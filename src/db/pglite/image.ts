import fs from 'node:fs'
import { join } from 'node:path'

/** A directory (without bytes) or a file of an image; its path begins with a slash. */
export type ImageEntry = { path: string; bytes: Uint8Array | undefined }

const recordBytes = 512
const directoryType = '5'

/** What a tar holds, parents first. The files are parts of the tar itself, not copies. */
export function imageEntries(image: Uint8Array): ImageEntry[] {
  const tar = Buffer.from(image.buffer, image.byteOffset, image.byteLength)
  const field = (start: number, length: number) =>
    tar.toString('latin1', start, start + length).replace(/\0.*/s, '')
  const entries: ImageEntry[] = []
  for (let start = 0; start < tar.length && tar[start] !== 0; ) {
    const content = start + recordBytes
    const length = Number.parseInt(field(start + 124, 12), 8) || 0
    const isDirectory = field(start + 156, 1) === directoryType
    entries.push({
      path: field(start, 100),
      bytes: isDirectory ? undefined : image.subarray(content, content + length),
    })
    start = content + Math.ceil(length / recordBytes) * recordBytes
  }
  return entries
}

/**
 * Writes an image into a new directory. What it returns settles when all of it is on the disk,
 * which takes longer than writing it and need not be waited for before the files are used.
 */
export function unpackImage(image: Uint8Array, directory: string): Promise<unknown> {
  // PostgreSQL's own modes.
  fs.mkdirSync(directory, { mode: 0o700 })
  const entries = imageEntries(image)
  for (const { path, bytes } of entries) {
    if (bytes) fs.writeFileSync(join(directory, path), bytes, { mode: 0o600 })
    else fs.mkdirSync(join(directory, path), { mode: 0o700 })
  }
  return Promise.all([
    syncFile(directory, 'r'),
    ...entries.map(({ path, bytes }) => syncFile(join(directory, path), bytes ? 'r+' : 'r')),
  ])
}

/** PostgreSQL syncs what it writes itself, and may have removed this one meanwhile. */
async function syncFile(file: string, flags: string): Promise<void> {
  const handle = await fs.promises.open(file, flags).catch(() => undefined)
  // Windows cannot sync a directory.
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
