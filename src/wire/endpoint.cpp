#include <charconv>

#include "wire/address.h"
#include "wire/host_header.h"
#include "wire/http_client.h"

namespace paragon::http {

Result<Endpoint> parse_endpoint(const std::string& url) {
  const auto bad = [&](const std::string& why) {
    return Error{ErrorCode::invalid,
                 "endpoint '" + url + "' " + why +
                     ": expected http://host:port, https://host:port, host:port "
                     "or unix:/path"};
  };
  Endpoint endpoint;
  std::string_view rest = url;
  if (net::is_unix(rest)) {
    if (rest.size() == net::kUnixPrefix.size()) return bad("has no path");
    endpoint.host = url;
    return endpoint;
  }
  if (rest.starts_with("https://")) {
    endpoint.tls = true;
    endpoint.port = 443;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (rest.find("://") != std::string_view::npos) {
    return bad("has an unknown scheme");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ \t\r\n") != std::string_view::npos) {
    return bad("has more than a host and a port");
  }
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad("has no ']'");
    endpoint.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return bad("has text behind ']'");
    port = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && port.empty()) return bad("has an empty port");
  } else {
    const std::size_t colon = rest.find(':');
    endpoint.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) return bad("has an empty port");
    }
  }
  if (endpoint.host.empty()) return bad("has no host");
  if (!port.empty()) {
    unsigned number = 0;
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (failed != std::errc{} || end != port.data() + port.size() || number == 0 ||
        number > 65535) {
      return bad("has a port that is not 1 to 65535");
    }
    endpoint.port = static_cast<std::uint16_t>(number);
  }
  return endpoint;
}

std::string host_header(const Endpoint& endpoint) {
  if (net::is_unix(endpoint.host)) return "localhost";
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  std::string host = v6 ? "[" + endpoint.host + "]" : endpoint.host;
  if (endpoint.port != (endpoint.tls ? 443 : 80)) host += ":" + std::to_string(endpoint.port);
  return host;
}

}  // namespace paragon::http
