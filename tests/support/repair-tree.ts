/** Gives /tree of a root to an owner, as a program of its own that a test can kill. */
import { everythingTo, replacing } from '../../src/system/owner-rule.ts';
import { RealSystem } from '../../src/system/real/real.ts';

const [root = '', rule = ''] = process.argv.slice(2);
const account = { uid: 1000, gid: 1000 };
const former = [{ id: 10000 }];
const rules = { everything: everythingTo(account), former: replacing(account, former, former) };
const { signal } = new AbortController();
const wanted = rule === 'former' ? rules.former : rules.everything;
await new RealSystem(root).setTreeOwner('/tree', wanted, { signal });
