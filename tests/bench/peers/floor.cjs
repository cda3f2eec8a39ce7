// What no boot can do without: loads the program with its code cache, and looks at each entry of the home.
const { lstatSync, readFileSync, readdirSync } = require('node:fs');
const { Script } = require('node:vm');

const [, , filename, home] = process.argv;
const cache = readFileSync(`${filename}.cache`);
// What made the cache stands behind it, as JSON.
const cachedData = cache.subarray(0, cache.lastIndexOf('["'));
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
if (script.cachedDataRejected) throw new Error('the code cache is of another Node');

function look(directory) {
  for (const name of readdirSync(directory)) {
    const path = `${directory}/${name}`;
    if (lstatSync(path).isDirectory()) look(path);
  }
}

look(home);
process.exit();
