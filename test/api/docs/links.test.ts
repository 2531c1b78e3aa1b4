import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testServer } from '../test-server.ts'

/** What a page of HTML, of Markdown or a description for the component links to. */
const links = /(?:href|src)="([^"]+)"|\]\(([^)\s]+)\)|"(?:markdown|address)":"([^"]+)"/g

describe('links of the reference', () => {
  const server = testServer()

  /** All addresses that can be reached from the first pages, each with its text. */
  async function crawl(): Promise<Map<string, string>> {
    const pages = new Map<string, string>()
    const waiting = ['/docs', '/docs/v2', '/docs/openapi/v3.json', '/docs/openapi/v2.json']
    for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
      if (pages.has(page)) continue
      const answer = await fetch(server.url + page)
      assert.equal(answer.status, 200, page)
      const text = await answer.text()
      pages.set(page, text)
      if (!page.startsWith('/docs/assets/')) waiting.push(...linksIn(text).map(pathOf))
    }
    return pages
  }

  /** Those that lead to this server; the others are another's to keep. */
  function linksIn(text: string): string[] {
    return [...text.matchAll(links)]
      .map(([, ...found]) => found.find((one) => one !== undefined) ?? '')
      .filter((link) => link.startsWith('/') || link.startsWith(server.url))
  }

  const pathOf = (link: string) => link.replace(server.url, '').replace(/#.*/, '')

  test('200: whatever is linked to, and there is a place of that name in it', async () => {
    const pages = await crawl()
    assert.ok(pages.size > 120, `${pages.size} pages`)
    assert.ok(pages.has('/docs/v2/remove-followers-opportunity.md'))
    assert.ok(pages.has('/llms.txt'))
    let named = 0
    for (const [page, text] of pages) {
      for (const link of linksIn(text)) {
        const [, name] = link.split('#')
        if (!name) continue
        const path = pathOf(link)
        const target = pages.get(path) ?? ''
        const [, , operationId] = name.split('/')
        const isThere = name.startsWith('tag/')
          ? pages.has(`${path}/${operationId}.md`)
          : target.includes(`id="${name}"`)
        assert.ok(isThere || path.endsWith('.md'), `${page} links to ${link}`)
        named++
      }
    }
    assert.ok(named > 80, `${named} links to a place in a page`)
  })

  test('/llms.txt names each guide and each operation of both generations', async () => {
    const pages = await crawl()
    const index = pages.get('/llms.txt') ?? ''
    const markdown = [...pages.keys()].filter((page) => page.endsWith('.md'))
    assert.ok(markdown.length > 90, `${markdown.length} pages`)
    const missing = markdown.filter((page) => !index.includes(`(${server.url}${page})`))
    assert.deepEqual(missing, [])
  })
})
