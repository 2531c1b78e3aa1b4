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
 * The page of the reference: the component draws it, from the settings that stand in it. That takes
 * a while; until then there is a list of all operations.
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
  // Data in a script element is not decoded as markup is; only its end has to be kept out.
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
    ({ tag, places }) => html`
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
  const at = guides.indexOf(guide)
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
${neighbour('Previous', guides[at - 1])}
${neighbour('Next', guides[at + 1])}
<a href="/docs/guide/${guide.name}.md">View as Markdown</a>
</nav>
</main>
</div>`,
  )
}

/** The way to the reference of each generation, and which of them this is. */
function choice(shown: Generation | undefined): Html[] {
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
<span class="choice">API ${choice(shown)}</span>
<a href="/docs/guide/getting-started">Guide</a>
<a href="/llms.txt">Markdown</a>
</nav>
</header>
${content}
</body>
</html>
`
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Headings have names to link to, wide tables scroll by themselves, markup is shown as text. */
const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const id = text.toLowerCase().replace(/[^\w]+/g, '-')
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    code({ text }) {
      return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`
    },
    html: ({ text }) => escaped(text),
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
  return marked.parse(text, { async: false })
}
