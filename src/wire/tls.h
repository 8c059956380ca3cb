// TLS contexts for servers and clients: TLS 1.2 and later, errors that name the file.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace paragon::tls {

using Context = std::shared_ptr<ssl_ctx_st>;
struct FreeSession {
  void operator()(ssl_st* session) const;
};
using Session = std::unique_ptr<ssl_st, FreeSession>;

Result<Context> server_context(const std::string& certificate_file, const std::string& key_file);
// Empty `ca_file`: the system's authorities.
Result<Context> client_context(const std::string& ca_file);

// Sessions over a connected socket, which stays the caller's to close. A client's session accepts
// only a certificate for `host` (a name or an address).
Session accept(const Context& context, int socket);
Session connect(const Context& context, int socket, const std::string& host);

// What OpenSSL noted last on this thread, for people.
std::string last_error();

}  // namespace paragon::tls
