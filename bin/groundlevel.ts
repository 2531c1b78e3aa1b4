import { optionsHelp } from '../src/config.ts'
import { visible, visibleLines } from '../src/http/log/visible.ts'

/** Loaded when it is called, as each needs other parts of the server. */
const commands = {
  dev: async () => (await import('./commands/server.ts')).dev,
  serve: async () => (await import('./commands/server.ts')).serve,
  migrate: async () => (await import('./commands/administration.ts')).migrate,
  token: async () => (await import('./commands/token.ts')).token,
  location: async () => (await import('./commands/administration.ts')).location,
  user: async () => (await import('./commands/administration.ts')).user,
  app: async () => (await import('./commands/app.ts')).app,
  feedback: async () => (await import('./commands/administration.ts')).feedback,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
}

const help = `Usage: groundlevel <command> [options]

  dev                 the sandbox: an embedded database with the demo world
  serve               production: wants DATABASE_URL, has no demo world
  migrate             bring the database's schema up to date
  token create --name NAME (--location ID | --company ID) --scopes A,B|all
      | list [--location ID | --company ID] | scopes --id ID --scopes A,B|all
      | rotate --id ID [--now] | cancel-overlap --id ID | delete --id ID
      | revoke (--id ID | --token-stdin | --token-file FILE)
  location create --name NAME [--timezone ZONE] [--company ID | --company-name NAME] | list
  user create (--location ID | --company ID) --email E --first-name F --last-name L [--admin]
      [--password-stdin | --password-file FILE] | list
  app create --name NAME --redirect-uris A,B --scopes A,B|all [--target sub-account|agency|both]
      [--webhook-url URL] | list | rotate-secret --client-id ID
      | uninstall --client-id ID (--location ID | --company ID) | rotate-signing-key [--now]
  feedback            what readers of /docs think of its pages
  doctor [--recount]  check this machine and the database, and say what to do; with --recount
                      count opportunities anew first

Options:
${optionsHelp()}

Administration works on the database of DATABASE_URL, or else on the embedded one in --data-dir,
and on that first where --data-dir is given.
`

/** Runs one command; a mistake that the caller can mend is a sentence and exit code 1. */
async function run([name = 'help', ...args]: string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h' || args.includes('--help')) {
    process.stdout.write(help)
    return 0
  }
  const command = Object.entries(commands).find(([known]) => known === name)?.[1]
  if (!command) {
    const unknown = `there is no command "${visible(name)}". See groundlevel --help.`
    process.stderr.write(`groundlevel: ${unknown}\n`)
    return 1
  }
  try {
    return await (await command())(args)
  } catch (error) {
    const { errorSentence } = await import('./commands/sentence.ts')
    const sentence = errorSentence(error)
    const stack = error instanceof Error ? error.stack : undefined
    process.stderr.write(
      sentence === undefined
        ? `${visibleLines(stack ?? String(error))}\n`
        : `groundlevel: ${visible(sentence)}\n`,
    )
    return 1
  }
}

// Timers and sockets that libraries leave behind must not keep a finished command alive.
process.exit(await run(process.argv.slice(2)))
