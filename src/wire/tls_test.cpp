// Server and client over TLS, with a certificate made by OpenSSL for the test.
#include "wire/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <optional>

#include "wire/http_client.h"
#include "wire/http_server.h"
#include "wire/raw_client.h"

namespace paragon::http {
namespace {

using testing::HasSubstr;

// Signs itself, is its own authority, and is valid for localhost and 127.0.0.1.
void make_certificate(const std::string& certificate_file, const std::string& key_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  ASSERT_GT(X509_sign(certificate, key, EVP_sha256()), 0);
  FILE* file = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string stem = testing::TempDir() + "paragon_tls_" + std::to_string(getpid());
    settings_.tls_certificate_file = stem + ".crt";
    settings_.tls_key_file = stem + ".key";
    make_certificate(settings_.tls_certificate_file, settings_.tls_key_file);
    settings_.head_timeout = std::chrono::milliseconds(100);
    auto made = Server::listen(loop_, settings_, [](Request&& request, Reply reply) {
      Response response;
      response.body = std::move(request.body);
      reply(std::move(response));
    });
    ASSERT_TRUE(made.ok()) << made.error().message;
    server_ = std::move(*made);
    endpoint_.host = "127.0.0.1";
    endpoint_.port = server_->port();
    endpoint_.tls = true;
    endpoint_.tls_ca_file = settings_.tls_certificate_file;
  }
  void TearDown() override {
    ::unlink(settings_.tls_certificate_file.c_str());
    ::unlink(settings_.tls_key_file.c_str());
  }
  Result<Answer> ask(Client& client, std::string body) {
    Client::Call call;
    call.body = std::make_shared<const std::string>(std::move(body));
    std::optional<Result<Answer>> result;
    client.send(call, [&](Result<Answer> got) { result = std::move(got); });
    EXPECT_TRUE(run_until(loop_, [&] { return result.has_value(); }));
    return result ? *result : Result<Answer>(ErrorCode::internal, "test gave up");
  }

  Loop loop_;
  ServerSettings settings_;
  std::unique_ptr<Server> server_;
  Endpoint endpoint_;
};

TEST_F(TlsTest, CarriesSmallAndLargeBodies) {
  Client client(loop_, endpoint_);
  for (const std::size_t size : {0, 1, 4096, 16'384, 100'000, 5'000'000}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; i += 61) body[i] = static_cast<char>('a' + i % 26);
    const auto answer = ask(client, body);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_TRUE(answer->body == body) << size;
  }
}

TEST_F(TlsTest, AcceptsTheCertificateForItsNameOnly) {
  endpoint_.host = "localhost";
  Client by_name(loop_, endpoint_);
  EXPECT_TRUE(ask(by_name, "n").ok());
  endpoint_.host = "127.0.0.2";  // the same server under an address it is not certified for
  settings_.address = "127.0.0.2";
  settings_.port = 0;
  auto other = Server::listen(loop_, settings_, [](Request&&, Reply) {});
  ASSERT_TRUE(other.ok());
  endpoint_.port = (*other)->port();
  Client wrong(loop_, endpoint_);
  const auto refused = ask(wrong, "w");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("mismatch"));
}

TEST_F(TlsTest, DoesNotTrustAnUnknownAuthority) {
  endpoint_.tls_ca_file.clear();
  Client client(loop_, endpoint_);
  const auto refused = ask(client, "x");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("TLS"));
  endpoint_.tls_ca_file = "/nowhere.pem";
  Client none(loop_, endpoint_);
  EXPECT_THAT(ask(none, "x").error().message, HasSubstr("/nowhere.pem"));
}

TEST_F(TlsTest, CutsOffWhoeverDoesNotSpeakTls) {
  RawClient plain(loop_, server_->port()), silent(loop_, server_->port());
  plain.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
  EXPECT_TRUE(plain.ended());
  EXPECT_TRUE(silent.ended());  // by the timeout for heads
  Client client(loop_, endpoint_);
  EXPECT_TRUE(ask(client, "still here").ok());
}

}  // namespace
}  // namespace paragon::http
