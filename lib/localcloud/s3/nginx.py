"""The proxy's configuration: data goes to the store, and requests it would answer wrongly go to the door.

https://nginx.org/en/docs/http/ngx_http_map_module.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.s3 import rules

DOOR_HEADER = "X-Lab-S3-Door"
"""The header whose secret shows the door that a request comes from the proxy."""

_SSE = "x_amz_server_side_encryption"


@dataclass(frozen=True)
class Addresses:
    """Where the proxy listens, and where store and door are, each as `host:port`."""

    proxy: str
    store: str
    door: str
    resolver: str = ""
    """The name server, where names may get other addresses while the proxy runs; none on one machine."""


_CONF = """daemon off;
master_process off;
error_log stderr warn;
pid nginx.pid;
events { worker_connections 1000; }
http {
  access_log off;
  %(temporary)s
  client_max_body_size 0;
  client_body_timeout 300s;
  send_timeout 300s;
  keepalive_timeout 120s;
  keepalive_requests 1000000;
  large_client_header_buffers 8 32k;
  ignore_invalid_headers off;
  merge_slashes off;
  js_import front from front.js;
  js_shared_dict_zone zone=uploads:1m timeout=30d evict;
  js_set $unknown front.unknown;
  map "$request_method:$args" $unknown_part { default ""; "~^PUT:(.*&)?uploadId=" $unknown; }
%(upstreams)s
%(maps)s
  map "$request_method:$http_content_type:$http_authorization" $type {
    default $http_content_type;
    "~^PUT::AWS4-" binary/octet-stream;
  }
  map "%(decision)s" $answers { default store; "~1" door; }
  map "$answers:$request_method:$uri" $lists { default ""; "~^store:GET:/[^/]+/?$" 1; }
  map $answers $secret { default ""; door %(secret)s; }
  server {
    listen %(proxy)s;
    proxy_http_version 1.1;
    location = /_list { internal; js_content front.list; }
    location = /_list/store {
      internal;
      proxy_pass http://store$request_uri;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header %(header)s "";
      subrequest_output_buffer_size 8m;
    }
    location @door {
      proxy_pass http://door$request_uri;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header %(header)s %(secret)s;
      proxy_read_timeout 300s;
    }
    location / {
      if ($lists) { rewrite ^ /_list last; }
      js_header_filter front.restore;
      proxy_pass http://$answers;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header Content-Type $type;
      proxy_set_header %(header)s $secret;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_buffer_size 32k;
      proxy_buffers 8 64k;
      proxy_busy_buffers_size 128k;
      proxy_read_timeout 300s;
      proxy_send_timeout 300s;
      proxy_next_upstream off;
    }
  }
}
"""


def nginx_conf(addresses: Addresses, secret: str) -> str:
    """Return the configuration. Its paths are relative, because njs refuses some letters in folder names."""
    maps = "\n".join(
        f'  map "{subject}" $rule{number} {{ default ""; {_quoted("~" + pattern)} 1; }}'
        for number, (subject, pattern) in enumerate(_rules())
    )
    decision = "".join(f"$rule{number}" for number in range(len(_rules())))
    temporary = " ".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    parts = {
        "upstreams": _upstreams(addresses),
        "maps": maps,
        "decision": decision,
        "temporary": temporary,
        "secret": secret,
        "header": DOOR_HEADER,
    }
    return _CONF % (vars(addresses) | parts)


def _upstreams(addresses: Addresses) -> str:
    """Return where store and door are. https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve"""
    again = " resolve" if addresses.resolver else ""
    lines = [
        f"resolver {addresses.resolver} valid=2s ipv6=off;" if addresses.resolver else "",
        f"upstream store {{ zone store 64k; server {addresses.store}{again}; keepalive 64; }}",
        f"upstream door {{ zone door 64k; server {addresses.door}{again}; }}",
    ]
    return "\n".join(f"  {line}" for line in lines if line)


def _rules() -> list[tuple[str, str]]:
    """Return what nginx compares with which pattern; where one matches, the door answers."""
    checksums = "".join(f"$http_{name.lower().replace('-', '_')}" for name in rules.CHECKSUMS)
    unknown = rf"^/[^/]*/[^\x01]+\x01(?!{rules.OBJECT_QUERY[1:]}).+"
    return [
        *((f"$http_{name.replace('-', '_')}", rules.OTHER_OWNER) for name in rules.OWNERS),
        ("".join(f"$http_{name.replace('-', '_')}" for name in (*rules.IGNORED, *rules.GRANTS)), "."),
        ("$http_x_amz_acl", rules.OTHER_ACL),
        (f"$http_{_SSE}_customer_algorithm\x01$http_{_SSE}\x01$http_{_SSE}_aws_kms_key_id", rules.ODD_ENCRYPTION),
        (f"$http_{_SSE}", "^aws:kms"),
        (f"$http_{_SSE}_customer_algorithm:$args", "^.+:(.*&)?uploadId="),
        ("$uri", rules.ODD_KEY),
        ("$request_method:$uri", rf"(?s)^PUT:{rules.FOLDER[1:]}"),
        ("$http_x_amz_copy_source", "."),
        ("$request_method:$uri", rf"^(PUT|POST|DELETE):{rules.BUCKET[1:]}"),
        ("$request_method:$args", "^(POST:.*(uploads|uploadId)|DELETE:(.*&)?uploadId)"),
        ("$unknown_part", "1"),
        ("$uri?$args", r"^/[^/]*/?\?(.*&)?(encryption|publicAccessBlock)(=|&|$)"),
        ("$args", rules.ODD_PREFIX),
        ("$request_method:$args", "^GET:(.*&)?attributes(=|&|$)"),
        ("$request_method:$args", f"^DELETE:{rules.NULL_VERSION[1:]}"),
        ("$request_method:$uri?$args", rf"^GET:/[^/]*/?\?{rules.VERSIONS[1:]}"),
        ("$args", rules.LONG_EXPIRY),
        ("$uri\x01$args", unknown),
        (f"$request_method:$http_x_amz_content_sha256:{checksums}", rf"^PUT:{rules.PLAIN_HASH[1:-1]}:$"),
        ("$request_method:$http_if_match", "^(PUT|POST|DELETE):."),
        ("$request_method:$http_authorization$args", "^(PUT|POST):.*x-amz-meta-"),
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
