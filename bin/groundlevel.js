#!/usr/bin/env node
// JavaScript, because Node strips the types of its first file before this can turn the cache on,
// and what strips them takes as long to load as Node itself.
import { enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

// The embedded database has 13,000 functions, of which a process calls 3,000: the others need no
// check. The cache belongs to the flags that are set when it is turned on.
setFlagsFromString('--wasm-lazy-validation')
enableCompileCache()
await import('./groundlevel.ts')
