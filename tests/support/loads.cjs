// Loaded into a program: tells on descriptor 3 which modules of Node it loaded, and whether V8 took the code
// cache of what it compiled.
const { writeSync } = require('node:fs');
const vm = require('node:vm');

const before = new Set(process.moduleLoadList);
const cachesRejected = [];
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    cachesRejected.push(this.cachedDataRejected ?? null);
  }
};
process.on('exit', () => {
  const modules = process.moduleLoadList.filter(
    (name) => !before.has(name) && /^NativeModule (?!internal\/)/.test(name),
  );
  writeSync(3, JSON.stringify({ cachesRejected, modules }));
});
