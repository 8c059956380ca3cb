// Who may ask what: TLS, bearer tokens, and control endpoints that answer to this computer only.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <nlohmann/json.hpp>

#include "system/running_server.h"
#include "system/serve_fixture.h"

namespace paragon::testing {
namespace {

using http::Method;
using nlohmann::json;
using ::testing::HasSubstr;

// An IPv4 address of this computer that is not its loopback; empty where there is none.
std::string outer_address() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return "";
  std::string found;
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0) continue;
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text,
              sizeof text);
    found = text;
    break;
  }
  freeifaddrs(all);
  return found;
}

// Makes a certificate for the loopback that signs itself; false where openssl fails.
bool make_certificate(const TemporaryFolder& folder) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
      "-keyout " +
      folder.path().string() + "/key.pem -out " + folder.path().string() + "/cert.pem 2> /dev/null";
  return std::system(command.c_str()) == 0;
}

TEST_F(Serve, SpeaksTlsToThoseWhoKnowItsCertificate) {
  ASSERT_TRUE(make_certificate(folder)) << "the openssl program is needed";
  const std::string certificate = folder.path().string() + "/cert.pem";
  RunningServer server(with(
      arguments(1), {"--tls-cert", certificate, "--tls-key", folder.path().string() + "/key.pem"}));
  ASSERT_TRUE(server.listening());
  Caller caller(http::Endpoint{"127.0.0.1", server.port(), true, certificate});
  until_ready(caller, 1);
  for (int i = 0; i < 3; ++i) {
    const http::Answer answer = caller.post(kInfer, picture(), kPng);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body)["outputs"][0]["name"], "labels");
  }
  // A body of many TLS records, and errors, pass as well.
  EXPECT_EQ(caller.post(kInfer, std::string(500'000, 'x'), kPng).status, 400);

  // By a name that the certificate does not carry, without knowing it, or without TLS: nothing.
  const http::Endpoint strangers[] = {{"127.0.0.2", server.port(), true, certificate},
                                      {"127.0.0.1", server.port(), true, ""},
                                      {"127.0.0.1", server.port(), false, ""}};
  for (const http::Endpoint& endpoint : strangers) {
    Caller stranger(endpoint);
    std::optional<Result<http::Answer>> got;
    stranger.begin("/v2", nullptr, {},
                   [&](Result<http::Answer> answer) { got = std::move(answer); });
    ASSERT_TRUE(stranger.until([&] { return got.has_value(); }, std::chrono::seconds(30)));
    EXPECT_FALSE(got->ok());
  }
  EXPECT_EQ(caller.get("/v2").status, 200);  // and nobody is worse off
  expect_an_orderly_end(server);
}

TEST_F(Serve, ACertificateThatCannotBeUsedIsSaidAtOnce) {
  ASSERT_TRUE(make_certificate(folder)) << "the openssl program is needed";
  const std::string certificate = folder.path().string() + "/cert.pem";
  const std::string junk = folder.write("junk.pem", "junk\n");
  const struct {
    std::vector<std::string> more;
    std::string says;
  } cases[] = {
      {{"--tls-cert", certificate}, "give both or none"},
      {{"--tls-cert", junk, "--tls-key", folder.path().string() + "/key.pem"}, "junk.pem"},
      {{"--tls-cert", certificate, "--tls-key", junk}, "junk.pem"},
      {{"--tls-cert", certificate, "--tls-key", folder.path().string() + "/none.pem"}, "none.pem"},
      {{"--token-file", folder.path().string() + "/none.txt"}, "none.txt"},
      {{"--token-file", folder.write("empty.txt", "\n")}, "empty.txt"},
  };
  for (const auto& one : cases) {
    std::vector<std::string> all{"serve"};
    for (const std::string& argument : with(arguments(1), one.more)) all.push_back(argument);
    const Ended run = run_program(all);
    EXPECT_EQ(run.status, 2) << one.says;
    EXPECT_THAT(run.out, HasSubstr(one.says));
  }
}

TEST_F(Serve, ATokenIsAskedOfEveryRequest) {
  const std::string token = folder.write("token", "  sesame-7\n");
  RunningServer server(with(arguments(0), {"--token-file", token}));
  ASSERT_TRUE(server.listening());
  Caller caller(server.port());
  const struct {
    Method method;
    std::string target;
  } requests[] = {
      {Method::get, "/"},
      {Method::get, "/v2"},
      {Method::get, "/v2/health/live"},
      {Method::get, "/v2/models/garment-classification"},
      {Method::get, "/metrics"},
      {Method::get, "/api/v1/fleet"},
      {Method::get, "/nothing"},
      {Method::post, "/v2/repository/index"},
      {Method::post, kInfer},
  };
  for (const auto& request : requests) {
    for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer sesame-", "Bearer sesame-77",
                              "Basic sesame-7", "sesame-7"}) {
      Caller::Fields headers;
      if (*wrong != '\0') headers.emplace_back("authorization", wrong);
      const http::Answer answer = caller.ask(request.method, request.target, "", headers);
      EXPECT_EQ(answer.status, 401) << request.target << " with '" << wrong << "'";
      EXPECT_EQ(answer.headers.find("www-authenticate"), "Bearer");
      EXPECT_FALSE(json::parse(answer.body).value("error", "").empty());
    }
    const http::Answer answer =
        caller.ask(request.method, request.target, "", {{"authorization", "Bearer sesame-7"}});
    EXPECT_NE(answer.status, 401) << request.target;
    EXPECT_NE(answer.status, 403) << request.target;
  }
}

TEST_F(Serve, ControlAnswersToThisComputerOnlyUnlessThereIsAToken) {
  const std::string outside = outer_address();
  if (outside.empty()) GTEST_SKIP() << "SKIPPED: this computer has no address beside its loopback";
  const struct {
    Method method;
    std::string target;
    bool control;
  } requests[] = {
      {Method::get, "/", true},
      {Method::get, "/metrics", true},
      {Method::get, "/api/v1/fleet", true},
      {Method::get, "/api/v1/cost", true},
      {Method::get, "/api/v1/status", true},
      {Method::get, "/api/v1/decisions/1", true},
      {Method::get, "/api", true},
      {Method::get, "//api//v1/fleet", true},
      {Method::get, "/%61pi/v1/fleet", true},
      {Method::post, "/v2/repository/models/garment_m/load", true},
      {Method::post, "/v2/repository/models/garment_m/unload", true},
      {Method::post, "/v2/repository/main/models/garment_m/unload/", true},
      {Method::get, "/v2", false},
      {Method::get, "/v2/health/live", false},
      {Method::get, "/v2/models", false},
      {Method::get, "/v2/models/garment-classification", false},
      {Method::post, "/v2/repository/index", false},
      {Method::post, kInfer, false},
  };
  const std::string token = folder.write("token", "sesame\n");
  for (const bool with_token : {false, true}) {
    std::vector<std::string> more{"--http", "0.0.0.0:0"};
    if (with_token) more.insert(more.end(), {"--token-file", token});
    RunningServer server(with(arguments(0), more));
    ASSERT_TRUE(server.listening());
    Caller inner(server.port());
    Caller outer(http::Endpoint{outside, server.port(), false, ""});
    for (const auto& request : requests) {
      Caller::Fields headers;
      // Nobody becomes local by saying so.
      headers.emplace_back("x-forwarded-for", "127.0.0.1");
      headers.emplace_back("forwarded", "for=127.0.0.1");
      if (with_token) headers.emplace_back("authorization", "Bearer sesame");
      const std::string body = request.target == kInfer ? picture() : "";
      if (!body.empty()) headers.push_back(kPng[0]);
      const http::Answer answer = outer.ask(request.method, request.target, body, headers);
      const bool refused = request.control && !with_token;
      EXPECT_EQ(answer.status == 403, refused) << request.target << ": " << answer.status;
      if (refused) {
        EXPECT_THAT(json::parse(answer.body).value("error", ""), HasSubstr("--token-file"));
      }
      EXPECT_NE(inner.ask(request.method, request.target, body, headers).status, 403)
          << request.target;
    }
  }
}

}  // namespace
}  // namespace paragon::testing
