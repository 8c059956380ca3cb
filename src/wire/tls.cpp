#include "wire/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace paragon::tls {

namespace {

Result<Context> make(const SSL_METHOD* method) {
  ERR_clear_error();
  Context context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return Error{ErrorCode::internal, "cannot make a TLS context: " + last_error()};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Partial writes from a buffer that may move: the caller keeps what was not taken. Buffers of
  // idle connections are given back.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  return context;
}

bool is_address(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

Session session(const Context& context, int socket) {
  Session made(SSL_new(context.get()));
  if (!made || SSL_set_fd(made.get(), socket) != 1) return nullptr;
  return made;
}

}  // namespace

void FreeSession::operator()(ssl_st* session) const { SSL_free(session); }

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  if (code == 0) return "no reason given";
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

Result<Context> server_context(const std::string& certificate_file, const std::string& key_file) {
  auto context = make(TLS_server_method());
  if (!context) return context;
  if (SSL_CTX_use_certificate_chain_file(context->get(), certificate_file.c_str()) != 1) {
    return Error{ErrorCode::invalid,
                 "TLS certificate '" + certificate_file +
                     "' cannot be used (a PEM chain is needed): " + last_error()};
  }
  if (SSL_CTX_use_PrivateKey_file(context->get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context->get()) != 1) {
    return Error{ErrorCode::invalid,
                 "TLS key '" + key_file + "' cannot be used with certificate '" + certificate_file +
                     "' (a PEM key without passphrase is needed): " + last_error()};
  }
  return context;
}

Result<Context> client_context(const std::string& ca_file) {
  auto context = make(TLS_client_method());
  if (!context) return context;
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  const int loaded = ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(context->get())
                         : SSL_CTX_load_verify_locations(context->get(), ca_file.c_str(), nullptr);
  if (loaded != 1) {
    return Error{ErrorCode::invalid, "TLS authorities '" +
                                         (ca_file.empty() ? "(system)" : ca_file) +
                                         "' cannot be read (PEM is needed): " + last_error()};
  }
  return context;
}

Session accept(const Context& context, int socket) {
  Session made = session(context, socket);
  if (made) SSL_set_accept_state(made.get());
  return made;
}

Session connect(const Context& context, int socket, const std::string& host) {
  Session made = session(context, socket);
  if (!made) return nullptr;
  SSL_set_connect_state(made.get());
  bool named = false;
  if (is_address(host)) {
    named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(made.get()), host.c_str()) == 1;
  } else {
    named = SSL_set1_host(made.get(), host.c_str()) == 1 &&
            SSL_set_tlsext_host_name(made.get(), host.c_str()) == 1;
  }
  return named ? std::move(made) : nullptr;
}

}  // namespace paragon::tls
