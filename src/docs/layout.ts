import { Marked } from 'marked'
import { type Html, html, markup } from '../http/html.ts'
import type { Assets } from './assets.ts'
import {
  deepLink,
  fragmentOf,
  type Generation,
  generations,
  type Outline,
  slugOf,
} from './description.ts'
import { type Guide, titleOf } from './guides.ts'
import type { Tokens } from './samples.ts'

/**
 * The page of the reference, which the component draws by the settings in the page. Until that is
 * done it shows a list of all operations.
 */
export function referencePage(
  assets: Assets,
  generation: Generation,
  {
    tokens,
    feedback,
    outline,
  }: { tokens: Tokens | undefined; feedback: boolean; outline: Outline },
): Html {
  const settings = {
    feedback,
    slugs: Object.fromEntries(outline.map(({ tag }) => [tag, slugOf(tag)])),
    url: `/docs/openapi/${generation}.json`,
    tokens: tokens && {
      bearer: tokens.location,
      'Location-Access': tokens.location,
      'Agency-Access': tokens.agency,
    },
  }
  // The browser decodes no entities in a script element, so only `</script>` must be prevented.
  const json = markup(JSON.stringify(settings).replaceAll('<', '\\u003c'))
  return layout(
    assets,
    'API reference',
    html`
<div id="reference"></div>
${outlinePart(outline, generation)}
<script type="application/json" id="settings">${json}</script>
<script src="${assets.component.address}"></script>
<script src="${assets.reference.address}"></script>`,
    generation,
  )
}

function outlinePart(outline: Outline, generation: Generation): Html {
  const parts = outline.map(
    ({ tag, endpoints: places }) => html`
<section>
<h2>${tag}</h2>
<ul>${places.map(
      ({ method, path, operation }) => html`
<li id="${fragmentOf(operation)}"><a href="${deepLink(operation, generation)}">${titleOf(operation)}</a>
<code>${method.toUpperCase()} ${path}</code></li>`,
    )}
</ul>
</section>`,
  )
  return html`
<main class="text outline" id="outline">
<h1>API reference</h1>
<noscript><p>The reference is drawn by scripts. <a href="/llms.txt">The same pages as Markdown</a>
need none.</p></noscript>
${parts}
</main>`
}

/** A page of concepts, beside the list of all of them. */
export function guidePage(assets: Assets, guides: readonly Guide[], guide: Guide): Html {
  const index = guides.indexOf(guide)
  const neighbour = (word: string, page: Guide | undefined) =>
    page && html`<a href="/docs/guide/${page.name}">${word}: ${page.title}</a>`
  const links = guides.map(
    ({ name, title }) => html`
<li><a href="/docs/guide/${name}"${name === guide.name && markup(' aria-current="page"')}>${title}</a></li>`,
  )
  return layout(
    assets,
    guide.title,
    html`
<div class="guide">
<nav aria-label="Guide"><ul>${links}</ul></nav>
<main class="text" id="content">${markup(toHtml(guide.text))}
<nav class="end" aria-label="Other pages">
${neighbour('Previous', guides[index - 1])}
${neighbour('Next', guides[index + 1])}
<a href="/docs/guide/${guide.name}.md">View as Markdown</a>
</nav>
</main>
</div>`,
  )
}

/** Links to the reference of each generation, which mark the current one. */
function generationLinks(shown: Generation | undefined): Html[] {
  return Object.entries(generations).map(
    ([generation, { title, address }]) => html`
<a href="${address}"${generation === shown && markup(' aria-current="page"')}>${title}</a>`,
  )
}

function layout(assets: Assets, title: string, content: Html, shown?: Generation): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Groundlevel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assets.icon.address}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style.address}">
<script src="${assets.theme.address}"></script>
</head>
<body>
<header class="top">
<a class="brand" href="/docs"><img src="${assets.icon.address}" alt="" width="24" height="24">Groundlevel</a>
<nav aria-label="Documentation">
<span class="choice">API ${generationLinks(shown)}</span>
<a href="/docs/guide/getting-started">Guide</a>
<a href="/llms.txt">Markdown</a>
</nav>
</header>
${content}
</body>
</html>
`
}

const escapeMarkup = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Headings have ids to link to, wide tables scroll, and markup is shown as text. */
const markdownRenderer = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const id = text.toLowerCase().replace(/[^\w]+/g, '-')
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    code({ text }) {
      return `<pre tabindex="0"><code>${escapeMarkup(text)}</code></pre>\n`
    },
    html: ({ text }) => escapeMarkup(text),
  },
  hooks: {
    postprocess: (page) =>
      page
        .replaceAll(
          '<table>',
          '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>',
        )
        .replaceAll('</table>', '</table></div>'),
  },
})

function toHtml(text: string): string {
  return markdownRenderer.parse(text, { async: false })
}
