/**
 * Runs at the end of `npm ci`: makes the image that the sandbox starts from, so that its first
 * start is as quick as any other, and packs the script of the reference as small as it goes.
 * Without it the first start makes the one, and the first reader of `/docs` waits for the other.
 */
if (Number.parseInt(process.versions.node, 10) >= 24) {
  const { demoImage } = await import('../src/demo/image.ts')
  const { prepareComponent } = await import('../src/docs/component.ts')
  await Promise.all([demoImage(), prepareComponent()])
}
process.exit(0)

export {}
