/**
 * Runs at the end of `npm ci`: makes the image that the sandbox starts from, and compresses the
 * script of the reference. Without it the first start and the first reader of `/docs` wait for that.
 */
if (Number.parseInt(process.versions.node, 10) >= 24) {
  const { demoImage } = await import('../src/demo/image.ts')
  const { prepareComponent } = await import('../src/docs/component.ts')
  await Promise.all([demoImage(), prepareComponent()])
}
process.exit(0)

export {}
