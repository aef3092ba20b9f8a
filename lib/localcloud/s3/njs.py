"""What the proxy does in JavaScript. https://nginx.org/en/docs/njs/reference.html"""

from __future__ import annotations

from localcloud.s3 import rules

SCRIPT = f"""function restore(r) {{
  const begun = r.headersOut['{rules.PLAIN_UPLOAD}'];
  if (begun) {{
    ngx.shared.uploads.set(begun, '1');
    delete r.headersOut['{rules.PLAIN_UPLOAD}'];
  }}
  for (const name in r.headersOut) {{
    if (r.headersOut[name] === '{rules.EMPTY_VALUE}') r.headersOut[name] = ' ';
  }}
  const digest = r.headersOut['{rules.CUSTOMER_DIGEST}'];
  if (digest) r.headersOut['{rules.CUSTOMER_DIGEST}'] = digest.split(',')[0];
  const encoding = r.headersOut['Content-Encoding'];
  if (encoding && encoding.includes('aws-chunked')) {{
    const kept = encoding.split(',').map((name) => name.trim()).filter((name) => name !== 'aws-chunked');
    r.headersOut['Content-Encoding'] = kept.length ? kept.join(',') : undefined;
  }}
}}

function unknown(r) {{
  return ngx.shared.uploads.has(r.args.uploadId) ? '' : '1';
}}

const later = /(^|&)(marker|continuation-token|start-after|key-marker|upload-id-marker|version-id-marker)=[^&]/;
const listing = /<List(Bucket|Versions|MultipartUploads)Result[ >]/;
const own = ['connection', 'content-length', 'date', 'keep-alive', 'server', 'transfer-encoding'];

function ordered(text, pattern, encoded) {{
  let last = Buffer.from('');
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {{
    const key = Buffer.from(encoded ? decodeURIComponent(match[1].replace(/[+]/g, '%20')) : match[1]);
    if (Buffer.compare(last, key) > 0) return false;
    last = key;
  }}
  return true;
}}

function exact(text) {{
  if (text.includes('<IsTruncated>true<') || text.includes('<CommonPrefixes>')) return false;
  const encoded = text.includes('<EncodingType>url<');
  if (!encoded && text.includes('&')) return false;
  return ordered(text, /<Key>([^<]*)</g, encoded);
}}

async function list(r) {{
  if (later.test(r.variables.args || '')) return r.internalRedirect('@door');
  const reply = await r.subrequest('/_list/store', {{method: 'GET'}});
  const text = reply.responseText || '';
  if (reply.status === 200 && listing.test(text.slice(0, 500)) && !exact(text)) return r.internalRedirect('@door');
  for (const name in reply.headersOut) {{
    if (!own.includes(name.toLowerCase())) r.headersOut[name] = reply.headersOut[name];
  }}
  r.return(reply.status, reply.responseBuffer);
}}

export default {{restore, unknown, list}};
"""
"""`restore` gives headers the values of the upload, including empty metadata values: nginx drops a header without a
value, and clients drop a blank. `aws-chunked` is how the upload was sent, not how the object is encoded, so S3 does not
keep it. The store repeats the digest of a customer key. `restore` also remembers the uploads that the door knows to
have no customer key; `unknown` finds others, whose parts go to the door. `list` sends a listing to the door unless the
store has it on one page in S3's order, without common prefixes.
"""
