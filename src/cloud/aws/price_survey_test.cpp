// Asking for prices page by page, at a service that stands in for both of AWS's.
#include "cloud/aws/price_survey.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "wire/http_server.h"
#include "wire/raw_client.h"

namespace paragon::aws {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

const Instant kNow = std::chrono::sys_days(std::chrono::year(2026) / 2 / 9) + 12h;

std::string product(const std::map<std::string, std::string>& attributes, const char* usd) {
  const Json tier = {{"beginRange", "0"}, {"unit", "Hrs"}, {"pricePerUnit", {{"USD", usd}}}};
  const Json term = {{"priceDimensions", {{"code", tier}}}};
  return Json{{"product", {{"attributes", attributes}}}, {"terms", {{"OnDemand", {{"t", term}}}}}}
      .dump();
}

class PriceSurveyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = http::Server::listen(loop, {}, [this](http::Request&& request, http::Reply reply) {
      http::Response response;
      if (at_question) at_question();
      if (request.headers.find("x-amz-target").empty()) {
        response.body = spot_page(request.body);
      } else {
        response.body = list_page(Json::parse(request.body));
      }
      reply(response);
    });
    ASSERT_TRUE(made);
    server = *std::move(made);
    const std::map<std::string, std::string> variables = {
        {"AWS_ENDPOINT_URL", "http://127.0.0.1:" + std::to_string(server->port())},
        {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
        {"AWS_SECRET_ACCESS_KEY", "secret"}};
    auto opened = Account::open(loop,
                                {[variables](const std::string& name) {
                                   const auto found = variables.find(name);
                                   return found == variables.end() ? std::string() : found->second;
                                 },
                                 [](const std::string&) { return std::optional<std::string>(); }},
                                "eu-central-1", [] { return kNow; });
    ASSERT_TRUE(opened) << opened.error().message;
    account = std::move(*opened);
  }

  // Two pages for each question: first only what nobody asked for, then the price.
  std::string list_page(const Json& asked) {
    std::map<std::string, std::string> attributes;
    for (const Json& one : asked["Filters"]) attributes[one["Field"]] = one["Value"];
    const std::string what =
        attributes.contains("group") ? attributes["group"] : attributes["instanceType"];
    const std::string token = asked.value("NextToken", "");
    questions.push_back(what + (token.empty() ? "" : " " + token));
    if (what == unsold) return R"({"PriceList":[]})";
    if (endless) return R"({"PriceList":[],"NextToken":"again"})";
    Json out = {{"PriceList", Json::array()}};
    if (token.empty()) {
      attributes["regionCode"] = "us-east-1";
      out["PriceList"].push_back(product(attributes, "7"));
      out["NextToken"] = "page-2-of-" + what;
    } else {
      EXPECT_EQ(token, "page-2-of-" + what);
      out["PriceList"].push_back(product(attributes, "0.5"));
    }
    return out.dump();
  }

  // The first page has what was in force for an hour, the second what was for the rest.
  std::string spot_page(const std::string& form) {
    const bool second = form.find("NextToken=more") != std::string::npos;
    questions.push_back(std::string("spot") + (second ? " more" : ""));
    EXPECT_THAT(form, HasSubstr("StartTime=2026-02-07T12%3A00%3A00Z"));
    EXPECT_THAT(form, HasSubstr("EndTime=2026-02-09T12%3A00%3A00Z"));
    const std::string item = std::string("<item><instanceType>c5.large</instanceType>") +
                             "<availabilityZone>a</availabilityZone>" +
                             "<productDescription>Linux/UNIX</productDescription><spotPrice>" +
                             (second ? "0.02" : "0.04") + "</spotPrice><timestamp>2026-02-07T1" +
                             (second ? "3" : "2") + ":00:00.000Z</timestamp></item>";
    return "<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>" + item +
           "</spotPriceHistorySet><nextToken>" + (second ? "" : "more") +
           "</nextToken></DescribeSpotPriceHistoryResponse>";
  }

  Result<AskedPrices> survey(PriceQuestions questions_to_ask) {
    PriceSurvey survey(*account, std::move(questions_to_ask), 1);
    std::optional<Result<AskedPrices>> result;
    survey.run([&](Result<AskedPrices> prices) { result.emplace(std::move(prices)); });
    EXPECT_TRUE(run_until(loop, [&] { return result.has_value(); }));
    return result ? std::move(*result) : Error{ErrorCode::timeout, "no answer"};
  }
  static PriceQuestions about(std::vector<std::string> types, bool functions) {
    PriceQuestions out;
    out.types = std::move(types);
    out.spot_types = {"c5.large"};
    out.spot_days = 2;
    out.functions = functions;
    return out;
  }

  Loop loop;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<Account> account;
  std::vector<std::string> questions;
  std::string unsold;
  bool endless = false;
  std::function<void()> at_question;
};

TEST_F(PriceSurveyTest, ReadsAllPagesOfAllThatIsAsked) {
  const auto prices = survey(about({"c5.large", "t3.micro"}, true));
  ASSERT_TRUE(prices) << prices.error().message;
  EXPECT_THAT(
      questions,
      ElementsAre("c5.large", "c5.large page-2-of-c5.large", "spot", "spot more", "t3.micro",
                  "t3.micro page-2-of-t3.micro", "AWS-Lambda-Duration",
                  "AWS-Lambda-Duration page-2-of-AWS-Lambda-Duration", "AWS-Lambda-Requests",
                  "AWS-Lambda-Requests page-2-of-AWS-Lambda-Requests",
                  "AWS-Lambda-Provisioned-Concurrency",
                  "AWS-Lambda-Provisioned-Concurrency page-2-of-AWS-Lambda-Provisioned-Concurrency",
                  "AWS-Lambda-Duration-Provisioned",
                  "AWS-Lambda-Duration-Provisioned page-2-of-AWS-Lambda-Duration-Provisioned"));
  EXPECT_EQ(prices->region, "eu-central-1");
  EXPECT_EQ(prices->read, kNow);
  EXPECT_EQ(prices->hour.at("c5.large").price, dollars(0.5));
  EXPECT_EQ(prices->hour.at("t3.micro").price, dollars(0.5));
  EXPECT_EQ(prices->spot_hour.at("c5.large"), (SpotMedian{per_hour(0.02), 1}));
  EXPECT_EQ(prices->spot_hour.size(), 1u);
  ASSERT_TRUE(prices->gb_second && prices->call);
  EXPECT_EQ(prices->gb_second->price, dollars(0.5));
  ASSERT_TRUE(prices->provisioned && prices->provisioned_run);
  EXPECT_EQ(prices->provisioned_run->price, dollars(0.5));
}

TEST_F(PriceSurveyTest, ForWhatIsNotSoldNoSpotPriceIsAsked) {
  unsold = "c5.large";
  const auto prices = survey(about({"c5.large"}, false));
  ASSERT_TRUE(prices) << prices.error().message;
  EXPECT_TRUE(prices->hour.empty());
  EXPECT_TRUE(prices->spot_hour.empty());
  EXPECT_FALSE(prices->gb_second);
  EXPECT_THAT(questions, ElementsAre("c5.large"));
}

TEST_F(PriceSurveyTest, PagesWithoutEndEnd) {
  endless = true;
  const auto prices = survey(about({"c5.large"}, false));
  ASSERT_FALSE(prices);
  EXPECT_EQ(prices.error().code, ErrorCode::unavailable);
  EXPECT_THAT(prices.error().message, HasSubstr("c5.large in eu-central-1"));
  EXPECT_LT(questions.size(), 600u);
}

TEST_F(PriceSurveyTest, OneThatIsEndedCallsNobody) {
  bool called = false;
  auto ended = std::make_unique<PriceSurvey>(*account, about({"c5.large"}, true), 1);
  ended->run([&](const auto&) { called = true; });
  at_question = [&] { ended.reset(); };
  ASSERT_TRUE(run_until(loop, [&] { return !questions.empty(); }));
  for (int i = 0; i < 20; ++i) loop_poll(loop);
  EXPECT_EQ(ended, nullptr);
  EXPECT_EQ(questions.size(), 1u);
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace paragon::aws
