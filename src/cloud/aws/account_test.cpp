// Where an account's region comes from, with a service that stands in for instance metadata.
#include "cloud/aws/account.h"

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <thread>

#include "wire/http_server.h"

namespace paragon::aws {
namespace {

using testing::HasSubstr;

// On a loop of its own: whoever opens an account waits for it.
class Metadata {
 public:
  Metadata() {
    auto made = http::Server::listen(loop_, {}, [](http::Request&& request, http::Reply reply) {
      http::Response response;
      response.content_type = "text/plain";
      if (request.path == "/latest/api/token") {
        response.body = "session";
      } else if (request.path == "/latest/meta-data/placement/region" &&
                 request.headers.find("x-aws-ec2-metadata-token") == "session") {
        response.body = "eu-north-1";
      } else {
        response.status = 404;
      }
      reply(response);
    });
    server_ = std::move(made).value();
    url_ = "http://127.0.0.1:" + std::to_string(server_->port());
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Metadata() {
    loop_.stop();
    thread_.join();
  }
  const std::string& url() const { return url_; }

 private:
  Loop loop_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
  std::thread thread_;
};

struct Found {
  std::string region;
  std::string from;  // or the complaint
};

Found region(const std::string& configured, std::map<std::string, std::string> variables) {
  Loop loop;
  const auto account =
      Account::open(loop,
                    {[variables](const std::string& name) {
                       const auto found = variables.find(name);
                       return found == variables.end() ? std::string() : found->second;
                     },
                     [](const std::string&) { return std::optional<std::string>(); }},
                    configured);
  if (!account) return {"", account.error().message};
  return {(*account)->region(), (*account)->region_from()};
}

TEST(Account, TheRegionIsTheConfiguredOneThenTheEnvironmentsThenTheInstances) {
  const Metadata metadata;
  const std::map<std::string, std::string> here = {
      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url()}};
  auto both = here;
  both["AWS_REGION"] = "eu-west-1";
  const Found configured = region("eu-south-1", both);
  EXPECT_EQ(configured.region, "eu-south-1");
  EXPECT_EQ(configured.from, "the configuration");
  const Found environment = region("", both);
  EXPECT_EQ(environment.region, "eu-west-1");
  EXPECT_EQ(environment.from, "AWS_REGION");
  const Found instance = region("", here);
  EXPECT_EQ(instance.region, "eu-north-1");
  EXPECT_EQ(instance.from, "instance metadata");
}

TEST(Account, WithoutARegionItSaysWhatWasTriedAndWhereToSetOne) {
  const std::map<std::string, std::string> keys = {{"AWS_ACCESS_KEY_ID", "AK"},
                                                   {"AWS_SECRET_ACCESS_KEY", "HIDDEN"}};
  auto disabled = keys;
  disabled["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(region("", disabled).from,
              HasSubstr("no AWS region is set, and instance metadata is disabled "
                        "(AWS_EC2_METADATA_DISABLED); set it in the configuration"));
  auto nobody = keys;
  nobody["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1";
  EXPECT_THAT(region("", nobody).from,
              HasSubstr("no AWS region is set, and instance metadata does not answer: "));
}

}  // namespace
}  // namespace paragon::aws
