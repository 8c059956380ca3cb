// Runs one event through a function of AWS Lambda under npm's @vercel/fun, which implements the Runtime API.
//
//   node run_in_fun.js FOLDER VARIANT < EVENTS       one JSON event a line in, one answer a line out
//
// NODE_PATH says where npm has put the package.

async function main() {
  const [, , folder, variant] = process.argv;
  const {createFunction} = require('@vercel/fun');
  const run = await createFunction({
    Code: {Directory: folder},
    Handler: 'bootstrap',
    Runtime: 'provided',
    Environment: {Variables: {PARAGON_VARIANT: variant}},
    MemorySize: 512,
  });
  try {
    for (const line of require('fs').readFileSync(0, 'utf8').split('\n')) {
      if (line === '') continue;
      try {
        console.log(JSON.stringify({answer: await run(JSON.parse(line))}));
      } catch (error) {
        console.log(JSON.stringify({error: error.name, message: error.message}));
      }
    }
  } finally {
    await run.destroy();
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
