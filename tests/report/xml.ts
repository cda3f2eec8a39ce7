/** What is wrong with a text as XML, as far as a drawing of ours can go wrong; empty where nothing is. */
export function wellFormed(xml: string): string {
  // eslint-disable-next-line no-control-regex -- they are what XML has no way to write
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(xml);
  if (forbidden !== null) return `character ${JSON.stringify(forbidden[0])}`;
  const open: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/y;
  for (let at = 0; at < xml.length;) {
    if (xml[at] !== '<') {
      const end = xml.indexOf('<', at);
      const text = xml.slice(at, end === -1 ? undefined : end);
      if (/&(?!amp;|lt;|gt;|quot;)/.test(text)) return `text ${text}`;
      if (open.length === 0 && text.trim() !== '') return `text outside: ${text}`;
      at += text.length;
      continue;
    }
    tag.lastIndex = at;
    const [whole, close, name = '', attributes = '', empty] = tag.exec(xml) ?? [];
    if (whole === undefined) return `tag ${xml.slice(at, at + 80)}`;
    if (/&(?!amp;|lt;|gt;|quot;)/.test(attributes)) return `attributes ${attributes}`;
    if (close === '/') {
      if (open.pop() !== name) return `end of ${name}`;
    } else if (empty !== '/') open.push(name);
    at += whole.length;
  }
  return open.length === 0 ? '' : `open: ${open.join(' ')}`;
}
