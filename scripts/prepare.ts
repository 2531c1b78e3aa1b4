/**
 * Runs at the end of `npm ci`: makes the image that the sandbox starts from, so that its first
 * start is as quick as any other. Without it the first start makes it.
 */
if (Number.parseInt(process.versions.node, 10) >= 24) {
  const { demoImage } = await import('../src/demo/image.ts')
  await demoImage()
}
process.exit(0)

export {}
